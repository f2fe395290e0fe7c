"""Show that two holders of one lock never overlap, whatever is killed or stopped at whatever moment.

    python tests/support/lock_torture.py --kills 300               the embedded ledger's lock: no overlap
    python tests/support/lock_torture.py --kills 300 --lock team   the team's: no overlap
    python tests/support/lock_torture.py --kills 300 --lock ttl    a plain time-to-live lock: overlaps

Runners take a lock, write their events and start a child for the critical section, as a promotion
starts the Serverless CLI: the child lives in a session of its own and outlives its runner. At random
moments a runner gets SIGKILL, or SIGSTOP for a while. Runners that meet a dead one's lock reconcile
it. A witness process of its own counts: a child is alive as long as its connection to the witness
is, and one that comes while another is there is an overlap.

Runners of the team's lock are each on a machine of their own, where only silence shows that another
one is gone; some are stopped for longer than that, and find that they were taken over.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import itertools
import json
import mmap
import os
import random
import selectors
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.ledger.dynamodb.admin import DynamoAdmin
from promote_tui.adapters.ledger.dynamodb.ledger import DynamoLedger
from promote_tui.adapters.ledger.dynamodb.lock import Pace
from promote_tui.adapters.ledger.dynamodb.schema import initialise
from promote_tui.adapters.ledger.dynamodb.table import Table, TableLocation
from promote_tui.adapters.ledger.sqlite.database import LedgerFile
from promote_tui.adapters.ledger.sqlite.ledger import SqliteLedger
from promote_tui.adapters.process.system import SystemClock, start_marker
from promote_tui.core.errors import LockHeld, PromoteError
from promote_tui.core.model.pipeline import Aws
from promote_tui.core.runs.events import (
    Exited,
    Failed,
    Locked,
    NotSubmitted,
    Planned,
    Recovering,
    Released,
    Submitted,
    Submitting,
    Verified,
)
from promote_tui.core.runs.fold import fold
from promote_tui.demo.emulator import emulator
from promote_tui.ports import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promote_tui.ports import Lease

Kind: TypeAlias = Literal["ledger", "team", "ttl"]
KEY = "111111111111/eu-west-1/tortured"
TTL = 0.03
PACE = Pace(beat=0.05, stale=0.3)
LONGEST_REST: dict[Kind, float] = {"ledger": 0.15, "team": 0.3, "ttl": 0.01}
"""Seconds between two tries for the lock. A third comes within a hundredth; all of them would be load and no test."""
CALM = 4
"""How much more rarely it strikes once there were enough kills: critical sections that are missing need a moment."""
PHASES = ("waiting", "holding", "submitting", "submitted", "ended", "reconciling")

CHILD = """
import fcntl, os, socket, sys, time
place, address, fence, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
own = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(own, fcntl.LOCK_EX)
os.write(1, b"r")
if os.read(0, 1) != b"g":
    os._exit(0)
witness = socket.socket(socket.AF_UNIX)
witness.connect(address)
witness.sendall(fence.to_bytes(8, "big"))
witness.recv(1)
time.sleep(seconds)
os._exit(0)
"""
"""The critical section. Until it is told that it was written down, it does nothing; left alone, it ends."""


@dataclass(slots=True)
class Report:
    """What was seen: `starts` and `overlaps` of critical sections, and whether fences ever fell.

    `fences_fell` is the witness's count; `journal_fell` counts events that stand behind one of a
    higher fence, as a holder that is none any more would write them.
    """

    starts: int = 0
    overlaps: int = 0
    fences_fell: int = 0
    journal_fell: int = 0
    last_fence: int = 0
    kills: int = 0
    kills_by_phase: dict[str, int] = field(default_factory=dict)
    stops: int = 0
    reconciled: int = 0
    troubles: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a runner says how far it is, in memory that it shares with who kills it."""

    memory: mmap.mmap
    slot: int

    def __call__(self, phase: str) -> None:
        self.memory[self.slot] = PHASES.index(phase)

    def read(self) -> str:
        return PHASES[self.memory[self.slot]]


