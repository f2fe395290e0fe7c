"""Bindings, each made from its row in the table of keys, so that a person may choose another key for any of them."""

from __future__ import annotations

from textual.binding import Binding

from promote_tui.core.keymap import DEFAULTS

MOVE = Binding.Group("Move")


def bind(  # noqa: PLR0913 - a binding has all these
    name: str,
    action: str,
    words: str,
    tooltip: str = "",
    *,
    show: bool = True,
    group: Binding.Group | None = None,
    priority: bool = False,
) -> Binding:
    """Return the binding of the action with this id; `words` stand in the footer, `tooltip` in the help."""
    return Binding(DEFAULTS[name], action, words, show=show, tooltip=tooltip, id=name, group=group, priority=priority)
