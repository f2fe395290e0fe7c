"""The screens and the actions of the app: where each is, its key, its tab and its words in the help and the palette.

All of them are imported when they are first opened. A root screen has a tab and a key of its own; any other is opened
by its destination, which holds what it is about. Keys are named in core/keymap.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import asdict

from promote_tui.core.value import Value
from promote_tui.tui.bindings import bind, bind_first
from promote_tui.tui.lazy import Lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.binding import Binding
    from textual.screen import Screen

    from promote_tui.engine.releases.planning import ReleaseRequest
    from promote_tui.tui.action import Action, FrontScreen
    from promote_tui.tui.host import Host
    from promote_tui.tui.state.promotion_review import Batch, ReviewRequest

_SCREENS, _ACTIONS = "promote_tui.tui.screens", "promote_tui.tui.actions"


class Root(Value):
    """A screen that its key shows from anywhere; `name` stands in its tab, `words` in the help and the palette.

    A tab that `counts` stands at the right with how much waits there; without anything it stands there only in front.
    """

    mode: str
    path: str
    name: str
    words: str
    counts: bool = False

    @property
    def key(self) -> str:
        """The id of its key."""
        return f"app.{self.mode}"

    @property
    def action(self) -> str:
        """What its key and its tab do."""
        return f"app.root('{self.mode}')"

    def open(self) -> Screen[None]:
        """Return a new one."""
        screen: Lazy[Callable[[], Screen[None]]] = Lazy(self.path)
        return screen.load()()


ROOTS = (
    Root("pipeline", f"{_SCREENS}.pipeline:PipelineScreen", "Pipeline", "Pipeline: what runs where"),
    Root("releases", f"{_SCREENS}.releases:ReleasesScreen", "Releases", "Releases: several services, in waves"),
    Root("drift", f"{_SCREENS}.drift:DriftScreen", "Drift", "Drift: how the stages differ"),
    Root("runs", f"{_SCREENS}.runs:RunsScreen", "Runs", "Runs: live and past"),
    Root("inbox", f"{_SCREENS}.inbox:InboxScreen", "Inbox", "Inbox: what waits for you", counts=True),
)


class Destination(Value):
    """A screen that another one opens; its fields are what the screen is made from."""

    path: ClassVar[str]

    def open(self) -> Screen[None]:
        """Return a new one."""
        screen: Lazy[Callable[..., Screen[None]]] = Lazy(self.path)
        return screen.load()(**asdict(self))


class ShowCommits(Destination):
    """A service's commits, for a stage, on a branch, with the cursor on one; `back` says why one is to be chosen."""

    path: ClassVar[str] = f"{_SCREENS}.service:ServiceScreen"
    service: str
    stage: str
    branch: str | None = None
    commit: str | None = None
    back: str = ""


class ShowDescription(Destination):
    """What was deployed to a stage, beside its cell."""

    path: ClassVar[str] = f"{_SCREENS}.description:DescriptionScreen"
    service: str
    stage: str


class ShowDiff(Destination):
    """What `head` has and `base` lacks (None: all of it)."""

    path: ClassVar[str] = f"{_SCREENS}.diff:DiffScreen"
    service: str
    base: str | None
    head: str
    title: str


class ShowReview(Destination):
    """The review of a promotion into a cell, or of its way back, alone or in a batch."""

    path: ClassVar[str] = f"{_SCREENS}.promote:PromoteScreen"
    request: ReviewRequest
    batch: Batch | None = None


class WatchRun(Destination):
    """A run, live or past."""

    path: ClassVar[str] = f"{_SCREENS}.run:RunScreen"
    run: str


class ShowRelease(Destination):
    """A release by its name; `wanted` is what it is planned from, where that is done now."""

    path: ClassVar[str] = f"{_SCREENS}.release:ReleaseScreen"
    name: str
    wanted: ReleaseRequest | None = None


class ShowPreviews(Destination):
    """The previews: stages of branches."""

    path: ClassVar[str] = f"{_SCREENS}.previews:PreviewsScreen"


class AppAction(Value):
    """What a key does on every screen; `label` stands in the footer, `words` in the help and the palette.

    What is always possible (`is_unconditional`) is not asked why it is not: that would import it for the first footer.
    """

    name: str
    path: str
    label: str
    words: str = ""
    show: bool = False
    priority: bool = False
    is_unconditional: bool = False

    @property
    def key(self) -> str:
        """The id of its key."""
        return f"app.{self.name}"

    @property
    def action(self) -> str:
        """What its key does."""
        return f"app.do('{self.name}')"

    def make(self, host: Host) -> Action:
        """Return the action of this app."""
        action: Lazy[Callable[[Host], Action]] = Lazy(self.path)
        return action.load()(host)


HELP = AppAction("help", f"{_ACTIONS}.help:ShowHelp", "Help", "this page", show=True, is_unconditional=True)
ACTIONS = (
    HELP,
    AppAction("palette", f"{_ACTIONS}.palette:ShowPalette", "Palette", "find anything", is_unconditional=True),
    AppAction("copy", f"{_ACTIONS}.clipboard:CopyAction", "Copy", "copy a hash, a link, a command"),
    AppAction("open", f"{_ACTIONS}.clipboard:BrowseAction", "Open", "open in the browser"),
    AppAction(
        "fetch",
        f"{_ACTIONS}.fetch:Fetch",
        "Fetch",
        "git fetch, also of the configuration's own repository, then read everything again",
    ),
    AppAction("previews", f"{_ACTIONS}.previews:OpenPreviews", "Previews", "Previews: stages of branches"),
    AppAction("login", f"{_ACTIONS}.login:LogIn", "Log in", "log in to AWS"),
    AppAction("rollback", f"{_ACTIONS}.decisions:RollBack", "Roll back", "roll back (what it undoes is shown first)"),
    AppAction("approve", f"{_ACTIONS}.decisions:Approve", "Approve", "approve what would be promoted"),
    AppAction("describe", f"{_ACTIONS}.describe:Describe", "Describe", "what was deployed: outputs, resources, logs"),
    AppAction("decide", f"{_ACTIONS}.decisions:DecideHere", "Decide", "hold, veto, other decisions"),
    AppAction("leave", f"{_ACTIONS}.leave:LeaveAction", "quit; runs continue", priority=True),
)


WAYS = (*(root.key for root in ROOTS), "app.previews", "app.palette")
"""The keys that lead to another screen."""


class Actions:
    """The actions of an app, each made when it is first wanted."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._made: dict[str, Action] = {}

    def find(self, name: str) -> Action:
        """Return the action of this name."""
        if name not in self._made:
            self._made[name] = _entry(name).make(self._host)
        return self._made[name]

    def why_not(self, name: str, view: FrontScreen | None) -> str:
        """Return why the action of this name cannot be done now; empty where it can."""
        return "" if _entry(name).is_unconditional else self.find(name).why_not(view)


def _entry(name: str) -> AppAction:
    return next(action for action in ACTIONS if action.name == name)


def bindings() -> Iterator[Binding]:
    """Yield the bindings of the app, in the order of the help."""
    for action in ACTIONS:
        make = bind_first if action.priority else bind
        yield make(action.key, action.action, action.label, action.words, show=action.show)
        if action is HELP:
            yield from (bind(root.key, root.action, root.name, root.words, show=False) for root in ROOTS)
