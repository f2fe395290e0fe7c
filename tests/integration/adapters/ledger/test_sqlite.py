"""The embedded ledger's file and its two-part lock: what holds when disks, versions and processes fail."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.adapters.files.locks import lock_file, try_lock, unlock
from promote_tui.adapters.ledger.sqlite import database, schema
from promote_tui.adapters.ledger.sqlite.admin import SqliteAdmin
from promote_tui.adapters.ledger.sqlite.database import LedgerFile
from promote_tui.adapters.ledger.sqlite.ledger import SqliteLedger
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import LedgerError, LockHeld
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.runs.events import Failed, NotSubmitted, Verified, to_dict
from promote_tui.core.value import encode_fields
from promote_tui.ports import RunFilter
from tests.support.ledger_contract import KEY, finish, start
from tests.support.release_contract import NAME, begin, release_plan
from tests.support.values import NOW, B, planned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.aliases import Argument

ROOT = Path(__file__).parents[4]
UNPRIVILEGED = 65534
HOLDER = """
import sys, time
from pathlib import Path
from promote_tui.adapters.ledger.sqlite.database import LedgerFile
from promote_tui.adapters.ledger.sqlite.ledger import SqliteLedger
from promote_tui.adapters.process.system import SystemClock
from tests.support.ledger_contract import start
lease = start(SqliteLedger(LedgerFile(Path(sys.argv[1])), "acme", SystemClock()))
import subprocess
child = subprocess.Popen(["sleep", "60"], start_new_session=True, stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "état?#%20"


def ledger(folder: Path, project: str = "acme", host: str | None = None, **more: Argument) -> SqliteLedger:
    return SqliteLedger(LedgerFile(folder, **more), project, SystemClock(), host)


def path_of(folder: Path) -> Path:
    return folder / database.NAME


def execute(path: Path, *statements: str) -> list[tuple[Any, ...]]:
    """Do something to the file behind the ledger's back; returns the last statement's rows."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        return [db.execute(statement).fetchall() for statement in statements][-1]


OPERATIONS: dict[str, Callable[[SqliteLedger], object]] = {
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


def test_folder_and_files_are_closed_to_others(folder: Path) -> None:
    before = os.umask(0)
    try:
        with LedgerFile(folder).writing():
            start_modes = {item.name: stat.S_IMODE(item.stat().st_mode) for item in folder.iterdir()}
        start(ledger(folder))
    finally:
        os.umask(before)
    assert start_modes == dict.fromkeys(("ledger.sqlite3", "ledger.sqlite3-wal", "ledger.sqlite3-shm"), 0o600)
    assert {stat.S_IMODE(item.stat().st_mode) for item in (folder, folder / "locks")} == {0o700}
    assert {stat.S_IMODE(item.stat().st_mode) for item in folder.rglob("*") if item.is_file()} == {0o600}


def test_a_ledger_that_others_could_read_is_closed_to_them(folder: Path) -> None:
    finish(start(ledger(folder)))
    folder.chmod(0o755)
    path_of(folder).chmod(0o644)
    start(ledger(folder), "g2")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path_of(folder).stat().st_mode) == 0o600


def test_writes_are_synced_to_disk_in_write_ahead_mode(folder: Path) -> None:
    with LedgerFile(folder).writing() as db:
        pragmas = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
        assert (*pragmas, db.execute("PRAGMA foreign_keys").fetchone()[0]) == ("wal", 2, 1)


def test_reading_makes_nothing(folder: Path) -> None:
    empty = ledger(folder)
    for name in ("holder", "events", "runs", "decisions", "release_events", "releases"):
        OPERATIONS[name](empty)
    assert not folder.exists()


def cut_to(size: Callable[[int], int]) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, size(path.stat().st_size))


def replace_by_another_database(path: Path) -> None:
    path.unlink()
    execute(path, "PRAGMA journal_mode = WAL", "CREATE TABLE recipes (name TEXT)")


def lose_all_but_the_wal(path: Path) -> None:
    path.rename(path.with_name("ledger.sqlite3-wal"))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "not a database": lambda path: path.write_bytes(b"<html>504</html>" * 1000),
    "empty": cut_to(lambda _: 0),
    "half of it": cut_to(lambda size: size // 4096 // 2 * 4096),
    "cut within a page": cut_to(lambda size: size - 100),
    "another program's": replace_by_another_database,
    "lost, its log left": lose_all_but_the_wal,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_ledger_is_refused_and_left_as_it_is(folder: Path, damage: str) -> None:
    finish(start(ledger(folder)))
    DAMAGE[damage](path_of(folder))
    before = {item: item.read_bytes() for item in folder.iterdir() if item.is_file()}
    for name, operation in OPERATIONS.items():
        with pytest.raises(LedgerError, match=r"it was left as it is; to begin a new one .*: mkdir") as failure:
            operation(ledger(folder))
        assert "\n" not in str(failure.value), name
        assert failure.value.subject == str(path_of(folder))
    after = {item: item.read_bytes() for item in folder.iterdir() if item.is_file()}
    assert {item: content for item, content in after.items() if item in before and content} == {
        item: content for item, content in before.items() if content
    }
    assert not [item for item in after if item not in before and not item.name.endswith(("-wal", "-shm"))]


def test_the_advice_for_a_damaged_ledger_works(folder: Path) -> None:
    finish(start(ledger(folder)))
    path_of(folder).write_bytes(b"x" * 5000)
    with pytest.raises(LedgerError) as failure:
        ledger(folder).runs(RunFilter())
    subprocess.run(["sh", "-c", failure.value.remedy.partition("live: ")[2]], check=True)
    start(ledger(folder), "g2")
    assert (folder / "kept-aside" / "ledger.sqlite3").read_bytes() == b"x" * 5000


def test_damage_in_a_far_corner_is_found_before_a_deploy_starts(folder: Path) -> None:
    lease = start(ledger(folder))
    for _ in range(20):
        lease.append(Failed(NOW, "x" * 20_000, None))
    finish(lease)
    with path_of(folder).open("r+b") as file:
        file.seek(-10 * 4096, os.SEEK_END)
        file.write(b"\xff" * 5 * 4096)
    with pytest.raises(LedgerError, match="damaged"):
        ledger(folder).acquire("another/stack", "g2")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_newer_ledger_is_refused_and_not_written(folder: Path, operation: str) -> None:
    finish(start(ledger(folder)))
    execute(path_of(folder), "PRAGMA user_version = 99")
    before = path_of(folder).read_bytes()
    with pytest.raises(LedgerError, match=r"newer promote-tui wrote it .*; upgrade promote-tui"):
        OPERATIONS[operation](ledger(folder))
    assert path_of(folder).read_bytes() == before


def test_a_run_stops_when_the_ledger_becomes_newer_under_it(folder: Path) -> None:
    lease = start(ledger(folder))
    execute(path_of(folder), "PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match="upgrade"):
        lease.append(Verified(NOW))


@contextmanager
def later_version(monkeypatch: pytest.MonkeyPatch, *statements: str) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, statements))
        yield


@pytest.mark.parametrize("operation", ["runs", "append_decision"])
def test_an_older_ledger_is_brought_up_to_date_after_a_backup(
    folder: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    finish(start(ledger(folder)))
    with later_version(monkeypatch, "CREATE TABLE notes (text TEXT)"):
        OPERATIONS[operation](ledger(folder))
        assert [run.id for run in ledger(folder).runs(RunFilter()).runs] == ["g1"]
        assert execute(path_of(folder), "PRAGMA user_version") == [(4,)]
        assert execute(path_of(folder), "SELECT count(*) FROM notes") == [(0,)]
    backup = folder / "ledger.sqlite3.bak-3"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    path_of(folder).unlink()
    backup.rename(path_of(folder))
    assert [run.id for run in ledger(folder).runs(RunFilter()).runs] == ["g1"]


@contextmanager
def earlier_version(monkeypatch: pytest.MonkeyPatch, number: int) -> Iterator[None]:
    """Write as the version of this number did: 1 knew no projects, 2 no releases."""
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:number])
        yield


def without_projects(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a ledger of the first version, with a run and a hold."""
    folder.mkdir(parents=True)
    with earlier_version(monkeypatch, 1):
        schema.create(path_of(folder))
    at, run, hold = NOW.isoformat(timespec="microseconds"), planned(run="g1", key=KEY), json.dumps(encode_fields(HOLD))
    with closing(sqlite3.connect(path_of(folder), isolation_level=None)) as db:
        values = ("g1", "orders", "staging", KEY, "normal", None, B, "ana", at, None, "running", 0)
        db.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        db.execute("INSERT INTO events VALUES ('g1', 1, ?, 'planned', 1, ?)", (at, json.dumps(to_dict(run))))
        db.execute("INSERT INTO decisions VALUES (1, ?, 'orders', 'prod', NULL, ?)", (at, hold))
        db.execute("INSERT INTO locks VALUES (?, 'FREE', 7, 'g1', 'laptop', 1, '1', ?)", (KEY, at))


HOLD = Decision(NOW, "hold", "orders", "prod", None, "ana", "arn", "incident 42")


def test_what_was_written_before_projects_were_told_apart_counts_in_each_of_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_projects(folder, monkeypatch)
    for project in ("acme", "umbrella"):
        seen = ledger(folder, project=project)
        assert [run.id for run in seen.runs(RunFilter()).runs] == ["g1"]
        assert (seen.decisions("orders"), seen.standing_decisions()) == ((HOLD,), (HOLD,))
    assert execute(path_of(folder), "PRAGMA user_version") == [(3,)]
    backup = folder / "ledger.sqlite3.bak-1"
    assert execute(backup, "PRAGMA user_version", "SELECT id FROM runs") == [("g1",)]
    lift = Decision(NOW + timedelta(hours=1), "unhold", "orders", "prod", None, "ana", "arn", "over")
    ledger(folder).append_decision(lift)
    assert ledger(folder).standing_decisions() == (HOLD, lift)
    assert ledger(folder, project="umbrella").standing_decisions() == (HOLD,)
    assert start(ledger(folder, project="umbrella"), "g2").fence == 8


def without_releases(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a ledger of the second version, with a run and a hold."""
    with earlier_version(monkeypatch, 2):
        finish(start(ledger(folder)))
        ledger(folder).append_decision(HOLD)


def test_a_ledger_from_before_releases_keeps_them_after_a_backup(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_releases(folder, monkeypatch)
    begin(ledger(folder))
    assert ledger(folder).releases() == (NAME,)
    assert [run.id for run in ledger(folder).runs(RunFilter()).runs] == ["g1"]
    assert (len(ledger(folder).events("g1")), ledger(folder).standing_decisions()) == (3, (HOLD,))
    assert execute(path_of(folder), "PRAGMA user_version") == [(3,)]
    assert execute(folder / "ledger.sqlite3.bak-2", "PRAGMA user_version", "SELECT id FROM runs") == [("g1",)]
    with earlier_version(monkeypatch, 2), pytest.raises(LedgerError, match=r"\(version 3, this one knows 2\); upgrade"):
        ledger(folder).runs(RunFilter())


def test_a_ledger_from_before_releases_is_read_as_it_is_where_nothing_may_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_releases(folder, monkeypatch)
    before = path_of(folder).read_bytes()
    seen = ledger(folder, read_only=True)
    assert (seen.releases(), seen.release_events(NAME), seen.standing_decisions()) == ((), (), (HOLD,))
    assert SqliteAdmin(folder, "acme", read_only=True).contents().releases == {}
    assert path_of(folder).read_bytes() == before
    assert not list(folder.glob("*.bak-*"))


def test_no_release_is_kept_under_a_live_run_of_the_version_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with earlier_version(monkeypatch, 2):
        lease = start(ledger(folder))
    with pytest.raises(LedgerError, match=r"g1 of an older promote-tui is still at work; wait"):
        begin(ledger(folder))
    lease.abandon()
    begin(ledger(folder))
    assert ledger(folder).releases() == (NAME,)


def test_an_older_ledger_is_read_as_it_is_where_nothing_may_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_projects(folder, monkeypatch)
    before = path_of(folder).read_bytes()
    seen = ledger(folder, read_only=True)
    assert [run.id for run in seen.runs(RunFilter()).runs] == ["g1"]
    assert (len(seen.events("g1")), seen.holder(KEY)) == (1, None)
    assert (seen.decisions("orders"), seen.standing_decisions()) == ((HOLD,), (HOLD,))
    assert list(SqliteAdmin(folder, "acme", read_only=True).contents().runs) == ["g1"]
    assert path_of(folder).read_bytes() == before
    assert not list(folder.glob("*.bak-*"))


def test_an_older_ledger_is_read_where_nothing_may_be_written_also_under_a_live_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = start(ledger(folder))
    with later_version(monkeypatch, "CREATE TABLE notes (text TEXT)"):
        assert [run.id for run in ledger(folder, read_only=True).runs(RunFilter()).runs] == ["g1"]
    finish(lease)


def test_an_export_of_a_project_has_what_was_written_before_projects_were_told_apart(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_projects(folder, monkeypatch)
    finish(start(ledger(folder, project="umbrella"), "g2"))
    contents = SqliteAdmin(folder, "acme").contents()
    assert (list(contents.runs), len(contents.decisions), contents.project) == (["g1"], 1, "acme")
    assert SqliteAdmin(folder, "acme").others() == ("g2",)
    assert SqliteAdmin(folder, "umbrella").others() == ()
    goal = SqliteAdmin(tmp_path / "goal", "acme")
    goal.import_contents(contents)
    assert [run.id for run in ledger(tmp_path / "goal").runs(RunFilter()).runs] == ["g1"]
    assert ledger(tmp_path / "goal", project="umbrella").runs(RunFilter()).runs == ()


def test_a_migration_that_fails_leaves_the_older_ledger(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finish(start(ledger(folder)))
    with later_version(monkeypatch, "CREATE TABLE notes (text TEXT)", "NONSENSE"), pytest.raises(LedgerError):
        ledger(folder).runs(RunFilter())
    assert [run.id for run in ledger(folder).runs(RunFilter()).runs] == ["g1"]
    assert sorted(item.name for item in folder.iterdir() if ".new" in item.name) == []


def test_a_ledger_is_not_migrated_under_a_live_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lease = start(ledger(folder))
    with later_version(monkeypatch, "CREATE TABLE notes (text TEXT)"):
        with pytest.raises(LedgerError, match=r"g1 of an older promote-tui is still at work; wait"):
            ledger(folder).runs(RunFilter())
        lease.abandon()
        assert len(ledger(folder).runs(RunFilter()).runs) == 1


def test_a_locked_ledger_can_be_read_and_refuses_writers_in_one_line(folder: Path) -> None:
    lease = start(ledger(folder, busy_seconds=0.05))
    with LedgerFile(folder).writing():
        with pytest.raises(LedgerError, match="another process keeps it locked; try again in a moment"):
            lease.append(Verified(NOW))
        assert len(ledger(folder).events("g1")) == 1
    finish(lease)


def test_a_full_disk_stops_the_run_and_loses_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lease = start(ledger(folder))
    real: Callable[..., sqlite3.Connection] = sqlite3.connect

    def small_disk(*arguments: Argument, **more: Argument) -> sqlite3.Connection:
        connection = real(*arguments, **more)
        connection.execute("PRAGMA max_page_count = 1")  # the least it takes is what there is already
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", small_disk)
        with pytest.raises(LedgerError, match="the disk is full; free some space, then try again"):
            lease.append(Failed(NOW, "x" * 30_000, None))
    assert lease.append(Verified(NOW)) == 2


def test_a_write_that_fails_stops_the_run_and_loses_nothing(folder: Path) -> None:
    lease = start(ledger(folder))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, limits[1]))
    try:
        with pytest.raises(LedgerError, match=r"reading or writing failed \(SQLITE_IOERR_\w+\); check the disk"):
            lease.append(Failed(NOW, "x" * 30_000, None))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert lease.append(Verified(NOW)) == 2


@pytest.fixture
def someone_elses() -> Iterator[Path]:
    """A folder that this process, without root's rights, may read but not write."""
    place = Path(tempfile.mkdtemp())
    finish(start(ledger(place / "state")))
    root = os.geteuid() == 0
    if root:
        for item in (place, *place.rglob("*")):
            os.chown(item, UNPRIVILEGED, -1)
        os.seteuid(UNPRIVILEGED)
    (place / "state").chmod(0o500)
    try:
        yield place / "state"
    finally:
        if root:
            os.seteuid(0)
        (place / "state").chmod(0o700)
        shutil.rmtree(place)


@pytest.mark.parametrize("operation", ["acquire", "append_decision", "runs"])
def test_a_read_only_folder_is_refused_in_one_line(someone_elses: Path, operation: str) -> None:
    with pytest.raises(LedgerError, match="see that you may write to its folder") as failure:
        OPERATIONS[operation](ledger(someone_elses))
    assert "\n" not in str(failure.value)


def test_a_file_in_the_folders_place_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a folder")
    for operation in OPERATIONS.values():
        with pytest.raises(LedgerError, match=r"state.*: .+; .+"):
            operation(ledger(tmp_path / "state"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = '{}'",
        "DELETE FROM events",
        "UPDATE locks SET fence = 0",
        "DELETE FROM locks",
        "UPDATE decisions SET body = '{}'",
        "DELETE FROM decisions",
        "UPDATE releases SET planned_at = ''",
        "DELETE FROM releases",
        "UPDATE release_events SET body = '{}'",
        "DELETE FROM release_events",
    ],
)
def test_what_is_written_stays_as_written(folder: Path, statement: str) -> None:
    start(ledger(folder))
    OPERATIONS["append_decision"](ledger(folder))
    OPERATIONS["append_release_event"](ledger(folder))
    with pytest.raises(sqlite3.IntegrityError, match=r"never|only grows"):
        execute(path_of(folder), statement)


def test_an_event_that_was_tampered_with_is_named(folder: Path) -> None:
    start(ledger(folder))
    execute(path_of(folder), "DROP TRIGGER events_stay_as_written", "UPDATE events SET body = '[1'")
    with pytest.raises(LedgerError, match="g1: one of its events is damaged"):
        ledger(folder).events("g1")


def test_an_event_of_a_release_that_was_tampered_with_is_named(folder: Path) -> None:
    begin(ledger(folder))
    execute(path_of(folder), "DROP TRIGGER release_events_stay_as_written", "UPDATE release_events SET body = '[1'")
    with pytest.raises(LedgerError, match=f"release {NAME}: one of its events is damaged; restore the ledger"):
        ledger(folder).release_events(NAME)


def test_the_row_refuses_where_a_lock_file_was_deleted(folder: Path) -> None:
    lease = start(ledger(folder))
    lock_file(folder, KEY).unlink()
    with pytest.raises(LockHeld, match="g1"):
        ledger(folder).acquire(KEY, "g2")
    finish(lease)


def test_the_lock_file_refuses_where_the_ledger_was_moved_aside(folder: Path) -> None:
    lease = start(ledger(folder))
    for item in list(folder.glob("ledger.sqlite3*")):
        item.rename(item.with_name(f"aside-{item.name}"))
    with pytest.raises(LockHeld, match="another process is acquiring it"):
        ledger(folder).acquire(KEY, "g2")
    lease.abandon()
    assert ledger(folder).acquire(KEY, "g2").fence == 1


def test_a_lock_file_is_held_once_and_not_passed_on_to_children(folder: Path) -> None:
    folder.mkdir()
    path = lock_file(folder, KEY)
    held = try_lock(path, SystemClock())
    assert held is not None
    assert try_lock(path, SystemClock()) is None
    child = subprocess.Popen(["sleep", "30"], close_fds=False)
    unlock(held)
    again = try_lock(path, SystemClock())
    child.kill()
    child.wait()
    assert again is not None
    unlock(again)


def test_a_planted_symlink_is_not_followed(folder: Path, tmp_path: Path) -> None:
    path = lock_file(folder, KEY)
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "victim")
    with pytest.raises(LedgerError):
        ledger(folder).acquire(KEY, "g1")
    assert not (tmp_path / "victim").exists()


def test_a_runner_on_another_host_is_neither_alive_nor_gone(folder: Path) -> None:
    lease = start(ledger(folder, host="desk"))
    lease.abandon()
    holder = ledger(folder, host="laptop").holder(KEY)
    assert holder is not None
    assert (holder.host, holder.runner_alive) == ("desk", None)
    with pytest.raises(LockHeld, match="cannot be seen from here; promote-tui runs reconcile g1"):
        ledger(folder, host="laptop").acquire(KEY, "g2")


@pytest.fixture
def runner(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that holds the lock and has written its plan, and the number of the child that it started."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-c", HOLDER, str(folder)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        yield process, child
        os.kill(child, signal.SIGKILL)
        process.kill()


def test_what_a_killed_runner_wrote_is_there_and_its_lock_stays(
    folder: Path, runner: tuple[subprocess.Popen[str], int]
) -> None:
    process, child = runner
    with pytest.raises(LockHeld, match="attach g1"):
        ledger(folder).acquire(KEY, "g2")
    process.kill()
    process.wait()
    assert [recorded.event for recorded in ledger(folder).events("g1")] == [planned()]
    with pytest.raises(LockHeld, match="whose runner is gone; promote-tui runs reconcile g1"):
        ledger(folder).acquire(KEY, "g2")
    os.kill(child, 0)
    finish(ledger(folder).recover("g1"), NotSubmitted(NOW, "interrupted"))
    assert ledger(folder).acquire(KEY, "g2").fence == 3


def test_a_stopped_runner_is_not_taken_over(folder: Path, runner: tuple[subprocess.Popen[str], int]) -> None:
    process, _ = runner
    process.send_signal(signal.SIGSTOP)
    with pytest.raises(LockHeld, match="alive"):
        ledger(folder).recover("g1")
    holder = ledger(folder).holder(KEY)
    assert holder is not None
    assert holder.runner_alive is True
