"""Every event that `runs show --json` may print is as its schema says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from promote_tui.cli.outputs.base import clean_json
from promote_tui.cli.outputs.core_schemas import RECORDED_EVENT, event_definitions
from promote_tui.core.runs.events import to_dict
from tests.support.event_strategies import ANY, unhurried
from tests.support.values import NOW

if TYPE_CHECKING:
    from promote_tui.core.runs.events import Event

_VALIDATOR = Draft202012Validator({"$ref": RECORDED_EVENT, "$defs": event_definitions()})
_VERIFIED: dict[str, Any] = {"seq": 9, "event": "verified", "schema": 1, "at": NOW.isoformat(), "note": ""}


@unhurried
@given(ANY)
def test_any_event_is_as_its_schema_says(event: Event) -> None:
    _VALIDATOR.validate(clean_json({"seq": 1, **to_dict(event)}))


def test_this_one_is() -> None:
    _VALIDATOR.validate(_VERIFIED)


@pytest.mark.parametrize(
    "changed",
    [{"note": None}, {"more": 1}, {"seq": 0}, {"seq": "9"}, {"at": 5}, {"event": "failed"}],
    ids=str,
)
def test_an_event_that_is_otherwise_is_not(changed: dict[str, Any]) -> None:
    assert not _VALIDATOR.is_valid(_VERIFIED | changed)


@pytest.mark.parametrize("missing", ["seq", "note", "at"])
def test_an_event_without_one_of_its_keys_is_not(missing: str) -> None:
    assert not _VALIDATOR.is_valid({key: value for key, value in _VERIFIED.items() if key != missing})


def test_an_event_of_a_newer_version_may_hold_anything() -> None:
    _VALIDATOR.validate(_VERIFIED | {"schema": 2, "more": [1]})
    _VALIDATOR.validate({"seq": 1, "event": "promised", "schema": 1})
