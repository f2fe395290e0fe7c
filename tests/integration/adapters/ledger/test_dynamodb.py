"""The team's ledger where network, rights, versions and holders fail: nothing is lost, each trouble is a line."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.session import Limits
from promote_tui.adapters.ledger.dynamodb import lock as locks
from promote_tui.adapters.ledger.dynamodb import queries as rows
from promote_tui.adapters.ledger.dynamodb import schema as tables
from promote_tui.adapters.ledger.dynamodb.items import Owner
from promote_tui.adapters.ledger.dynamodb.lease import DynamoLease
from promote_tui.adapters.ledger.dynamodb.lock import Pace
from promote_tui.adapters.ledger.dynamodb.table import ConditionFailedError, Table, pack
from promote_tui.adapters.ledger.lease import Claim
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import CredentialsError, LedgerError, LockHeld, NotYetGone
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.runs.events import Checked, Locked, OutcomeUnknown, Verified
from promote_tui.ports import RunFilter
from tests.support.aws_stacks import use_profiles
from tests.support.dynamo import ACCOUNT, CALM, Team, team
from tests.support.faults import Fault, Faults, answer, drop_reply, drop_request, fault_proxy, refuse
from tests.support.ledger_contract import KEY, LIFE, finish, start
from tests.support.release_contract import LIFE as RELEASE
from tests.support.release_contract import NAME, begin, release_plan, written
from tests.support.values import NOW, A, planned
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from promote_tui.adapters.ledger.dynamodb.ledger import DynamoLedger
    from promote_tui.demo.emulator import Emulator

pytestmark = pytest.mark.aws
QUICK = Limits(connect=30, read=60, attempts=1, patience=0.3)
OPERATIONS: dict[str, Callable[[DynamoLedger], object]] = {
    "acquire": lambda it: it.acquire(KEY, "g9"),
    "recover": lambda it: it.recover("g1"),
    "holder": lambda it: it.holder(KEY),
    "events": lambda it: it.events("g1"),
    "runs": lambda it: it.runs(RunFilter()),
    "append_decision": lambda it: it.append_decision(Decision(NOW, "hold", "orders", None, None, "ana", "arn")),
    "decisions": lambda it: it.decisions("orders"),
    "append_release_event": lambda it: it.append_release_event(NAME, 1, release_plan()),
    "release_events": lambda it: it.release_events(NAME),
    "releases": lambda it: it.releases(),
}


@pytest.fixture
def shared(aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    return team(aws.url, tmp_path, monkeypatch)


@pytest.fixture
def faults(aws: Emulator) -> Iterator[Faults]:
    with fault_proxy(aws.url) as proxy:
        yield proxy


@pytest.fixture
def shaky(shared: Team, faults: Faults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    """The same table behind a proxy."""
    use_profiles(tmp_path / "shaky-config", faults.url, monkeypatch, ACCOUNT)
    return replace(shared, accounts=AwsAccounts(SystemClock(), QUICK))


def word(ledger: Team) -> str:
    lock = locks.read(ledger.table(), KEY)
    assert lock is not None
    return lock.rvn


# who lives, and who is gone


def test_a_holder_renews_its_lock_and_is_seen_to_live(shared: Team) -> None:
    lease = start(shared.ledger("desk", Pace(beat=0.05)))
    teammate = shared.ledger("laptop")
    first = teammate.holder(KEY)
    assert first is not None
    assert (first.who, first.host, first.runner_alive) == ("ana", "desk", None)
    assert first.silent_in == pytest.approx(3900, abs=1)
    seen = word(shared)
    until(lambda: word(shared) != seen)
    now = teammate.holder(KEY)
    assert now is not None
    assert now.runner_alive is True
    with pytest.raises(LockHeld, match="the runner of g1 is alive"):
        teammate.recover("g1")
    finish(lease)


def test_a_teammate_is_told_who_holds_a_lock_and_since_when(shared: Team) -> None:
    start(shared.ledger("desk"))
    with pytest.raises(LockHeld) as refusal:
        shared.ledger("laptop").acquire(KEY, "g2")
    told = r"held by run g1 by ana on desk since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC; watch it: promote-tui attach g1;"
    assert re.search(told, str(refusal.value))
    assert str(refusal.value).endswith("where desk is gone: promote-tui runs reconcile g1")


def test_a_run_whose_end_is_not_known_is_to_be_reconciled_not_watched(shared: Team) -> None:
    lease = start(shared.ledger("desk"))
    lease.append(OutcomeUnknown(NOW, "no connection to AWS", "promote-tui runs reconcile g1"))
    lease.abandon()
    with pytest.raises(LockHeld) as refusal:
        shared.ledger("laptop").acquire(KEY, "g2")
    assert "and its verdict is unknown; promote-tui runs reconcile g1" in str(refusal.value)
    assert "attach" not in str(refusal.value)


def test_a_silence_counts_only_from_when_it_was_first_seen(shared: Team) -> None:
    start(shared.ledger("desk")).abandon()
    shared.clock.leaped += 10_000
    teammate = shared.ledger("laptop")
    with pytest.raises(NotYetGone, match="after 65 more minutes without a sign") as refusal:
        teammate.recover("g1")
    assert refusal.value.seconds == pytest.approx(3900, abs=1)
    shared.clock.leaped += 3899
    with pytest.raises(NotYetGone):
        teammate.recover("g1")
    shared.clock.leaped += 1
    holder = teammate.holder(KEY)
    assert holder is not None
    assert holder.runner_alive is False
    assert teammate.recover("g1").fence == 2


def test_every_event_is_a_sign_of_life(shared: Team) -> None:
    lease = start(shared.ledger("desk"))
    teammate = shared.ledger("laptop")
    assert teammate.holder(KEY)
    shared.clock.leaped += 3800
    lease.append(LIFE[0])
    assert teammate.holder(KEY)
    shared.clock.leaped += 3800
    with pytest.raises(LockHeld):
        teammate.recover("g1")


def taken_over(shared: Team) -> bool:
    """Take the lock over as somebody else would after a silence; False where a renewal came in between."""
    lock = locks.read(shared.table(), KEY)
    assert lock is not None
    try:
        locks.take_over(shared.table(), lock, Owner("arn", "joe", "elsewhere", "place"))
    except ConditionFailedError:
        return False
    return True


def test_a_holder_that_woke_up_too_late_writes_nothing_more(shared: Team) -> None:
    sleeper = start(shared.ledger("desk", Pace(beat=0.05)))
    until(lambda: taken_over(shared))
    assert isinstance(sleeper, DynamoLease)
    until(lambda: sleeper._heart.lost)  # noqa: SLF001 - what its heartbeat finds
    with pytest.raises(LedgerError, match="no longer holds the lock"):
        sleeper.append(LIFE[0])
    with pytest.raises(LedgerError, match="no longer holds the lock"):
        sleeper.release()
    assert [recorded.event for recorded in shared.ledger().events("g1")] == [planned()]


def test_a_machine_of_the_same_name_is_another_one(shared: Team) -> None:
    start(shared.ledger("laptop-1")).abandon()
    assert shared.ledger("laptop-1").recover("g1").fence == 2
    start(shared.ledger("laptop-1"), "g2", key="k/2").abandon()
    with pytest.raises(NotYetGone):
        shared.ledger("laptop-2").recover("g2")


# replies that are lost, and calls that never arrive


def test_a_lock_whose_reply_was_lost_is_ours(shaky: Team, faults: Faults) -> None:
    faults.spoil("TransactWriteItems", drop_reply, times=1)
    lease = shaky.ledger().acquire(KEY, "g1")
    lease.append(planned())
    finish(lease)
    assert faults.actions.count("dynamodb:TransactWriteItems") == 4


def test_an_event_whose_reply_was_lost_is_written_once(shaky: Team, faults: Faults) -> None:
    lease = start(shaky.ledger())
    for event in LIFE[:3]:
        faults.spoil("TransactWriteItems", drop_reply, times=1)
        lease.append(event)
    found = [recorded.event for recorded in shaky.ledger().events("g1")]
    assert found == [planned(), *LIFE[:3]]


def test_a_release_whose_reply_was_lost_has_freed_the_lock(shaky: Team, faults: Faults) -> None:
    lease = start(shaky.ledger())
    lease.append(Verified(NOW))
    faults.spoil("UpdateItem", drop_reply, times=1)
    lease.release()
    assert shaky.ledger().holder(KEY) is None
    start(shaky.ledger(), "g2")
    lease.release()
    assert shaky.ledger().holder(KEY) is not None


def test_a_takeover_whose_reply_was_lost_is_ours(shaky: Team, faults: Faults) -> None:
    start(shaky.ledger()).abandon()
    faults.spoil("UpdateItem", drop_reply, times=1)
    lease = shaky.ledger().recover("g1")
    assert lease.fence == 2
    finish(lease)


def test_an_event_that_never_arrived_stops_the_writer_and_leaves_no_gap(shaky: Team, faults: Faults) -> None:
    lease = start(shaky.ledger())
    faults.spoil("TransactWriteItems", drop_request, times=1)
    with pytest.raises(LedgerError, match=r"no answer from 127\.0\.0\.1"):
        lease.append(LIFE[0])
    assert lease.append(LIFE[1]) == 2
    found = [recorded.event for recorded in shaky.ledger().events("g1")]
    assert found == [planned(), LIFE[1]]


def test_an_event_of_which_nobody_knows_is_found_by_the_next(shaky: Team, faults: Faults) -> None:
    lease = start(shaky.ledger())
    faults.spoil("TransactWriteItems", drop_reply, times=1)
    faults.spoil("GetItem", drop_request, times=1)
    with pytest.raises(LedgerError):
        lease.append(LIFE[0])
    assert lease.append(LIFE[1]) == 3
    assert [recorded.event for recorded in shaky.ledger().events("g1")] == [planned(), *LIFE[:2]]


def test_an_event_of_a_release_whose_reply_was_lost_is_written_once(shaky: Team, faults: Faults) -> None:
    for seq, event in enumerate((release_plan(), *RELEASE[:2]), start=1):
        faults.spoil("TransactWriteItems", drop_reply, times=1)
        assert shaky.ledger().append_release_event(NAME, seq, event)
    assert written(shaky.ledger()) == [release_plan(), *RELEASE[:2]]
    assert shaky.ledger().releases() == (NAME,)


def test_an_event_of_a_release_that_never_arrived_leaves_its_place_free(shaky: Team, faults: Faults) -> None:
    begin(shaky.ledger())
    faults.spoil("TransactWriteItems", drop_request, times=1)
    with pytest.raises(LedgerError, match=r"no answer from 127\.0\.0\.1"):
        shaky.ledger().append_release_event(NAME, 2, RELEASE[0])
    assert shaky.ledger().append_release_event(NAME, 2, RELEASE[1])
    assert written(shaky.ledger()) == [release_plan(), RELEASE[1]]


def test_an_event_of_a_release_of_which_nobody_knows_is_found_by_the_next(shaky: Team, faults: Faults) -> None:
    faults.spoil("TransactWriteItems", drop_reply, times=1)
    ledger = shaky.ledger()
    assert ledger.releases() == ()  # it has asked for the table's version
    faults.spoil("GetItem", drop_request, times=1)
    with pytest.raises(LedgerError):
        ledger.append_release_event(NAME, 1, release_plan())
    assert not ledger.append_release_event(NAME, 1, release_plan())
    assert written(ledger) == [release_plan()]


def test_a_ledger_out_of_reach_means_no_lock(shaky: Team, faults: Faults) -> None:
    faults.spoil("*", drop_request)
    with pytest.raises(LedgerError, match=r"^ledger promote-tui-\d+: no answer from 127\.0\.0\.1"):
        shaky.ledger().acquire(KEY, "g1")


def test_a_heartbeat_survives_a_ledger_out_of_reach(shaky: Team, faults: Faults) -> None:
    lease = start(shaky.ledger(pace=Pace(beat=0.05)))
    faults.spoil("UpdateItem", drop_request)
    until(lambda: faults.actions.count("dynamodb:UpdateItem") > 1)
    faults.mend()
    seen = word(shaky)
    until(lambda: word(shaky) != seen)
    finish(lease)


# trouble, one line each


CALLS = ("GetItem", "Query", "BatchGetItem", "UpdateItem", "TransactWriteItems")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_missing_right_is_named_with_what_prints_the_policy(shaky: Team, faults: Faults, operation: str) -> None:
    start(shaky.ledger()).abandon()
    for action in CALLS:
        faults.spoil(action, refuse("AccessDeniedException", message="User: ana is not authorized"))
    with pytest.raises(LedgerError) as trouble:
        OPERATIONS[operation](shaky.ledger())
    subject = re.escape(f"ledger {shaky.name}")
    remedy = "ask for the rights that `promote-tui ledger policy` prints"
    assert re.fullmatch(rf"{subject}: no permission for \w+: User: ana is not authorized; {remedy}", str(trouble.value))


@pytest.mark.parametrize(
    ("fault", "words", "login"),
    [
        (refuse("ExpiredTokenException"), "the credentials of profile p4444.* have expired; ", True),
        (refuse("UnrecognizedClientException"), "AWS does not accept the credentials of profile p4444", True),
        (refuse("ProvisionedThroughputExceededException"), r"AWS throttles \w+; ", False),
        (
            refuse("ResourceNotFoundException"),
            "there is no such table in 4444.* eu-west-1; promote-tui ledger init",
            False,
        ),
        (answer(503), r"AWS answered 503 to \w+; ", False),
    ],
    ids=["expired", "unknown keys", "throttled", "no table", "down"],
)
def test_trouble_is_one_line(shaky: Team, faults: Faults, fault: Fault, words: str, *, login: bool) -> None:
    for action in CALLS:
        faults.spoil(action, fault)
    with pytest.raises(LedgerError, match=rf"^ledger promote-tui-\d+: {words}") as trouble:
        shaky.ledger().acquire(KEY, "g1")
    assert isinstance(trouble.value, CredentialsError) == login
    assert "\n" not in str(trouble.value)


def test_throttling_and_conflicts_are_waited_for(shaky: Team, faults: Faults) -> None:
    for name in ("ThrottlingException", "TransactionInProgressException", "TransactionConflictException"):
        faults.spoil("TransactWriteItems", refuse(name), times=1)
    patient = replace(shaky, accounts=AwsAccounts(SystemClock(), replace(QUICK, patience=20)))
    lease = patient.ledger().acquire(KEY, "g1")
    assert faults.actions.count("dynamodb:TransactWriteItems") == 4
    lease.append(planned())


def test_credentials_of_another_account_are_refused(shared: Team, aws: Emulator, tmp_path: Path) -> None:
    config = tmp_path / "aws-config"
    config.write_text(config.read_text().replace(f"access_key_id = {ACCOUNT}", "access_key_id = 999999999999"))
    assert aws.url in config.read_text()
    with pytest.raises(LedgerError, match="for account 999999999999, the table is in 444444444444; fix the profile"):
        Table(AwsAccounts(SystemClock()), shared.table().place).get(("a", "b"))


# versions


def migrated(monkeypatch: pytest.MonkeyPatch, *steps: tables.Migration) -> None:
    """Be a program that knows these migrations."""
    monkeypatch.setattr(tables, "MIGRATIONS", steps)


def test_a_newer_table_is_neither_read_nor_written(shared: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    migrated(monkeypatch, lambda _table: None)
    tables.initialise(shared.table(), shared.clock)
    monkeypatch.undo()
    for operation in OPERATIONS.values():
        with pytest.raises(LedgerError, match=r"a newer promote-tui wrote it \(version 2, this one knows 1\); upgrade"):
            operation(shared.ledger())
    with pytest.raises(LedgerError, match="upgrade promote-tui"):
        tables.initialise(shared.table(), shared.clock)


def test_an_older_table_is_brought_up_to_date_after_a_backup(shared: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    finish(start(shared.ledger()))
    seen: list[str] = []
    migrated(monkeypatch, lambda table: seen.append(table.place.name))
    with pytest.raises(
        LedgerError, match="it is of version 1, this promote-tui needs 2; promote-tui ledger init upgrades"
    ):
        shared.ledger().holder(KEY)
    backup, done = tables.initialise(shared.table(), shared.clock)
    assert re.fullmatch(rf"created the backup {shared.name}-version-1-\d+-\d+", backup)
    assert done == "upgraded it from version 1 to 2"
    assert seen == [shared.name]
    assert len(shared.table().call("list_backups")["BackupSummaries"]) == 1
    assert shared.ledger().holder(KEY) is None
    assert tables.initialise(shared.table(), shared.clock) == ()


def test_a_table_is_not_brought_up_to_date_under_a_live_run(shared: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    start(shared.ledger())
    migrated(monkeypatch, lambda _table: None)
    with pytest.raises(LedgerError, match="run g1 of an older promote-tui is still at work; wait until it has ended"):
        tables.initialise(shared.table(), shared.clock)


def test_a_version_is_asked_for_again_before_each_lock(shared: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = shared.ledger()
    assert ledger.holder(KEY) is None
    migrated(monkeypatch, lambda _table: None)
    tables.initialise(shared.table(), shared.clock)
    monkeypatch.undo()
    with pytest.raises(LedgerError, match="upgrade promote-tui"):
        ledger.acquire(KEY, "g1")


# rows


def test_a_run_that_another_version_summed_up_is_told_by_its_events(
    shared: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promote_tui.adapters.ledger.dynamodb.items.__version__", "99")
    start(shared.ledger()).append(Locked(NOW, 1, "desk", 1, "1"))
    monkeypatch.undo()
    (run,) = shared.ledger().runs(RunFilter()).runs
    assert (run.id, run.host, run.phase) == ("g1", "desk", "locked")


def test_no_item_is_above_33_kb(shared: Team) -> None:
    lease = start(shared.ledger(), subject="x" * 20_000, fingerprint="y" * 10_000)
    lease.append(Checked(NOW, "f", (), "z" * 20_000))
    assert max(len(str(item)) for item in shared.table().scan()) < 33_000
    (run,) = shared.ledger().runs(RunFilter()).runs
    assert (len(run.artifacts), len(run.planned.subject)) == (20_000, 20_000)


def test_gates_read_from_the_table_itself(shared: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = shared.ledger()
    finish(start(ledger))
    ledger.append_decision(Decision(NOW, "approve", "orders", "prod", A, "ana", "arn"))
    begin(ledger)
    asked: list[dict[str, object]] = []
    call = Table.call

    def seen(table: Table, operation: str, **arguments: object) -> object:
        asked.append({"operation": operation, **arguments})
        return call(table, operation, **arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Table, "call", seen)
    assert ledger.decisions("orders")
    assert ledger.runs(RunFilter(key=KEY)).runs
    assert ledger.events("g1")
    assert ledger.release_events(NAME)
    before = len(asked)
    assert ledger.releases()
    assert [each["operation"] for each in asked[before:]] == ["query"]
    assert all(each["ConsistentRead"] for each in asked)
    assert not any("IndexName" in each for each in asked)


def test_a_decision_in_anothers_name_counts_for_nothing(shared: Team) -> None:
    joe = "arn:aws:sts::444444444444:assumed-role/AWSReservedSSO_Dev_1/joe@example.com"
    given = Decision(NOW, "approve", "orders", "prod", A, "joe", joe)
    rows.add_decision(shared.table(), "AROAEXAMPLE:eve@example.com", "acme", given)
    assert shared.ledger().decisions("orders") == ()
    rows.add_decision(shared.table(), "AROAEXAMPLE:joe@example.com", "acme", given)
    assert shared.ledger().decisions("orders") == (given,)


def test_a_damaged_lock_is_told(shared: Team) -> None:
    shared.table().call("put_item", Item=pack({"pk": "lock", "sk": KEY, "state": "HELD"}))
    with pytest.raises(LedgerError, match="its lock is damaged"):
        shared.ledger().holder(KEY)


def test_what_was_freed_by_another_is_not_freed_again(shared: Team) -> None:
    finish(start(shared.ledger()))
    start(shared.ledger(), "g2")
    locks.release(shared.table(), Claim(KEY, "g1", 1))  # its reply was lost, and somebody else took it meanwhile
    holder = shared.ledger(pace=CALM).holder(KEY)
    assert holder is not None
    assert holder.run == "g2"


def test_decisions_about_25_services_take_a_question_each_and_one_for_each_of_their_people(
    shaky: Team, faults: Faults
) -> None:
    services, ledger = [f"service-{number}" for number in range(25)], shaky.ledger()
    arn = "arn:aws:iam::444444444444:user/ana"
    for service in services[:10]:
        ledger.append_decision(Decision(NOW, "approve", service, "prod", A, "ana", arn))
    before = len(faults.actions)
    assert [*ledger.decisions_by_service(services)] == services[:10]
    assert faults.actions[before:] == ["dynamodb:Query"] * 35
