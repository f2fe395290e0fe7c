"""`inbox`: what waits, as text and as JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.durations import timestamp
from promote_tui.core.inbox.item import InboxItem
from promote_tui.core.value import replace
from tests.integration.cli.conftest import calls
from tests.support.fakes import world

if TYPE_CHECKING:
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

SHA = world.sha("8d20b6e")
APPROVAL = InboxItem(
    "approval",
    ("orders",),
    "prod",
    "8d20b6e Retry refunds: 0 of 1 approval so far",
    "promote-tui approve orders --to prod --commit 8d20b6e",
    world.NOW - timedelta(hours=2),
    commit=SHA,
    subject="Retry refunds",
)
TICK = InboxItem(
    "tick",
    ("billing", "orders"),
    "prod",
    "QA signed off, 2 services",
    "promote-tui release check friday 'QA signed off'",
    world.NOW - timedelta(days=1),
    is_mine=True,
    release="friday",
    entry="QA signed off",
)
UNREAD = InboxItem("unread", ("web", "emails"), "staging", "the session has expired", "aws sso login --profile staging")


def test_what_waits_stands_kind_by_kind_a_line_each_with_its_command(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.inbox = (UNREAD, TICK, APPROVAL, replace(APPROVAL, services=("billing",), since=None))
    answer = cli("inbox")
    assert (answer.code, answer.err) == (0, "")
    approve, check = APPROVAL.command, TICK.command
    assert answer.out.splitlines() == [
        "APPROVALS (2)",
        f"!  orders/prod         8d20b6e Retry refunds: 0 of 1 approval so far  2h  {approve}",
        f"!  billing/prod        8d20b6e Retry refunds: 0 of 1 approval so far      {approve}",
        "ITEMS TO TICK (1)",
        f"!  release friday      QA signed off, 2 services                      1d  {check}",
        "COULD NOT BE READ (1)",
        "?  2 services/staging  the session has expired                            aws sso login --profile staging",
    ]


def test_only_mine_leaves_what_could_not_be_read(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.inbox = (UNREAD, TICK, APPROVAL)
    assert [item["kind"] for item in cli("inbox", "--mine", "--json").json["items"]] == ["tick", "unread"]


def test_json_says_it_all(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.inbox = (UNREAD, TICK, APPROVAL)
    answer = cli("inbox", "--json")
    assert answer.code == 0
    assert answer.json["count"] == 2
    assert answer.json["items"] == [
        {
            "kind": "approval",
            "services": ["orders"],
            "stage": "prod",
            "commit": SHA,
            "subject": "Retry refunds",
            "release": None,
            "item": None,
            "words": APPROVAL.words,
            "since": timestamp(world.NOW - timedelta(hours=2)),
            "mine": False,
            "command": APPROVAL.command,
        },
        {
            "kind": "tick",
            "services": ["billing", "orders"],
            "stage": "prod",
            "commit": None,
            "subject": None,
            "release": "friday",
            "item": "QA signed off",
            "words": TICK.words,
            "since": timestamp(world.NOW - timedelta(days=1)),
            "mine": True,
            "command": TICK.command,
        },
        {
            "kind": "unread",
            "services": ["web", "emails"],
            "stage": "staging",
            "commit": None,
            "subject": None,
            "release": None,
            "item": None,
            "words": "the session has expired",
            "since": None,
            "mine": False,
            "command": "aws sso login --profile staging",
        },
    ]


def test_an_empty_inbox_says_so_and_is_no_failure(cli: CommandLine, engine: FakeEngine) -> None:
    answer = cli("inbox")
    assert (answer.code, answer.out, answer.err) == (0, "", "nothing waits for you\n")
    assert calls(engine, "inbox") == [(False,)]
    assert cli("inbox", "--json").json == {"schema": 1, "count": 0, "items": []}