@dataclass(frozen=True, slots=True)
class Section:
    """The critical section: a child for each run; `alive` tells whether a run's child still lives."""

    folder: Path
    longest: float

    @property
    def address(self) -> str:
        return str(self.folder / "witness")

    def start(self, run: str, fence: int) -> subprocess.Popen[bytes]:
        """Start the child and wait until it can be seen; it goes on with `go`."""
        seconds = str(random.SystemRandom().uniform(0.005, self.longest))
        argv = [sys.executable, "-I", "-S", "-c", CHILD, str(self._place(run)), self.address, str(fence), seconds]
        child = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert child.stdout is not None
        child.stdout.read(1)
        return child

    def go(self, child: subprocess.Popen[bytes], on_poll: Callable[[], object] = lambda: None) -> int:
        """Let the child into the critical section and wait for its end."""
        assert child.stdin is not None
        with child:
            child.stdin.write(b"g")
            child.stdin.flush()
            while child.poll() is None:
                on_poll()
                time.sleep(0.005)
        return child.returncode

    def alive(self, run: str) -> bool:
        """Tell whether the run's child lives."""
        return self._place(run).exists() and _is_locked(self._place(run))

    def wait_until_empty(self) -> None:
        """Wait until no child lives."""
        while any(_is_locked(place) for place in (self.folder / "children").iterdir()):
            time.sleep(0.02)

    def _place(self, run: str) -> Path:
        return self.folder / "children" / run


class Locking(Protocol):
    """A kind of lock, and what a runner does around the critical section."""

    def turn(self, run: str) -> None:
        """Try for the lock once; with it, go through the critical section, or clean up after a dead one."""


@dataclass(frozen=True, slots=True)
class LedgerLocking:
    """The lock under test, with the events of a promotion."""

    section: Section
    ledger: Ledger
    mark: Mark

    def turn(self, run: str) -> None:
        holder = self.ledger.holder(KEY)
        if holder is None:
            self._do(self._promote, self.ledger.acquire(KEY, run))
        elif holder.runner_alive is not True:
            self._do(self._reconcile, self.ledger.recover(holder.run))

    def _do(self, what: Callable[[Lease], None], lease: Lease) -> None:
        try:
            what(lease)
        finally:
            lease.abandon()

    def _promote(self, lease: Lease) -> None:
        self.mark("holding")
        lease.append(_plan(lease.run))
        lease.append(Locked(_now(), lease.fence, "here", os.getpid(), start_marker(os.getpid())))
        self.mark("submitting")
        lease.append(Submitting(_now(), ("child",), "log"))
        child = self.section.start(lease.run, lease.fence)
        try:
            lease.append(Submitted(_now(), child.pid, start_marker(child.pid)))
        except PromoteError:
            child.communicate()  # it was never let in, and ends
            raise
        self.mark("submitted")
        code = self.section.go(child)
        self.mark("ended")
        lease.append(Exited(_now(), code, "exited"))
        lease.append(Verified(_now()))
        lease.append(Released(_now(), lease.fence))
        lease.release()

    def _reconcile(self, lease: Lease) -> None:
        self.mark("reconciling")
        run = fold(recorded.event for recorded in self.ledger.events(lease.run))
        if run:
            lease.append(Recovering(_now(), lease.fence, "here", os.getpid(), start_marker(os.getpid())))
            while self.section.alive(lease.run):
                time.sleep(0.005)
            lost = Failed(_now(), "the runner died", None) if run.submitted else NotSubmitted(_now(), "interrupted")
            lease.append(lost)
            lease.append(Released(_now(), lease.fence))
        lease.release()


