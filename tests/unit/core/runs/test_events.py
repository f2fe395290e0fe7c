"""Events survive being written down, and what a newer version wrote is kept as it came."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promote_tui.core.runs.events import (
    SCHEMA,
    Event,
    Exited,
    Failed,
    UnknownEvent,
    Verified,
    from_dict,
    name,
    to_dict,
)
from tests.support.event_strategies import ANY, JSON, KINDS, of, unhurried
from tests.support.recorded import EVENTS, compact, lines
from tests.support.values import NOW, planned

NAMES = [
    "planned",
    "locked",
    "checked",
    "submitting",
    "submitted",
    "cancel_requested",
    "exited",
    "observed",
    "landed",
    "smoked",
    "baked",
    "not_submitted",
    "verified",
    "failed",
    "rolled_back",
    "unknown",
    "recovering",
    "unnotified",
    "released",
]


def through_json(event: Event) -> Event:
    return from_dict(json.loads(json.dumps(to_dict(event))))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@unhurried
@given(data=st.data())
def test_every_kind_of_event_comes_back_equal(kind: type, data: st.DataObject) -> None:
    event = data.draw(of(kind))
    assert through_json(event) == event


@pytest.mark.parametrize(("line", "event"), list(zip(lines("events.jsonl"), EVENTS, strict=True)))
def test_what_a_ledger_holds_is_read_and_would_be_written_the_same(line: str, event: Event) -> None:
    assert from_dict(json.loads(line)) == event
    assert compact(to_dict(event)) == line


def test_a_ledger_that_was_written_earlier_holds_every_kind() -> None:
    assert {type(event) for event in EVENTS} == {*KINDS}


def test_every_kind_has_a_name_of_its_own() -> None:
    names = {type(event): name(event) for event in EVENTS}
    assert sorted(names.values()) == sorted(NAMES)
    assert name(UnknownEvent("{}", NOW)) == "unrecognised"


def test_an_event_is_written_with_its_name_and_version() -> None:
    assert to_dict(Exited(NOW, -9, "idle")) == {
        "event": "exited",
        "schema": SCHEMA,
        "at": "2026-03-20T12:00:00+00:00",
        "code": -9,
        "why": "idle",
        "stopped": "",
    }


OLDER = [
    ({"event": "exited", "code": -2, "why": "idle"}, Exited(NOW, -2, "idle")),
    ({"event": "failed", "cause": "quota", "still_on": "a" * 40}, Failed(NOW, "quota", "a" * 40, deployed=False)),
]


@pytest.mark.parametrize(("raw", "event"), OLDER, ids=["exited", "failed"])
def test_an_event_that_an_older_version_wrote_is_read(raw: dict[str, Any], event: Event) -> None:
    assert from_dict({**raw, "schema": 1, "at": "2026-03-20T12:00:00+00:00"}) == event


@unhurried
@given(more=st.dictionaries(st.text(max_size=5), JSON, max_size=4), version=st.integers(min_value=2))
def test_an_event_of_a_newer_version_is_kept_as_it_came(more: dict[str, Any], version: int) -> None:
    raw = {**more, "event": "verified", "schema": version}
    event = from_dict(raw)
    assert isinstance(event, UnknownEvent)
    assert to_dict(event) == raw
    assert through_json(event) == event


PLAN = to_dict(planned())


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"event": "promised", "schema": 1, "at": "2026-03-20T12:00:00+00:00"},
        {"event": "verified", "at": "2026-03-20T12:00:00+00:00"},
        {"event": "verified", "schema": 1},
        {"event": "verified", "schema": 1, "at": "noon"},
        {"event": "verified", "schema": 1, "at": None},
        {"event": "verified", "schema": 1, "at": "2026-03-20T12:00:00+00:00", "note": 1},
        {"event": "exited", "schema": 1, "at": "2026-03-20T12:00:00+00:00", "code": "0", "why": "exited"},
        {"event": "exited", "schema": 1, "at": "2026-03-20T12:00:00+00:00", "code": 0, "why": "bored"},
        {"event": "exited", "schema": 1, "at": "2026-03-20T12:00:00+00:00", "code": True, "why": "exited"},
        {"event": "checked", "schema": 1, "at": "2026-03-20T12:00:00+00:00", "fingerprint": "", "gates": ["x"]},
        {"event": ["planned"], "schema": 1},
        {key: value for key, value in PLAN.items() if key != "fingerprint"},
        {**PLAN, "kind": "sideways"},
        {**PLAN, "to_commit": None},
    ],
    ids=lambda raw: json.dumps(raw)[:70],
)
def test_what_is_not_an_event_of_ours_is_unknown_and_kept(raw: dict[str, Any]) -> None:
    event = from_dict(raw)
    assert isinstance(event, UnknownEvent)
    assert to_dict(event) == raw


@unhurried
@given(
    raw=st.dictionaries(
        st.sampled_from(("at", "code", "why", "gates", "fingerprint", "command", "log", "type", "credentials_expire")),
        JSON | st.just("2026-03-20T12:00:00+00:00"),
    ),
    kind=st.sampled_from(NAMES) | JSON,
)
def test_no_object_is_refused(raw: dict[str, Any], kind: object) -> None:
    from_dict({**raw, "event": kind, "schema": SCHEMA})


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        ("2026-03-20T12:00:00+00:00", NOW),
        ("2026-03-20T13:00:00+01:00", NOW),
        ("2026-03-20T12:00:00", NOW),
        ("soon", datetime(1970, 1, 1, tzinfo=UTC)),
        (None, datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_an_unknown_event_stands_at_its_time_where_it_names_one(at: str | None, kept: datetime) -> None:
    assert from_dict({"event": "promised", "schema": 9, "at": at}) == UnknownEvent(
        json.dumps({"at": at, "event": "promised", "schema": 9}), kept
    )


def test_fields_that_were_added_later_take_their_defaults() -> None:
    raw = {"event": "verified", "schema": 1, "at": "2026-03-20T12:00:00+00:00"}
    assert from_dict(raw) == Verified(NOW, "")


@unhurried
@given(event=ANY)
def test_an_event_is_plain_json(event: Event) -> None:
    assert json.loads(json.dumps(to_dict(event))) == to_dict(event)
