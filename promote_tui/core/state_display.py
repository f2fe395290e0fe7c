"""How the state of a cell is called and drawn: one table of words, signs and tones for every face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.cell_state import CellState, state_of
from promote_tui.core.model.cells import Halfway, Unreported
from promote_tui.core.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.matrix import CellView

Tone: TypeAlias = Literal["good", "warn", "bad", "live", "calm", "faint"]
Weight: TypeAlias = Literal["muted", "plain", "strong", "alarm"]


class StateDisplay(Value):
    """The words, the sign and the colours of a state; `CellState.value` is its word in summaries and filters.

    A wide form is left empty where it is the narrow one.
    """

    sign: str
    """The name of its sign."""
    tone: Tone
    """What its sign and its words tell at a glance; a face has a colour for it."""
    weight: Weight = "plain"
    """How much the commit stands out; `alarm` takes the tone, because a word stands there instead."""
    name: str = ""
    """What stands in the place of the commit; empty where the commit itself does."""
    wide_name: str = ""
    note: str = ""
    """What stands beside the commit."""
    wide_note: str = ""
    phrase: str = ""
    """What is said of the cell in a line of its own; empty where the commits in between say it."""
    meaning: str = ""
    """What the sign means, for the legend."""

    def name_in(self, *, wide: bool) -> str:
        """Return what stands in the place of the commit, with or without much room."""
        return (wide and self.wide_name) or self.name

    def note_in(self, *, wide: bool) -> str:
        """Return what stands beside the commit, with or without much room."""
        return (wide and self.wide_note) or self.note


DISPLAYS: Mapping[CellState, StateDisplay] = {
    CellState.HALFWAY: StateDisplay("failed", "bad", "strong", name="half-way"),
    CellState.FAILED: StateDisplay(
        "failed",
        "bad",
        "strong",
        note="fail",
        wide_note="failed",
        phrase="the last deploy failed",
        meaning="the last deploy failed",
    ),
    CellState.TRAFFIC: StateDisplay(
        "altered", "bad", "strong", note="traffic", phrase="traffic on other code", meaning="other code gets traffic"
    ),
    CellState.ALTERED: StateDisplay(
        "altered", "bad", "strong", note="altered", phrase="altered", meaning="code changed by hand"
    ),
    CellState.VETOED: StateDisplay(
        "veto", "bad", "strong", note="vetoed", phrase="runs code that was vetoed", meaning="runs vetoed code"
    ),
    CellState.HELD: StateDisplay("hold", "warn", note="held", phrase="held", meaning="held by a person"),
    CellState.DIVERGED: StateDisplay("diverged", "bad", meaning="behind and ahead (diverged)"),
    CellState.LOGIN: StateDisplay("unknown", "warn", "alarm", name="login", phrase="needs a log-in"),
    CellState.DENIED: StateDisplay(
        "unknown", "bad", "alarm", name="denied", wide_name="no permission", phrase="no permission to read it"
    ),
    CellState.UNREACHABLE: StateDisplay(
        "unknown", "warn", "alarm", name="unreachable", wide_name="unread", phrase="cannot be read"
    ),
    CellState.UNSETTLED: StateDisplay(
        "unknown",
        "warn",
        "alarm",
        name="unknown",
        wide_note="to reconcile",
        phrase="the verdict of its last run is unknown",
        meaning="verdict of its last run unknown",
    ),
    CellState.RUNNING: StateDisplay(
        "running",
        "live",
        "strong",
        note="busy",
        wide_note="deploying",
        phrase="deploying",
        meaning="a deploy is running",
    ),
    CellState.BEHIND: StateDisplay("behind", "warn", meaning="behind it"),
    CellState.UNKNOWN: StateDisplay("unknown", "warn", meaning="unknown or unreadable"),
    CellState.UNREPORTED: StateDisplay("unknown", "warn", phrase="names no commit"),
    CellState.NEVER: StateDisplay(
        "never", "faint", "muted", name="never", phrase="never deployed", meaning="never deployed"
    ),
    CellState.AHEAD: StateDisplay("ahead", "warn", meaning="ahead of it"),
    CellState.SAME: StateDisplay("same", "good", "muted", meaning="same as the stage before"),
    CellState.FIRST: StateDisplay("same", "good", "muted"),
    CellState.ALONE: StateDisplay("alone", "calm", "muted", meaning="nothing to compare with"),
    CellState.LOADING: StateDisplay("loading", "faint", "muted", phrase="reading"),
}
LEGEND = (
    CellState.SAME,
    CellState.BEHIND,
    CellState.AHEAD,
    CellState.DIVERGED,
    CellState.RUNNING,
    CellState.UNSETTLED,
    CellState.FAILED,
    CellState.TRAFFIC,
    CellState.ALTERED,
    CellState.VETOED,
    CellState.HELD,
    CellState.NEVER,
    CellState.UNKNOWN,
    CellState.ALONE,
)
"""The states that a legend explains, in its order."""
_UNPROVED = replace(DISPLAYS[CellState.FAILED], wide_note="not proved", phrase="deployed, not proved")
_ILL_NAMED = replace(DISPLAYS[CellState.UNREPORTED], phrase="the named commit is unknown")


def display_of(view: CellView | None) -> StateDisplay:
    """Return how a cell is called and drawn: its state's row, more precise where the cell knows more."""
    state = state_of(view)
    shown = DISPLAYS[state]
    if view is None:
        return shown
    if state is CellState.HALFWAY and isinstance(view.cell, Halfway):
        return replace(shown, phrase=view.cell.between.place)
    if state is CellState.TRAFFIC and view.traffic is not None:
        return replace(shown, wide_name=view.traffic.headline, phrase=view.traffic.headline)
    if state is CellState.FAILED and view.unproved:
        return _UNPROVED
    if state is CellState.UNREPORTED and isinstance(view.cell, Unreported) and view.cell.says:
        return _ILL_NAMED
    return shown