@dataclass(frozen=True, slots=True)
class TtlLocking:
    """A plain time-to-live lock with a heartbeat: what does not hold when its holder dies or sleeps."""

    section: Section
    mark: Mark

    def turn(self, run: str) -> None:
        fence = self._take(run)
        if fence is None:
            return
        self.mark("submitting")
        child = self.section.start(run, fence)
        if self._take(run) is None:
            child.communicate()
            return
        self.mark("submitted")
        self.section.go(child, on_poll=lambda: self._take(run))
        with self._rows() as db:
            db.execute("UPDATE ttl SET expires = 0 WHERE run = ?", (run,))

    def _take(self, run: str) -> int | None:
        now = time.time()
        with self._rows() as db:
            owner, fence, expires = db.execute("SELECT run, fence, expires FROM ttl").fetchone()
            if owner != run and expires > now:
                return None
            fence += owner != run
            db.execute("UPDATE ttl SET run = ?, fence = ?, expires = ?", (run, fence, now + TTL))
            return int(fence)

    @contextlib.contextmanager
    def _rows(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.section.folder / "ttl.sqlite3", isolation_level=None, timeout=10)) as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute("CREATE TABLE IF NOT EXISTS ttl (run TEXT, fence INTEGER, expires REAL)")
            db.execute("INSERT INTO ttl SELECT '', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM ttl)")
            yield db
            db.execute("COMMIT")


class Witness:
    """Counts children that are alive at the same time, by their connections."""

    def __init__(self, section: Section) -> None:
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(section.address)
        self._server.listen(64)
        self._seen = section.folder / "seen.json"
        self._open = contextlib.ExitStack()
        self._inside: list[socket.socket] = []
        self._report = Report()

    def watch(self) -> None:
        """Watch until told to stop."""
        asked: list[int] = []
        signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
        with self._server, contextlib.ExitStack() as self._open, selectors.DefaultSelector() as selector:
            selector.register(self._server, selectors.EVENT_READ)
            while not asked:
                self._save()
                if selector.select(timeout=0.05):
                    self._enter(self._open.enter_context(self._server.accept()[0]))

    def _enter(self, child: socket.socket) -> None:
        # A child that ended before this one came has closed its connection by now.
        self._inside = [other for other in self._inside if not _has_left(other)]
        fence = int.from_bytes(child.recv(8), "big")
        self._report.starts += 1
        self._report.overlaps += bool(self._inside)
        self._report.fences_fell += fence <= self._report.last_fence
        self._report.last_fence = max(fence, self._report.last_fence)
        self._inside.append(child)
        child.send(b"k")

    def _save(self) -> None:
        draft = self._seen.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self._report)))
        draft.replace(self._seen)


