"""`release plan`: rows as services are read, one summary on top, and one line where it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError, CredentialsError, PromoteError, Refused, UsageError
from promote_tui.engine.releases.planning import ReleaseRequest
from tests.integration.cli.conftest import calls

if TYPE_CHECKING:
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

CHECKLIST = """\
release friday → prod  ○ planned
  planned  2026-01-31 12:00 UTC by ana, from staging
  reason   the week's work

Summary
  services      3 in 2 waves
  commits       11 by ana, joe
  resources     1 added, 1 modified, 0 removed
  replacements  orders OrdersTable
  data at risk  orders OrdersTable
  blocked       soak for catalog (passes with time, or an override with a reason): 2h of 4h
  expected      about 3m00s of work
  rollback      safe for 2 of 3 services; one-way: orders (OrdersTable would be replaced)
  unchanged     3 services left out, already there

Sign-offs
  ○  approvals  missing: 0 of 1 approval so far
  ○  QA         missing

Wave 1
  ○  catalog  5cc1f02 → 77d0e4b  4 commits, +1; blocked: soak  waiting

Wave 2, after catalog
  ○  billing  5d90c2e → a81be07  2 commits                     waiting
  ○  orders   2c7e914 → 8d20b6e  5 commits, ±1                 waiting

Not part of it
  3 services unchanged

Next
  ask somebody else to approve it  promote-tui release approve friday
  tick QA                          promote-tui release check friday QA
  start it                         promote-tui release run friday --confirm "release friday prod"
  give it up                       promote-tui release stop friday
"""
NARRATION = """\
  billing: → a81be07, 2 commits
  catalog: → 77d0e4b, 4 commits
  checkout: left out, prod runs 5cc1f02 already
  emails: left out, prod runs 5cc1f02 already
  identity: left out, prod runs 5cc1f02 already
  orders: → 8d20b6e, 5 commits
  billing: reviewed, 2 commits
  catalog: reviewed, 4 commits, +1; blocked: soak
  orders: reviewed, 5 commits, ±1

"""


def test_rows_appear_as_services_are_read_and_one_summary_is_on_top(cli: CommandLine) -> None:
    said = cli("release", "plan", "friday", "--to", "prod", "--reason", "the week's work")
    assert (said.code, said.out, said.err) == (0, CHECKLIST, NARRATION)


def test_the_services_named_are_planned_and_no_other(cli: CommandLine, engine: FakeEngine) -> None:
    assert cli("release", "plan", "friday", "orders", "catalog", "--to", "prod").code == 0
    assert calls(engine, "releases.plan") == [(ReleaseRequest("friday", "prod", ("orders", "catalog")),)]


def test_without_a_name_it_is_called_by_the_day_and_the_next_number(cli: CommandLine) -> None:
    names = [cli("release", "plan", "--to", "prod", "--json").json["release"]["name"] for _ in range(3)]
    assert names == ["2026-01-31", "2026-01-31-2", "2026-01-31-3"]


def test_the_json_has_the_summary_the_reviews_and_what_is_left_out(cli: CommandLine) -> None:
    found = cli("release", "plan", "friday", "--to", "prod", "--json").json["release"]
    assert (found["status"], found["waves"]) == ("planned", [["catalog"], ["billing", "orders"]])
    summary = found["summary"]
    assert summary["data_at_risk"] == [
        {"service": "orders", "logical_id": "OrdersTable", "type": "AWS::DynamoDB::Table"}
    ]
    assert summary["replacements"] == summary["data_at_risk"]
    assert (summary["services"], summary["commits"], summary["authors"]) == (3, 11, ["ana", "joe"])
    assert summary["safe"] == ["catalog", "billing"]
    assert summary["one_way"] == [{"service": "orders", "words": "OrdersTable would be replaced"}]
    assert (summary["resources"], summary["expected_seconds"]) == ({"added": 1, "modified": 1, "removed": 0}, 180.0)
    assert [(each["name"], each["opened_by"], each["services"]) for each in summary["blocked"]] == [
        ("soak", "time", ["catalog"])
    ]
    assert [(each["name"], each["missing"]) for each in found["sign_offs"]] == [
        ("approvals", ["billing", "catalog", "orders"]),
        ("QA", ["billing", "catalog", "orders"]),
    ]
    assert [each["service"] for each in found["left_out"] if each["unchanged"]] == ["checkout", "emails", "identity"]
    orders = found["members"][2]
    assert (orders["service"], orders["wave"], orders["needs"], orders["state"]) == (
        "orders",
        2,
        ["catalog"],
        "waiting",
    )
    assert orders["review"]["changes"][0]["replacement"] == "true"


def test_a_name_that_is_taken_is_one_line_and_nothing_is_planned(planned: CommandLine) -> None:
    said = planned("release", "plan", "friday", "--to", "prod")
    line = (
        "release friday: a release of this name exists; choose another name, or see `promote-tui release show friday`"
    )
    assert (said.code, said.out, said.err) == (2, "", f"{line}\n")


def test_a_service_in_place_of_the_name_is_said_before_anything_is_read(cli: CommandLine, engine: FakeEngine) -> None:
    said = cli("release", "plan", "orders", "billing", "--to", "prod")
    line = (
        "release orders: this is the name of a service; write the release's name first: "
        "promote-tui release plan NAME orders billing --to prod"
    )
    assert (said.code, said.err) == (2, f"{line}\n")
    assert calls(engine, "releases.plan") == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("service orders", "it is there twice", "name each service once"), 2),
        (Refused("release friday", "promote-tui was started with --read-only"), 3),
        (CredentialsError("prod", "the SSO session has expired", "aws sso login"), 4),
        (AwsError("release friday", "no service can go to prod"), 1),
    ],
)
def test_what_cannot_be_planned_is_one_line(
    cli: CommandLine, engine: FakeEngine, error: PromoteError, code: int
) -> None:
    engine.script.errors["releases.plan"] = error
    said = cli("release", "plan", "friday", "--to", "prod")
    assert (said.code, said.out, said.err) == (code, "", f"{error}\n")


def test_nothing_is_planned_under_read_only(cli: CommandLine, engine: FakeEngine) -> None:
    said = cli("release", "plan", "friday", "--to", "prod", "--read-only")
    assert (said.code, said.out) == (3, "")
    assert engine.calls == []
