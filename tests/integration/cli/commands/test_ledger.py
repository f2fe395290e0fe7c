"""`ledger` on the command line: a team's table is made, and what a ledger holds is moved."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from promote_tui.adapters.ledger.sqlite.database import LedgerFile
from promote_tui.adapters.ledger.sqlite.ledger import SqliteLedger
from promote_tui.adapters.process.system import SystemClock
from promote_tui.bootstrap import break_glass_folder
from promote_tui.paths import state_folder
from tests.support.aws_stacks import REGION, use_profiles
from tests.support.ledger_contract import finish, start
from tests.support.release_contract import begin

if TYPE_CHECKING:
    from promote_tui.demo.emulator import Emulator
    from tests.integration.cli.conftest import CommandLine

CONFIG = """\
version: 1
project: acme
stages:
  - {{name: dev, aws: {{region: eu-west-1, account: "111111111111"}}}}
  - {{name: prod, aws: {{region: eu-west-1, account: "222222222222"}}}}
services: [{{name: orders}}]
ledger: {ledger}
"""


def configure(folder: Path, ledger: str, name: str = "promote-tui.yml") -> str:
    path = folder / name
    path.write_text(CONFIG.format(ledger=ledger))
    return str(path)


@pytest.fixture
def local(tmp_path: Path) -> str:
    """A configuration with the embedded ledger."""
    return configure(tmp_path, "{kind: sqlite}", "local.yml")


@pytest.fixture
def team(tmp_path: Path, aws: Emulator, account: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A configuration with a team's ledger."""
    use_profiles(tmp_path / "aws-config", aws.url, monkeypatch, account)
    where = f'aws: {{profile: p{account}, region: {REGION}, account: "{account}"}}'
    return configure(tmp_path, f"{{kind: dynamodb, table: runs, {where}}}")


@pytest.mark.aws
def test_init_makes_the_table_once_and_prints_the_policy(
    cli: CommandLine, team: str, aws: Emulator, account: str
) -> None:
    first = cli("ledger", "init", "--config", team)
    assert first.code == 0, first.err
    assert first.err.splitlines() == [
        f"created table runs in {account} eu-west-1, with on-demand billing and deletion protection",
        "point-in-time recovery is on",
        "it is a ledger of version 1",
    ]
    again = cli("ledger", "init", "--config", team)
    assert (again.code, again.err, again.out) == (0, "the ledger is there and up to date\n", first.out)
    assert cli("ledger", "policy", "--config", team).json == first.json
    client = boto3.client(
        "dynamodb", REGION, endpoint_url=aws.url, aws_access_key_id=account, aws_secret_access_key="x"
    )
    table = client.describe_table(TableName="runs")["Table"]
    backups = client.describe_continuous_backups(TableName="runs")["ContinuousBackupsDescription"]
    client.close()
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