@dataclass(slots=True)
class Chaos:
    """Keeps the runners going, and kills and stops them at random moments."""

    section: Section
    kind: Kind
    dice: random.Random
    memory: mmap.mmap
    team: Table | None = None
    hunts: bool = False
    runners: dict[int, Mark] = field(default_factory=dict)
    stopped: dict[int, float] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    stops: int = 0

    def run(self, wanted: argparse.Namespace) -> None:
        """Go on until there were enough kills and critical sections, or until the time is up."""
        until = time.monotonic() + wanted.seconds
        while time.monotonic() < until and self._wants_more(wanted):
            for slot in set(range(wanted.processes)) - {mark.slot for mark in self.runners.values()}:
                self._start(Mark(self.memory, slot))
            self._pause(CALM if self.kills.total() >= wanted.kills else 1)
            self._strike(self._victim())
            self._wake()

    def end(self) -> None:
        """End every runner; their children end by themselves."""
        for runner in self.runners:
            os.kill(runner, signal.SIGKILL)
            os.waitpid(runner, 0)

    def _start(self, mark: Mark) -> None:
        mark("waiting")
        self.runners[_fork(lambda: _runner(self.section, self.kind, mark, self.team))] = mark

    def _pause(self, times: int) -> None:
        """Let them work for a moment, `times` as long as usual.

        Who watches a silent lock has to live for longer than it must be silent. What only a fence keeps
        away is a holder that sleeps just before its deploy: it is waited for.
        """
        until = time.monotonic() + times * self.dice.uniform(0.0, PACE.stale if self.team else 0.15)
        self.hunts = self.team is not None and self.dice.random() < 0.3
        while time.monotonic() < until and not (self.hunts and self._submitting()):
            time.sleep(0.005)

    def _submitting(self) -> list[int]:
        awake = self.runners.keys() - self.stopped.keys()
        return [runner for runner in awake if self.runners[runner].read() == "submitting"]

    def _victim(self) -> int:
        """Choose a runner; every other time one that has the lock, where one has."""
        if self.hunts and (about_to := self._submitting()):
            return self.dice.choice(about_to)
        busy = [runner for runner, mark in self.runners.items() if mark.read() != "waiting"]
        return self.dice.choice(busy if busy and self.dice.random() < 0.5 else list(self.runners))

    def _strike(self, victim: int) -> None:
        if self.dice.random() < (0.8 if self.hunts else 0.3):
            os.kill(victim, signal.SIGSTOP)
            self.stops += 1
            longest = 3 * PACE.stale if self.team else 0.4
            self.stopped[victim] = time.monotonic() + self.dice.uniform(0.0, longest)
            return
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        self.kills[self.runners.pop(victim).read()] += 1
        self.stopped.pop(victim, None)

    def _wake(self) -> None:
        for victim in [victim for victim, until in self.stopped.items() if until < time.monotonic()]:
            os.kill(victim, signal.SIGCONT)
            del self.stopped[victim]

    def _wants_more(self, wanted: argparse.Namespace) -> bool:
        seen = json.loads((self.section.folder / "seen.json").read_text())
        if wanted.until_overlap and seen["overlaps"]:
            return False
        return self.kills.total() < int(wanted.kills) or int(seen["starts"]) < int(wanted.rounds)


def torture(folder: Path, kind: Kind, wanted: argparse.Namespace) -> Report:
    """Torture a lock in an empty folder and return what was seen."""
    with _table(folder) if kind == "team" else contextlib.nullcontext() as team:
        return _torture(folder, kind, wanted, team)


def _torture(folder: Path, kind: Kind, wanted: argparse.Namespace, team: Table | None) -> Report:
    (folder / "children").mkdir()
    section = Section(folder, wanted.longest)
    began = time.monotonic()
    witness = _fork(lambda: Witness(section).watch())
    while not (folder / "seen.json").exists():
        time.sleep(0.01)
    dice = random.Random(wanted.seed)  # noqa: S311 - chance, not a secret
    chaos = Chaos(section, kind, dice, mmap.mmap(-1, mmap.PAGESIZE), team)
    try:
        chaos.run(wanted)
    finally:
        chaos.end()
        section.wait_until_empty()
        os.kill(witness, signal.SIGTERM)
        os.waitpid(witness, 0)
    report = Report(**json.loads((folder / "seen.json").read_text()))
    report.kills, report.kills_by_phase, report.stops = chaos.kills.total(), dict(chaos.kills), chaos.stops
    report.troubles = [line for file in folder.glob("trouble-*") for line in file.read_text().splitlines()]
    if kind == "ledger":
        _read_journal(folder / "ledger" / "ledger.sqlite3", report)
    if team:
        _wait_for(lambda: _export(team, folder / "events.json"))
        _read_events(json.loads((folder / "events.json").read_text()), report)
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _read_journal(path: Path, report: Report) -> None:
    with closing(sqlite3.connect(path)) as db:
        fences = [fence for (fence,) in db.execute("SELECT fence FROM events ORDER BY rowid")]
        (report.reconciled,) = db.execute("SELECT count(*) FROM events WHERE name = 'recovering'").fetchone()
    report.journal_fell = sum(later < earlier for earlier, later in itertools.pairwise(fences))


def _read_events(runs: dict[str, list[tuple[int, str]]], report: Report) -> None:
    for events in runs.values():
        report.journal_fell += sum(later[0] < earlier[0] for earlier, later in itertools.pairwise(events))
        report.reconciled += sum('"event":"recovering"' in body for _, body in events)


