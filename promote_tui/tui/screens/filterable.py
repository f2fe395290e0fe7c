"""A screen whose list is filtered with `/`: Enter keeps the filter, Esc clears it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.screens.base import View

if TYPE_CHECKING:
    from textual.widget import Widget

    from promote_tui.tui.widgets.filter_field import FilterField

_FILTERING = "-filtering"


class FilterableScreen(View):
    """Knows whether the filter is open, and hands on what is typed; `filter_field` is the field that it composes."""

    filter_field: FilterField

    @property
    def is_filtering(self) -> bool:
        """Whether the filter is open, or keeps something."""
        return self.has_class(_FILTERING)

    @property
    def is_searching(self) -> bool:
        """Whether the filter is being typed."""
        return self.filter_field.has_focus_within

    @property
    def filtered_list(self) -> Widget:
        """The list that has the focus when the filter has not."""
        raise NotImplementedError

    def apply_filter(self) -> None:
        """Show what fits, while it is typed."""
        raise NotImplementedError

    def is_offered(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer to clear only where there is a filter."""
        return self.is_filtering if action == "clear" else super().is_offered(action, parameters)

    async def action_filter(self) -> None:
        """Begin to filter."""
        self.add_class(_FILTERING)
        await self.filter_field.open()
        self.refresh_bindings()

    async def keep_filter(self, text: str) -> None:
        """Filter by a text as if it was typed and kept; without one clear the filter."""
        self.set_class(bool(text), _FILTERING)
        await self.filter_field.fill(text)
        self.filtered_list.focus()
        self.apply_filter()
        self.refresh_bindings()

    def on_input_changed(self) -> None:
        """Filter as it is typed."""
        self.apply_filter()

    def on_input_submitted(self) -> None:
        """Keep the filter and go back to the list; an empty one is closed."""
        if not self.filter_field.text.strip():
            self.remove_class(_FILTERING)
        self.filtered_list.focus()
        self.refresh_bindings()

    def action_clear(self) -> None:
        """Clear the filter."""
        self.remove_class(_FILTERING)
        self.filter_field.clear()
        self.filtered_list.focus()
        self.refresh_bindings()
