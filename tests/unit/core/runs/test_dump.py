"""A file that is no export of this version is refused, with its line; nothing of it is taken."""

from __future__ import annotations

import pytest

from promote_tui.core.errors import UsageError
from promote_tui.core.runs.dump import Contents, StoredEvent, from_lines, new_entries, to_lines
from promote_tui.core.value import replace

EMPTY = Contents({}, (), {}, {})
HEAD = '{"promote-tui-ledger":1}'
EVENT = '{"run":"g1","seq":1,"fence":1,"event":{"event":"planned"}}'
RELEASED = '{"release":"2026-11-30","seq":1,"event":{"event":"planned"}}'
LOCK = '{"lock":"k","fence":1,"run":null}'
NO_LINE = "it is not a line of a ledger's export; write one with `promote-tui ledger export`"
OTHER = "it is of version 2, and this promote-tui reads 1; import it with the promote-tui that wrote it, or upgrade"
OUT_OF_ORDER = "is there twice or out of order; export the ledger again"


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([], f"it.jsonl: {NO_LINE}"),
        ([EVENT], f"it.jsonl:1: {NO_LINE}"),
        (["{"], f"it.jsonl:1: {NO_LINE}"),
        ([HEAD, "[" * 100_000], f"it.jsonl:2: {NO_LINE}"),
        ([HEAD, HEAD], f"it.jsonl:2: {NO_LINE}"),
        ([HEAD, '{"run":"g1","seq":"1","fence":1,"event":{}}'], f"it.jsonl:2: {NO_LINE}"),
        (
            ['{"promote-tui-ledger":2}', "whatever comes then"],
            f"it.jsonl:1: {OTHER}",
        ),
        ([HEAD, EVENT, EVENT], f"it.jsonl:3: g1 1 {OUT_OF_ORDER}"),
        ([HEAD, RELEASED, RELEASED], f"it.jsonl:3: 2026-11-30 1 {OUT_OF_ORDER}"),
        ([HEAD, '{"release":"r","seq":2,"event":{}}'], f"it.jsonl:2: r 2 {OUT_OF_ORDER}"),
        ([HEAD, '{"release":"r","seq":1,"event":[]}'], f"it.jsonl:2: {NO_LINE}"),
        ([HEAD, LOCK, LOCK], f"it.jsonl:3: k {OUT_OF_ORDER}"),
        ([HEAD, '{"decision":{"a":1}}', '{"decision":{"a":1}}'], f"it.jsonl:3: the decision {OUT_OF_ORDER}"),
    ],
    ids=str,
)
def test_what_is_no_export_is_refused(lines: list[str], complaint: str) -> None:
    with pytest.raises(UsageError) as refusal:
        from_lines(lines, "it.jsonl")
    assert str(refusal.value) == complaint


def test_contents_are_the_same_after_a_way_through_lines() -> None:
    contents = Contents(
        {"g1": (StoredEvent(1, '{"a":"\\u00e9"}'), StoredEvent(2, '{"b":[1]}'))},
        ('{"c":null}',),
        {"k": 2},
        {"k": "g1"},
        releases={"2026-11-30": ('{"event":"planned"}', '{"d":"\\u00e9"}'), "second": ("{}",)},
    )
    lines = list(to_lines(contents))
    assert all(line.isascii() for line in lines)
    assert lines[5] == RELEASED
    assert from_lines(lines, "it.jsonl") == contents


def test_a_file_says_whose_project_it_is_of() -> None:
    contents = Contents({}, ("{}",), {}, {}, "acme")
    lines = list(to_lines(contents))
    assert lines[0] == '{"promote-tui-ledger":1,"project":"acme"}'
    assert from_lines(lines, "it.jsonl") == contents
    assert from_lines([HEAD], "it.jsonl").project == ""


@pytest.mark.parametrize(("given", "here", "fits"), [("", "acme", True), ("acme", "acme", True), ("b", "acme", False)])
def test_a_file_goes_into_its_own_project_alone(given: str, here: str, *, fits: bool) -> None:
    file, ledger = Contents({}, (), {"k": 1}, {}, given), Contents({}, (), {}, {}, here)
    if fits:
        assert new_entries(ledger, file, "it.jsonl") == Contents({}, (), {"k": 1}, {}, here)
        return
    with pytest.raises(UsageError, match=r"it.jsonl: it is of the project b, and this configuration of acme"):
        new_entries(ledger, file, "it.jsonl")


def test_what_is_here_to_the_byte_is_passed_over() -> None:
    contents = Contents({"g1": (StoredEvent(1, "{}"),)}, ("{}",), {"k": 2}, {})
    assert new_entries(contents, contents, "it.jsonl") == EMPTY
    assert new_entries(EMPTY, contents, "it.jsonl") == contents


@pytest.mark.parametrize(
    ("here", "given", "new"),
    [
        ((), ("1", "2"), {"r": ("1", "2")}),
        (("1", "2"), ("1", "2"), {}),
        (("1", "2", "3"), ("1", "2"), {}),
        (("1",), ("1", "2"), {"r": ("1", "2")}),
        (("1", "3"), ("1", "2"), None),
        (("2",), ("1", "2"), None),
    ],
)
def test_a_release_is_new_where_it_goes_on_from_what_is_here(
    here: tuple[str, ...], given: tuple[str, ...], new: dict[str, tuple[str, ...]] | None
) -> None:
    ledger = replace(EMPTY, releases={"r": here} if here else {})
    file = replace(EMPTY, releases={"r": given})
    if new is not None:
        assert new_entries(ledger, file, "it.jsonl") == replace(EMPTY, releases=new)
        return
    with pytest.raises(UsageError, match=r"^it.jsonl: release r is here already, with other events; nothing was impor"):
        new_entries(ledger, file, "it.jsonl")
