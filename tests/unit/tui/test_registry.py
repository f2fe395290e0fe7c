"""The registry: whatever it names is there, can be made from what it holds, and has its key."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, cast

import pytest

from promote_tui.core.keymap import DEFAULTS
from promote_tui.tui import registry
from promote_tui.tui.lazy import Lazy
from promote_tui.tui.screens.base import View

if TYPE_CHECKING:
    from promote_tui.tui.action import Action
    from promote_tui.tui.host import Host


@pytest.mark.parametrize("root", registry.ROOTS, ids=lambda root: root.mode)
def test_a_root_is_a_screen_that_needs_nothing_and_has_a_key(root: registry.Root) -> None:
    screen: Lazy[type[View]] = Lazy(root.path)
    assert issubclass(screen.load(), View)
    assert list(inspect.signature(screen.load()).parameters) == []
    assert root.key in DEFAULTS
    assert root.name == screen.load().TITLE_WORDS


@pytest.mark.parametrize("destination", registry.Destination.__subclasses__(), ids=lambda cls: cls.__name__)
def test_a_destination_holds_what_its_screen_is_made_from(destination: type[registry.Destination]) -> None:
    screen: Lazy[type[View]] = Lazy(destination.path)
    assert issubclass(screen.load(), View)
    assert [*destination.__struct_fields__] == list(inspect.signature(screen.load()).parameters)


@pytest.mark.parametrize("action", registry.ACTIONS, ids=lambda action: action.name)
def test_an_action_is_made_from_the_app_and_has_a_key(action: registry.AppAction) -> None:
    made: Lazy[type[Action]] = Lazy(action.path)
    assert list(inspect.signature(made.load()).parameters) == ["host"]
    assert callable(made.load().run)
    assert callable(made.load().why_not)
    assert action.key in DEFAULTS


@pytest.mark.parametrize("action", [each for each in registry.ACTIONS if each.is_unconditional], ids=lambda it: it.name)
def test_what_is_always_possible_says_so_itself(action: registry.AppAction) -> None:
    assert action.make(cast("Host", object())).why_not(None) == ""


def test_each_key_of_the_app_is_bound_once() -> None:
    bound = [binding.id for binding in registry.bindings()]
    assert sorted(map(str, bound)) == sorted(key for key in DEFAULTS if key.startswith("app."))
