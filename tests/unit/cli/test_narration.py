"""Every kind of event has its words."""

from __future__ import annotations

import typing

import pytest

from promote_tui.cli.text.narration import event_words
from promote_tui.core.runs.events import Event, UnknownEvent

KINDS = [kind for kind in typing.get_args(Event) if kind is not UnknownEvent]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_has_words_of_its_own(kind: type) -> None:
    assert event_words.dispatch(kind) is not event_words.dispatch(object)


def test_an_event_of_a_newer_version_is_called_that() -> None:
    assert event_words.dispatch(UnknownEvent) is event_words.dispatch(object)