@pytest.mark.aws
def test_the_policy_lets_nobody_delete_or_decide_as_somebody_else(cli: CommandLine, team: str, account: str) -> None:
    statements = cli("ledger", "policy", "--config", team).json["Statement"]
    by_name = {each["Sid"]: each for each in statements}
    actions = {action for each in statements for action in each["Action"]}
    assert actions == {f"dynamodb:{one}Item" for one in ("Get", "BatchGet", "Put", "Update")} | {"dynamodb:Query"}
    written = [each for each in statements if {"dynamodb:PutItem", "dynamodb:UpdateItem"} & {*each["Action"]}]
    keys = {each["Sid"]: each["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] for each in written}
    assert keys["DecideAsYourself"] == ["${aws:userid}#*"]
    assert "events#*" not in keys["HoldLocks"]
    assert (by_name["WriteReleases"]["Action"], keys["WriteReleases"]) == (
        ["dynamodb:PutItem"],
        ["release#*", "releases#*"],
    )
    assert by_name["HoldLocks"]["Resource"] == f"arn:aws:dynamodb:eu-west-1:{account}:table/runs"


@pytest.mark.aws
def test_a_ledger_moves_to_a_teams_and_only_once(cli: CommandLine, team: str, local: str, tmp_path: Path) -> None:
    finish(start(SqliteLedger(LedgerFile(state_folder()), "acme", SystemClock())))
    file = tmp_path / "ledger.jsonl"
    written = cli("ledger", "export", str(file), "--config", local)
    assert (written.code, written.err) == (0, "1 runs and 0 decisions are written\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert cli("ledger", "init", "--config", team).code == 0
    news = cli("ledger", "import", str(file), "--config", team)
    assert (news.code, news.err) == (0, "1 runs and 0 decisions are imported; all of them are new\n")
    again = cli("ledger", "import", str(file), "--config", team)
    assert again.err == "0 runs and 0 decisions are imported; 1 runs and 0 decisions existed already\n"
    assert cli("ledger", "export", "--config", team).out == file.read_text()


def test_releases_are_counted_where_there_are_any(cli: CommandLine, local: str, tmp_path: Path) -> None:
    begin(SqliteLedger(LedgerFile(state_folder()), "acme", SystemClock()))
    file = tmp_path / "ledger.jsonl"
    assert (
        cli("ledger", "export", str(file), "--config", local).err == "0 runs, 1 releases and 0 decisions are written\n"
    )
    again = cli("ledger", "import", str(file), "--config", local)
    assert (again.code, again.err) == (
        0,
        "0 runs and 0 decisions are imported; 0 runs, 1 releases and 0 decisions existed already\n",
    )


@pytest.mark.aws
def test_each_project_imports_what_it_journalled_itself(cli: CommandLine, team: str, tmp_path: Path) -> None:
    assert cli("ledger", "init", "--config", team).code == 0
    other = tmp_path / "umbrella.yml"
    other.write_text(Path(team).read_text().replace("project: acme", "project: umbrella"))
    for project, run in (("acme", "g1"), ("umbrella", "g2")):
        finish(start(SqliteLedger(LedgerFile(break_glass_folder()), project, SystemClock()), run, key=f"k/{run}"))
    first = cli("ledger", "import", "--break-glass", "--config", team)
    assert first.err.splitlines() == [
        f"the journal stays as {break_glass_folder()}: another project still has to import from it",
        "1 runs and 0 decisions are imported; all of them are new",
    ]
    second = cli("ledger", "import", "--break-glass", "--config", str(other))
    assert second.code == 0, second.err
    assert second.err.startswith("the journal was set aside as ")
    assert not break_glass_folder().exists()
    for config, run in ((team, "g1"), (str(other), "g2")):
        lines = [json.loads(line) for line in cli("ledger", "export", "--config", config).out.splitlines()]
        assert {line["run"] for line in lines if "event" in line} == {run}


@pytest.mark.aws
def test_a_table_that_is_missing_is_made_by_init(cli: CommandLine, team: str, account: str) -> None:
    answer = cli("ledger", "export", "--config", team)
    told = f"ledger runs: there is no such table in {account} eu-west-1; promote-tui ledger init\n"
    assert (answer.code, answer.out, answer.err) == (1, "", told)


def test_an_embedded_ledger_needs_no_rights(cli: CommandLine, local: str) -> None:
    answer = cli("ledger", "init", "--config", local)
    made, rights = answer.err.splitlines()
    assert (answer.code, answer.out) == (0, "")
    assert made.endswith("ledger.sqlite3")
    assert rights == "a ledger of the kind sqlite is a file on this machine: it needs no AWS rights"


@pytest.mark.parametrize("command", [("init",), ("import", "it.jsonl")], ids=" ".join)
def test_nothing_is_written_in_read_only_mode(cli: CommandLine, local: str, command: tuple[str, ...]) -> None:
    answer = cli("ledger", *command, "--read-only", "--config", local)
    assert answer.code == 3
    assert answer.err.endswith("promote-tui was started with --read-only; run it without --read-only\n")
    assert not state_folder().exists()


def test_files_that_cannot_be_used_are_told_in_a_line(cli: CommandLine, local: str, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_bytes(b"\xff")
    told = {
        ("export", str(there)): (2, f"{there}: it is there already; name another file\n"),
        ("export", str(tmp_path / "no" / "folder")): (
            1,
            f"{tmp_path}/no/folder: No such file or directory; name a writable file\n",
        ),
        ("import", str(there)): (2, f"{there}: it is not text; name a file that `ledger export` wrote\n"),
        ("import", "nowhere"): (
            2,
            "nowhere: No such file or directory; name a file that `ledger export` wrote\n",
        ),
    }
    for words, (code, line) in told.items():
        answer = cli("ledger", *words, "--config", local)
        assert (answer.code, answer.err) == (code, line)


def test_an_export_of_a_live_run_says_that_it_cannot_be_imported(cli: CommandLine, local: str) -> None:
    lease = start(SqliteLedger(LedgerFile(state_folder()), "acme", SystemClock()))
    answer = cli("ledger", "export", "--config", local)
    assert answer.err.splitlines()[1] == "some of these runs have not ended: this export cannot be imported"
    assert json.loads(answer.out.splitlines()[1])["run"] == "g1"
    lease.abandon()
