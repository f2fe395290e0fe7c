"""`release compare`: two releases beside each other, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.git.commits import CommitDifference
from promote_tui.core.releases.events import Member, ReleasePlanned
from tests.support.fakes import world

if TYPE_CHECKING:
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

OLD, NEW = world.sha("2c7e914"), world.sha("8d20b6e")


@pytest.fixture
def two(engine: FakeEngine) -> FakeEngine:
    """The engine with two releases, between which orders moved, web came and emails went."""
    for name, commits in (("one", {"orders": OLD, "billing": OLD, "emails": OLD}), ("two", {"orders": NEW})):
        same = {"billing": OLD, "web": NEW} if name == "two" else {}
        members = tuple(Member(service, sha, "Change", None) for service, sha in {**commits, **same}.items())
        waves = (tuple(member.service for member in members),)
        at = engine.clock.now()
        engine.write_release(name, ReleasePlanned(at, name, "prod", "staging", members, waves, (), "ana", "arn:ana"))
    engine.script.between = CommitDifference((world.commit("8d20b6e", "Retry refunds"),), (world.commit("2c7e914"),))
    return engine


TEXT = """\
release one → two

SERVICE  IS          FROM     TO       COMMITS
orders   ◆ diverged  2c7e914  8d20b6e  -1+1
billing  ● same      2c7e914  2c7e914
web      + added              8d20b6e
emails   − left      2c7e914

orders
  +  8d20b6e  Retry refunds         ana  2h
  -  2c7e914  Fix invoice rounding  ana  2h
"""  # noqa: RUF001 - the sign that the program prints


def test_what_the_second_has_beside_the_first_is_shown(cli: CommandLine, two: FakeEngine) -> None:
    answer = cli("release", "compare", "one", "two")
    assert (answer.code, answer.out, answer.err) == (0, TEXT, "")


def test_as_json_each_service_says_how_it_compares(cli: CommandLine, two: FakeEngine) -> None:
    told = cli("release", "compare", "one", "two", "--json").json
    assert (told["first"], told["second"]) == ("one", "two")
    assert {each["service"]: each["compared_as"] for each in told["services"]} == {
        "orders": "diverged",
        "billing": "same",
        "web": "added",
        "emails": "left",
    }
    orders = told["services"][0]
    assert (orders["first"], orders["second"], orders["unknown"]) == (OLD, NEW, None)
    assert [commit["commit"] for commit in orders["brings"]] == [NEW]
    assert [commit["commit"] for commit in orders["removes"]] == [OLD]


def test_a_release_that_is_none_is_a_usage_error(cli: CommandLine, two: FakeEngine) -> None:
    answer = cli("release", "compare", "one", "three")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("release three: there is no such release")
