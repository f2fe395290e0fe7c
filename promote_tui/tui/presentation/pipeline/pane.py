"""All that is known of the cell under the cursor, with its title and its state in a phrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.cell_state import CellState, drift_of, state_of
from promote_tui.core.keymap import DEFAULTS
from promote_tui.core.model.cells import Unreachable
from promote_tui.core.state_display import display_of
from promote_tui.core.text import advice
from promote_tui.core.value import Value
from promote_tui.tui.presentation.pipeline.states import glyph_of, word_role
from promote_tui.tui.presentation.style import BLANK, ink, line, rule, wrap
from promote_tui.tui.presentation.wording import drift_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.deployer import DeployerFacts
    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.planning.plan import Draft
    from promote_tui.core.runs.run import Run
    from promote_tui.tui.presentation.glyphs import Glyphs


def default_key(action: str) -> str:
    """Return the first default key of an action."""
    return DEFAULTS[action].split(",")[0]


NO_MATCH = "no service matches"
CLEAR = "esc clears the filter"


class CellPane(Value):
    """All that is known of the cell under the cursor; `draft` and `error` are None while they are looked for."""

    service: str
    stage: Stage
    view: CellView | None
    now: datetime
    glyphs: Glyphs
    draft: Draft | None = None
    error: PromoteError | None = None
    runs: Sequence[Run] = ()
    trouble: PromoteError | None = None
    """Why nothing can be read at all."""
    after: Sequence[tuple[str, CellView]] = ()
    """The stages that come after this one, with their cells."""
    key_of: Callable[[str], str] = default_key
    """Tells the key of an action, as it is written."""
    marked: int = 0
    """How many cells are marked: then they are what a promotion is about."""
    deployer: DeployerFacts | None = None
    """What is known of the deployer; None before the engine is there."""

    @property
    def state(self) -> CellState:
        """What the cell says."""
        return state_of(self.view)

    @property
    def last(self) -> Run | None:
        """The newest run here."""
        return self.runs[0] if self.runs else None


def no_match_words(misread: str, reading: str = "") -> str:
    """Return that the filter leaves nothing, and why; `reading` says what is still being read."""
    return misread.partition(";")[0] or (f"{NO_MATCH} yet" if reading else NO_MATCH)


def no_match_title(width: int, glyphs: Glyphs, misread: str, reading: str = "") -> Content:
    """Return the title where the filter leaves no cell to explain; what is still being read may change that.

    A filter that can fit nothing, because it is `misread`, says that instead. `reading` says what is being read.
    """
    right = ink(f"{reading} still being read", "warn") if reading and not misread else BLANK
    return rule(ink(no_match_words(misread, reading), "strong"), right, width, glyphs.rule)


def clear_hint(misread: str, width: int) -> list[Content]:
    """Return how to go on where the filter leaves nothing: what could be meant, and the key that clears it."""
    told = misread.partition("; ")[2]
    return [*(wrap(ink(told), width) if told else []), ink(CLEAR, "muted")]


def unreachable_words(cell: Unreachable, login: str) -> str:
    """Return why a cell cannot be read, and what helps: the key of the log-in where that does."""
    return advice(f"{cell.target}: {cell.reason}", f"{login} logs in" if cell.login else cell.remedy)


def why_no_promotion(pane: CellPane) -> str:
    """Return why nothing can be promoted into a cell as far as it was read; empty where that can be tried."""
    if pane.view is None:
        return "not read yet"
    cell = pane.view.cell
    return unreachable_words(cell, pane.key_of("app.login")) if isinstance(cell, Unreachable) else ""


def title(pane: CellPane, width: int) -> Content:
    """Return `billing · staging ──── ▼ 3 commits behind dev`."""
    name = line(ink(pane.service, "strong"), ink(f" {pane.glyphs.dot} ", "faint"), ink(pane.stage.name, "strong"))
    said = "not read" if pane.view is None and pane.trouble else state_words(pane.view)
    tone = display_of(pane.view).tone
    words = ink(said, "muted" if tone == "good" else word_role(tone), limit=max(8, width - 30))
    return rule(name, line(glyph_of(pane.state, pane.glyphs), " ", words), width, pane.glyphs.rule)


def state_words(view: CellView | None) -> str:
    """Return what a cell says in a phrase, with how far it is from the stage before where both matter."""
    said = display_of(view).phrase
    if view is None:
        return said
    drift = drift_words(view.relation, view.against)
    if state_of(view) in {CellState.ALTERED, CellState.HELD} and drift_of(view) is not CellState.SAME and drift:
        return f"{said}, {drift}"
    return said or drift
