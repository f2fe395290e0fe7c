"""What a ledger holds moves to another kind and back, whole and once."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.adapters.ledger.dynamodb.admin import DynamoAdmin
from promote_tui.adapters.ledger.sqlite.admin import SqliteAdmin
from promote_tui.adapters.ledger.sqlite.database import LedgerFile
from promote_tui.adapters.ledger.sqlite.ledger import SqliteLedger
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import LedgerError, UsageError
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.runs.dump import Contents, from_lines, new_entries, to_lines
from promote_tui.core.value import replace
from promote_tui.ports import Ledger, LedgerAdmin, RunFilter
from tests.support.dynamo import Team, team
from tests.support.ledger_contract import KEY, LIFE, VERDICTS, finish, start
from tests.support.release_contract import LIFE as RELEASE
from tests.support.release_contract import NAME, begin, release_plan, written
from tests.support.values import NOW, A, B

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator

pytestmark = pytest.mark.aws
KINDS = ["sqlite", "dynamodb"]


@pytest.fixture
def shared(aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    return team(aws.url, tmp_path, monkeypatch)


class Kind:
    """One kind of ledger, with as many ledgers as a test wants."""

    def __init__(self, name: str, shared: Team, folder: Path) -> None:
        self.name = name
        self._shared = shared
        self._folder = folder

    def made(self, which: str) -> tuple[Ledger, LedgerAdmin]:
        if self.name == "sqlite":
            folder = self._folder / which
            return SqliteLedger(LedgerFile(folder), "acme", SystemClock()), SqliteAdmin(folder, "acme")
        other = dataclasses.replace(self._shared, name=f"{self._shared.name}-{which}").make()
        return other.ledger(), DynamoAdmin(other.table(), "acme", SystemClock())


@pytest.fixture
def kinds(shared: Team, tmp_path: Path) -> dict[str, Kind]:
    return {name: Kind(name, shared, tmp_path) for name in KINDS}


def fill(ledger: Ledger) -> None:
    """Two runs of one stack, one of another, decisions of two people, two releases; nothing is live afterwards."""
    lease = start(ledger)
    for event in LIFE[:-1]:
        lease.append(event)
    finish(lease)
    finish(start(ledger, "g2", NOW + timedelta(hours=1)), VERDICTS[3])
    finish(start(ledger, "g3", NOW + timedelta(hours=2), key="k/other", stage="prod", service="billing"))
    for minutes, who in enumerate(("ana", "joe")):
        at = NOW + timedelta(minutes=minutes)
        ledger.append_decision(
            Decision(at, "approve", "orders", "prod", A, who, f"arn:aws:iam::4:user/{who}", "\udc80")
        )
    begin(ledger)
    begin(ledger, "second", NOW + timedelta(days=1))
    for seq, happened in enumerate(RELEASE, start=2):
        assert ledger.append_release_event(NAME, seq, happened)


def moved(house: LedgerAdmin, contents: Contents) -> None:
    """Move contents as the command line does, by a file of lines."""
    given = from_lines(list(to_lines(contents)), "ledger.jsonl")
    house.import_contents(new_entries(house.contents(), given, "ledger.jsonl"))


def seen(ledger: Ledger) -> dict[str, Any]:
    return {
        "runs": ledger.runs(RunFilter()),
        "of a stage": ledger.runs(RunFilter(service="billing", stage="prod")),
        "of a stack": ledger.runs(RunFilter(key=KEY)),
        "events": [ledger.events(run) for run in ("g1", "g2", "g3")],
        "decisions": ledger.decisions("orders"),
        "releases": ledger.releases(),
        "of a release": [ledger.release_events(name) for name in (NAME, "second")],
    }


@pytest.mark.parametrize("source", KINDS)
@pytest.mark.parametrize("goal", KINDS)
def test_a_ledger_is_the_same_in_another_one(kinds: dict[str, Kind], source: str, goal: str) -> None:
    (old, old_house), (new, new_house) = kinds[source].made("old"), kinds[goal].made("new")
    fill(old)
    new_house.initialise()
    moved(new_house, old_house.contents())
    assert seen(new) == seen(old)
    assert len(seen(new)["decisions"]) == 2
    assert seen(new)["releases"] == ("second", NAME)
    before = new_house.contents()
    moved(new_house, old_house.contents())
    assert new_house.contents() == before
    assert list(to_lines(before)) == list(to_lines(old_house.contents()))


@pytest.mark.parametrize("goal", KINDS)
def test_fences_and_ids_of_runs_go_on_from_what_was_imported(kinds: dict[str, Kind], goal: str) -> None:
    (old, old_house), (new, new_house) = kinds["sqlite"].made("old"), kinds[goal].made("new")
    fill(old)
    finish(start(new, "h1"))
    moved(new_house, old_house.contents())
    assert start(new, "h2").fence == 3
    with pytest.raises(LedgerError, match="exists already"):
        new.acquire("k/free", "g1")
    assert [run.id for run in new.runs(RunFilter(live=True)).runs] == ["h2"]


@pytest.mark.parametrize("goal", KINDS)
def test_a_run_with_other_events_stops_an_import_before_it_writes(kinds: dict[str, Kind], goal: str) -> None:
    (old, old_house), (new, new_house) = kinds["sqlite"].made("old"), kinds[goal].made("new")
    fill(old)
    finish(start(new, "g2", to_commit=B))
    before = new_house.contents()
    with pytest.raises(UsageError, match=r"^ledger.jsonl: run g2 is here already, with other events; nothing was imp"):
        moved(new_house, old_house.contents())
    assert new_house.contents() == before


@pytest.mark.parametrize("goal", KINDS)
def test_a_release_with_other_events_stops_an_import_before_it_writes(kinds: dict[str, Kind], goal: str) -> None:
    (old, old_house), (new, new_house) = kinds["sqlite"].made("old"), kinds[goal].made("new")
    fill(old)
    begin(new, "second", NOW)
    before = new_house.contents()
    with pytest.raises(UsageError, match=r"^ledger.jsonl: release second is here already, with other events; nothing"):
        moved(new_house, old_house.contents())
    assert new_house.contents() == before


@pytest.mark.parametrize("goal", KINDS)
def test_a_release_that_was_gone_on_with_is_brought_up_to_date_and_never_set_back(
    kinds: dict[str, Kind], goal: str
) -> None:
    (old, old_house), (new, new_house) = kinds["sqlite"].made("old"), kinds[goal].made("new")
    fill(old)
    first = old_house.contents()
    moved(new_house, first)
    assert old.append_release_event("second", 2, RELEASE[0])
    moved(new_house, old_house.contents())
    assert written(new, "second") == written(old, "second")
    moved(new_house, first)
    assert len(written(new, "second")) == 2


@pytest.mark.parametrize("goal", KINDS)
def test_a_release_that_was_planned_here_meanwhile_stops_an_import(kinds: dict[str, Kind], goal: str) -> None:
    (old, old_house), (new, new_house) = kinds["sqlite"].made("old"), kinds[goal].made("new")
    begin(old)
    begin(new, at=NOW + timedelta(days=1))
    with pytest.raises(LedgerError, match=f"^release {NAME}: other events of it were written here meanwhile; import"):
        new_house.import_contents(old_house.contents())
    assert written(new) == [release_plan(at=NOW + timedelta(days=1))]


@pytest.mark.parametrize("goal", KINDS)
def test_a_release_whose_plan_a_newer_version_wrote_is_not_imported(kinds: dict[str, Kind], goal: str) -> None:
    _, house = kinds[goal].made("new")
    later = '{"event":"planned","schema":9}'
    with pytest.raises(UsageError, match=r"^release later: a newer promote-tui wrote it; upgrade promote-tui, then"):
        house.import_contents(replace(house.contents(), releases={"later": (later,)}))
    assert house.contents().releases == {}


@pytest.mark.parametrize("goal", KINDS)
def test_an_import_waits_for_live_runs(kinds: dict[str, Kind], goal: str) -> None:
    (old, old_house), (new, new_house) = kinds[goal].made("old"), kinds[goal].made("new")
    fill(old)
    lease = start(new, "h1")
    with pytest.raises(UsageError, match=f"run h1 holds the lock of {KEY} here; wait until it has ended"):
        moved(new_house, old_house.contents())
    finish(lease)
    start(old, "g9")
    with pytest.raises(UsageError, match=f"run g9 held the lock of {KEY} when it was written; let it end"):
        moved(new_house, old_house.contents())


def test_an_interrupted_import_is_begun_again(shared: Team, kinds: dict[str, Kind]) -> None:
    old, old_house = kinds["sqlite"].made("old")
    fill(old)
    house = DynamoAdmin(shared.table(), "acme", SystemClock())
    contents = old_house.contents()
    house._put_events("g2", contents.runs["g2"], [recorded.event for recorded in old.events("g2")])  # noqa: SLF001
    moved(house, contents)
    assert house.contents().runs == contents.runs


def test_projects_that_share_a_table_see_their_own(shared: Team) -> None:
    fill(shared.ledger())
    other = DynamoAdmin(shared.table(), "umbrella", SystemClock()).contents()
    assert (other.runs, other.decisions, other.releases) == ({}, (), {})
    assert other.fences == {KEY: 2, "k/other": 1}


@pytest.mark.parametrize("goal", KINDS)
def test_another_projects_export_is_refused(kinds: dict[str, Kind], goal: str) -> None:
    (old, old_house), (_, new_house) = kinds["sqlite"].made("old"), kinds[goal].made("new")
    fill(old)
    given = replace(old_house.contents(), project="umbrella")
    with pytest.raises(UsageError, match="it is of the project umbrella, and this configuration of acme; import it"):
        moved(new_house, given)
    moved(new_house, replace(given, project=""))
    assert set(new_house.contents().runs) == {"g1", "g2", "g3"}


def test_what_two_projects_have_from_before_is_brought_along_by_both(shared: Team, kinds: dict[str, Kind]) -> None:
    old, old_house = kinds["sqlite"].made("old")
    fill(old)
    before = old_house.contents()
    acme, umbrella = (DynamoAdmin(shared.table(), name, SystemClock()) for name in ("acme", "umbrella"))
    moved(acme, before)
    moved(umbrella, replace(before, project="umbrella"))
    assert acme.contents().runs == before.runs
    assert umbrella.contents().decisions == before.decisions
    other = {"g1": (*before.runs["g1"][:-1], replace(before.runs["g1"][-1], fence=9))}
    with pytest.raises(LedgerError, match="the id of run g1 was used meanwhile, here or in another project"):
        moved(umbrella, replace(before, runs=other, project="umbrella"))
    assert acme.contents().runs == before.runs