@contextlib.contextmanager
def _table(folder: Path) -> Iterator[Table]:
    """Give a table on an emulator of our own, with clients that have no connections yet: forked ones make theirs."""
    with emulator(folder / "emulator.log") as aws:
        os.environ.update(aws.environment(KEY.partition("/")[0]))
        place = TableLocation("tortured", Aws("eu-west-1", KEY.partition("/")[0]))
        accounts = AwsAccounts(SystemClock())
        with accounts.session(place.target) as session:
            session.sts()
            session.client("dynamodb")
        table = Table(accounts, place)
        _wait_for(lambda: initialise(table, SystemClock()))
        yield table


def _export(table: Table, path: Path) -> None:
    runs = DynamoAdmin(table, "tortured", SystemClock()).contents().runs
    path.write_text(json.dumps({run: [(each.fence, each.body) for each in events] for run, events in runs.items()}))


def _wait_for(work: Callable[[], object]) -> None:
    """Do the work in a process of its own, whose connections end with it."""
    _, status = os.waitpid(_fork(work), 0)
    assert status == 0


def _runner(section: Section, kind: Kind, mark: Mark, team: Table | None) -> None:
    own = f"{os.getpid()}-{time.time_ns()}"
    random.seed(own)
    ledger: Ledger = SqliteLedger(LedgerFile(section.folder / "ledger"), "tortured", SystemClock())
    if team:
        ledger = DynamoLedger(team, "tortured", section.folder / "machines" / own, SystemClock(), host=own, pace=PACE)
    locking: Locking = LedgerLocking(section, ledger, mark)
    if kind == "ttl":
        locking = TtlLocking(section, mark)
    for number in range(1_000_000):
        mark("waiting")
        try:
            locking.turn(f"{own}-{number}")
        except PromoteError as problem:
            _note(section.folder, problem)
        time.sleep(LONGEST_REST[kind] * random.SystemRandom().random() ** 3)


def _note(folder: Path, problem: PromoteError) -> None:
    # Being refused or taken over, or finding that another one has just reconciled the run, is no trouble.
    expected = ("there is no such run", "no longer holds the lock")
    if not isinstance(problem, LockHeld) and not problem.cause.startswith(expected):
        with (folder / f"trouble-{os.getpid()}").open("a") as file:
            file.write(f"{type(problem).__name__}: {problem}\n")


def _plan(run: str) -> Planned:
    return Planned(_now(), run, "normal", "orders", "dev", KEY, None, "a" * 40, "", None, None, None, "", "", "ana", "")


def _now() -> datetime:
    return datetime.now(UTC)


def _fork(work: Callable[[], object]) -> int:
    """Do the work in a process that begins at once, with everything imported."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:  # noqa: BLE001 - the last thing that a forked process says
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _is_locked(place: Path) -> bool:
    descriptor = os.open(place, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _has_left(child: socket.socket) -> bool:
    child.setblocking(False)
    try:
        if child.recv(1):
            return False
    except BlockingIOError:
        return False
    except ConnectionResetError:
        pass
    child.close()
    return True


def main() -> int:
    """Print the report as JSON; 0 where nothing overlapped, no fence fell and nothing else went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lock", choices=("ledger", "team", "ttl"), default="ledger")
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=0, help="critical sections to see, at least")
    parser.add_argument("--longest", type=float, default=0.12, help="seconds of the longest critical section")
    parser.add_argument("--until-overlap", action="store_true", help="end with the first overlap")
    parser.add_argument("--seconds", type=float, default=600.0, help="the longest that it may take")
    parser.add_argument("--seed", type=int, default=time.time_ns())
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = torture(Path(folder), wanted.lock, wanted)
    sys.stdout.write(f"{json.dumps(asdict(report), indent=2)}\n")
    return int(bool(report.overlaps or report.fences_fell or report.journal_fell or report.troubles))


if __name__ == "__main__":
    sys.exit(main())
