"""What keys do about previews: showing them, deploying a branch, removing one, or those that nobody needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.previews.stage import preview_settings
from promote_tui.core.text import plural
from promote_tui.tui.action import NOT_OPEN
from promote_tui.tui.dialogs.confirm import ConfirmDialog
from promote_tui.tui.dialogs.finder import FinderDialog, FinderRow
from promote_tui.tui.presentation.previews import removal_words, up_words
from promote_tui.tui.presentation.wording import age
from promote_tui.tui.registry import ShowPreviews

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.model.pipeline import Branch
    from promote_tui.core.previews.preview import Preview
    from promote_tui.engine.previews.deploying import PreviewUp
    from promote_tui.engine.previews.removing import PreviewRemoval
    from promote_tui.tui.action import FrontScreen
    from promote_tui.tui.host import ActionOwner, Host
    from promote_tui.tui.state.previews import PreviewList

RemovalAnswer: TypeAlias = Literal["keep", "remove", "empty"]


class OpenPreviews:
    """Shows the previews."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def why_not(self, _view: FrontScreen | None) -> str:
        """Return why there are none."""
        if self._host.engine is None:
            return NOT_OPEN
        return "" if self._host.pipeline.previews else "the configuration has no previews; add `previews` to it"

    def run(self, _view: FrontScreen | None) -> None:
        """Show them."""
        self._host.push_screen(ShowPreviews().open())


class PreviewActions:
    """Asks what is done about previews, and has it done."""

    def __init__(self, screen: ActionOwner, previews: PreviewList) -> None:
        self._screen, self._list = screen, previews

    def up(self) -> None:
        """Ask for a branch, then whether it is to be deployed."""
        previews = self._screen.engine.previews
        self._screen.prepare_question(previews.branches, self._choose, self._fail)

    def _choose(self, branches: Sequence[Branch]) -> None:
        host = self._screen.host
        rows = [FinderRow("", each.name, age(each.tip.authored_at, host.now()), each.name) for each in branches]
        title = f"{len(rows)} {'branch' if len(rows) == 1 else 'branches'} that may have a preview"
        finder = FinderDialog[str](title, rows, placeholder="letters of its name", marks=host.marks, middle=True)
        host.push_screen(finder, lambda branch: self._select(branch) if branch else None)

    def _select(self, branch: str) -> None:
        previews, unfetched = self._screen.engine.previews, self._list.unfetched
        self._screen.prepare_question(lambda: previews.select(branch, (), unfetched), self._ask_up, self._fail)

    def _ask_up(self, wanted: PreviewUp) -> None:
        previews, settings = self._screen.engine.previews, preview_settings(self._screen.host.pipeline)

        def go(answer: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if answer:
                self._list.work(f"deploying {wanted.name}", lambda steps: previews.up(wanted, (), steps))

        answers = [("Cancel", False), ("Deploy", True)]
        self._screen.host.push_screen(ConfirmDialog(f"Deploy {wanted.name}", up_words(wanted, settings), answers), go)

    def down(self, preview: Preview) -> None:
        """Ask whether a preview is to be removed, with what goes."""
        previews, unfetched = self._screen.engine.previews, self._list.unfetched
        self._screen.prepare_question(
            lambda: (previews.plan_removal(preview.name, unfetched),), self._ask_removal, self._fail
        )

    def prune(self) -> None:
        """Ask whether those that nobody needs are to be removed."""
        previews, unfetched = self._screen.engine.previews, self._list.unfetched
        self._screen.prepare_question(lambda: previews.plan_pruning(unfetched), self._ask_removal, self._fail)

    def _ask_removal(self, planned: Sequence[PreviewRemoval]) -> None:
        if not planned:
            self._screen.host.say("nothing has to be removed")
            return
        blocked = any(each.blocking for each in planned)
        does: tuple[str, RemovalAnswer] = (
            ("Remove, with what buckets hold", "empty") if blocked else ("Remove", "remove")
        )
        answers: list[tuple[str, RemovalAnswer]] = [("Keep", "keep"), does]
        stacks = sum(len(each.services) for each in planned)
        dialog = ConfirmDialog(f"Remove {plural(stacks, 'stack')}", removal_words(planned), answers)
        self._screen.host.push_screen(dialog, lambda answer: self._remove(planned, answer or "keep"))

    def _remove(self, planned: Sequence[PreviewRemoval], answer: RemovalAnswer) -> None:
        if answer == "keep":
            return
        previews = self._screen.engine.previews
        wanted = [each.with_emptied_buckets() if answer == "empty" else each for each in planned]
        self._list.work(
            f"removing {wanted[0].preview.name}" if len(wanted) == 1 else f"removing {len(wanted)} previews",
            lambda steps: (one for each in wanted for one in previews.remove(each, each.why, steps)),
        )

    def _fail(self, error: PromoteError) -> None:
        self._screen.host.say_trouble(error)
