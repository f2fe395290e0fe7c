"""`notes`: Markdown, HTML and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import UsageError
from promote_tui.core.release_notes.render import html, markdown
from promote_tui.core.releases.events import Member, ReleasePlanned
from promote_tui.core.value import replace
from tests.integration.cli.conftest import calls
from tests.support.fakes.world import NOTES, sha

if TYPE_CHECKING:
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

WORDS = ("notes", "orders", "billing", "--from", "staging", "--to", "prod")


def test_notes_are_markdown_where_nothing_else_is_asked_for(cli: CommandLine, engine: FakeEngine) -> None:
    answer = cli(*WORDS)
    assert (answer.code, answer.out, answer.err) == (0, markdown(NOTES), "")
    assert calls(engine, "commits.release_notes") == [(("orders", "billing"), "staging", "prod")]


def test_notes_as_a_page(cli: CommandLine) -> None:
    assert cli(*WORDS, "--format", "html").out == html(NOTES)


def test_notes_as_json(cli: CommandLine) -> None:
    found = cli(*WORDS, "--format", "json").json
    assert (found["schema"], found["from"], found["to"], found["at"]) == (1, "staging", "prod", "2026-01-31T12:00:00Z")
    (its,) = found["services"]
    assert its["from"] == {"name": "staging", "commit": sha("3f2a9c1")}
    assert its["compare"].endswith(f"{sha('5d90c2e')}...{sha('3f2a9c1')}")
    assert [section["title"] for section in its["sections"]] == ["Breaking changes", "Features", "Other changes"]
    (feature,) = its["sections"][1]["commits"]
    assert (feature["kind"], feature["scope"], feature["text"]) == ("feat", "refunds", "Retry refunds on 409 (SHOP-12)")
    assert feature["tickets"] == [{"id": "SHOP-12", "url": "https://tickets.example/SHOP-12"}]
    assert (its["cut"], its["infrastructure"], its["infrastructure_unknown"]) == (False, [], None)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("notes", "--from", "staging", "--to", "prod"), "Missing argument 'SERVICE...'"),
        (("notes", "orders", "--to", "prod"), "Missing option '--from'"),
        ((*WORDS, "--format", "pdf"), "'pdf' is not one of 'md', 'html', 'json'"),
    ],
)
def test_what_is_missing_is_named(cli: CommandLine, words: tuple[str, ...], says: str) -> None:
    answer = cli(*words)
    assert answer.code == 2
    assert says in answer.err


def test_notes_of_a_release_are_asked_for_by_its_name(cli: CommandLine, engine: FakeEngine) -> None:
    at, member = engine.clock.now(), Member("orders", sha("3f2a9c1"), "Change", None)
    engine.write_release(
        "autumn", ReleasePlanned(at, "autumn", "prod", "staging", (member,), (("orders",),), (), "ana", "arn:ana")
    )
    engine.script.notes = replace(NOTES, release="autumn")
    assert cli("notes", "--release", "autumn").out.startswith("# acme: release autumn to prod, 2026-01-31\n")
    assert cli("notes", "orders", "--release", "autumn", "--format", "json").json["release"] == "autumn"
    assert calls(engine, "commits.notes_of_release") == [("autumn", ()), ("autumn", ("orders",))]


def test_a_release_has_both_ends_itself(cli: CommandLine) -> None:
    answer = cli("notes", "--release", "autumn", "--from", "staging")
    assert (answer.code, answer.err) == (2, "--release: a release has both ends itself; leave out --from and --to\n")
    unknown = cli("notes", "--release", "winter")
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err.startswith("release winter: there is no such release")


def test_an_end_that_is_nothing_is_a_usage_error(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.errors["commits.release_notes"] = UsageError(
        "orders/prod", "nothing was ever deployed there", "name a branch"
    )
    answer = cli(*WORDS)
    assert (answer.code, answer.err) == (2, "orders/prod: nothing was ever deployed there; name a branch\n")
