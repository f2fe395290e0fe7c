"""Bindings, each made from its row in the table of keys, so that a person may choose another key for any of them."""

from __future__ import annotations

from dataclasses import replace

from textual.binding import Binding

from promote_tui.core.keymap import DEFAULTS

MOVE = Binding.Group("Move")
FIELD_OPENERS = frozenset(
    {
        *("diff.find", "drift.filter", "pipeline.filter", "releases.filter", "run.search", "runs.filter"),
        *("service.search", "app.copy", "app.login", "app.open", "app.palette"),
        *("pipeline.branches", "releases.open", "releases.promote", "service.branches"),
        *("release.go", "release.retry", "release.roll_back_all", "app.rollback"),
    }
)
"""The ids of the keys that open a field, or a dialog: what is typed right behind one is for that, or for nothing."""


def bind(name: str, action: str, words: str, tooltip: str = "", *, show: bool = True) -> Binding:
    """Return the binding of the action with this id; `words` stand in the footer, `tooltip` in the help."""
    return Binding(DEFAULTS[name], action, words, show=show, tooltip=tooltip, id=name)


def bind_first(name: str, action: str, words: str, tooltip: str = "", *, show: bool = True) -> Binding:
    """Return a binding whose key does this wherever it is pressed, before any other."""
    return replace(bind(name, action, words, tooltip, show=show), priority=True)


def bind_move(name: str, action: str, words: str) -> Binding:
    """Return the binding of a key that moves a cursor: the help shows these together, the footer not at all."""
    return replace(bind(name, action, words, show=False), group=MOVE)
