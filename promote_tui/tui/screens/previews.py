"""The previews: stages of branches, with their addresses, what they cost, and how their branches stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from promote_tui.core.previews.stage import preview_settings
from promote_tui.tui.actions.previews import PreviewActions
from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation import previews as drawn
from promote_tui.tui.presentation.style import BLANK, ink, wrap
from promote_tui.tui.screens.base import View
from promote_tui.tui.state.previews import PreviewList
from promote_tui.tui.widgets.grouped_list import GroupedList
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Resize

    from promote_tui.core.model.pipeline import PreviewSettings
    from promote_tui.core.previews.preview import Preview


class PreviewsScreen(View):
    """Previews, and what can be done about them."""

    CSS_PATH = "previews.tcss"
    TITLE_WORDS = "Previews"
    AUTO_FOCUS = "GroupedList"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("previews.up", "up", "Deploy", "deploy a branch as a preview"),
        bind("previews.down", "down", "Remove", "remove the preview under the cursor"),
        bind("previews.prune", "prune", "Prune", "remove those whose branch is merged or deleted, and old ones"),
        bind("previews.refresh", "refresh", "Refresh", "fetch the branches and read everything again"),
        bind("previews.back", "app.pop_screen", "Back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._list = PreviewList(self.host)
        self._asks = PreviewActions(self, self._list)
        self._rows: GroupedList[Preview] = GroupedList(self._row, lambda each: each.name, marks=self.host.marks)

    def compose(self) -> ComposeResult:
        """Return the bar, the list and the preview under the cursor."""
        yield LinesView(lambda width: self.crumbs(width, self.read_at(), "Previews"), "top")
        yield LinesView(self._summary, "summary")
        yield self._rows
        yield LinesView(self._detail, "detail")
        yield KeyBar()

    def on_mount(self) -> None:
        """Read them."""
        self.hear(self._list.changed, lambda _none: self._show())
        self._list.read()
        self._show()

    def on_resize(self, event: Resize) -> None:
        """Fill the room that there is."""
        super().on_resize(event)
        self.run_when_drawn(self._show)

    @property
    def _settings(self) -> PreviewSettings:
        return preview_settings(self.host.pipeline)

    def _show(self) -> None:
        self._rows.empty = self._nothing()
        self._rows.show_lines(self._list.previews)
        self.set_class(not self._list.previews, "-bare")
        self.redraw_lines()
        self.refresh_bindings()

    def _nothing(self) -> str:
        if self._list.error is not None:
            return self.host.describe_error(self._list.error)
        key = self.host.key_of("previews.up")
        return f"there are no previews; {key} deploys a branch" if self._list.is_read else "reading the previews"

    def _summary(self, width: int) -> list[Content]:
        if self._list.error is not None and self._list.previews:
            return wrap(ink(self.host.describe_error(self._list.error), "bad"), width)
        doing = self._list.doing or ("reading" if self._list.is_reading else "")
        return [drawn.summary(self._list.previews, self._settings, self.now, doing).truncate(width)]

    def _row(self, each: Preview, width: int) -> Content:
        return drawn.preview_line(each, self.now, width)

    def _detail(self, width: int) -> list[Content]:
        each = self._rows.at
        if each is None:
            return []
        gap = [BLANK] if self.tall else []
        room = max(2, self.query_one("#detail").size.height - 1 - 2 * len(gap))
        title = drawn.title(each, self._settings, self.now, self.glyphs, width)
        return [*gap, title, *gap, *drawn.detail(each, width, room)]

    def why_not(self, action: str, _parameters: tuple[object, ...]) -> str:
        """Return why nothing can be deployed or removed now."""
        if action not in {"up", "down", "prune"}:
            return ""
        if self.host.read_only:
            return "promote-tui was started with --read-only"
        if self._list.doing:
            return f"{self._list.doing}: one thing at a time"
        return "there is no preview here" if action == "down" and self._rows.at is None else ""

    def copy_items(self) -> list[tuple[str, str]]:
        """Return the addresses, the branch and the name of the preview under the cursor."""
        each = self._rows.at
        if each is None:
            return []
        urls = [(name, url) for stack in each.stacks for name, url in stack.urls]
        return [*urls, ("branch", each.branch), ("name", each.name)]

    def web_pages(self) -> list[tuple[str, str]]:
        """Return the addresses of the preview under the cursor."""
        each = self._rows.at
        return [(name, url) for stack in each.stacks for name, url in stack.urls] if each else []

    def on_row_list_moved(self) -> None:
        """Show the preview under the cursor."""
        self.redraw_lines("#detail")
        self.refresh_bindings()

    async def on_row_list_chosen(self) -> None:
        """Open an address of the preview in the browser."""
        await self.run_action("app.do('open')")

    def action_up(self) -> None:
        """Deploy a branch."""
        self._asks.up()

    def action_down(self) -> None:
        """Remove the preview under the cursor."""
        if self._rows.at is not None:
            self._asks.down(self._rows.at)

    def action_prune(self) -> None:
        """Remove those that nobody needs."""
        self._asks.prune()

    def action_refresh(self) -> None:
        """Fetch, and read everything again."""
        self._list.read(fetches=True)
