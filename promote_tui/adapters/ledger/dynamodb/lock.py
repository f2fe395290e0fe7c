"""The team's lock: one item for each stack, and whether its holder lives.

No wall clock decides anything. A holder renews `rvn`, a random word, every few seconds; it counts as
gone when (fence, rvn) did not change for `Pace.stale` seconds on the observer's own clock. Where the
observer shares kernel and folder with the holder, a `flock` tells at once.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promote_tui.adapters.ledger.dynamodb import items
from promote_tui.adapters.ledger.dynamodb.table import ConditionFailedError, pack
from promote_tui.adapters.ledger.lease import Claim
from promote_tui.core.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from promote_tui.adapters.ledger.dynamodb.items import Lock, Owner
    from promote_tui.adapters.ledger.dynamodb.table import Table
    from promote_tui.ports import Clock

_MINE = "#run = :run AND #fence = :fence AND #state = :held"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two renewals, and of silence after which a holder counts as gone.

    `stale` is longer than credentials of a role live, which are capped at one hour: what a sleeping
    machine left of a deploy cannot act any more when somebody else goes on.
    """

    beat: float = 10.0
    stale: float = 3900.0


class HolderObserver:
    """What this process has seen of locks, on its own monotonic clock; may be used from several threads."""

    def __init__(self, clock: Clock, pace: Pace) -> None:
        self._clock = clock
        self._pace = pace
        self._guard = threading.Lock()
        self._seen: dict[str, tuple[int, str, float, bool]] = {}

    def observe(self, lock: Lock) -> tuple[bool | None, float]:
        """Return whether the holder lives (None: unknown yet), and how much more silence counts as gone."""
        now = self._clock.monotonic()
        with self._guard:
            fence, rvn, since, _ = known = self._seen.get(lock.key, (0, "", now, False))
            if (fence, rvn) != (lock.fence, lock.rvn):
                known = (lock.fence, lock.rvn, now, fence == lock.fence)
                self._seen[lock.key] = known
                since = now
        quiet, renewed = now - since, known[3]
        if quiet >= self._pace.stale:
            return False, 0.0
        return (True if renewed and quiet < 3 * self._pace.beat else None), self._pace.stale - quiet


def _values(claim: Claim, **more: str | int) -> dict[str, Any]:
    """Return the values of `_MINE` and more."""
    given: dict[str, str | int] = {"run": claim.run, "fence": claim.fence, "held": "HELD", **more}
    return pack({f":{name}": value for name, value in given.items()})


def read(table: Table, key: str) -> Lock | None:
    """Return a stack's lock; None where nobody ever took it."""
    found = table.get((items.LOCKS, key))
    return items.read_lock(found) if found else None


def acquire(table: Table, claim: Claim, project: str, owner: Owner, at: datetime) -> None:
    """Take a free lock, and the run's id with it; `claim.fence` is one more than what was seen.

    Raises ConditionFailed where it is not free any more, or the id was used. A lost reply is no lost lock.
    """
    rvn = secrets.token_hex(8)
    values: dict[str, str | int] = {
        ":held": "HELD",
        ":next": claim.fence,
        ":run": claim.run,
        ":rvn": rvn,
        ":owner": owner.arn,
        ":person": owner.person,
        ":host": owner.host,
        ":place": owner.place,
        ":since": items.moment(at),
        ":phase": "taken",
        **({":free": "FREE", ":seen": claim.fence - 1} if claim.fence > 1 else {}),
    }
    take = {
        "Key": pack({"pk": items.LOCKS, "sk": claim.key}),
        "ConditionExpression": "#state = :free AND #fence = :seen" if claim.fence > 1 else "attribute_not_exists(pk)",
        "UpdateExpression": "SET #state = :held, #fence = :next, #run = :run, #rvn = :rvn, #owner = :owner,"
        " #who = :person, #host = :host, #place = :place, #since = :since, #phase = :phase",
        "ExpressionAttributeValues": pack(values),
    }
    pk, sk = items.run_key(claim.run)
    name = {"pk": pk, "sk": sk, "key": claim.key, "project": project}
    named = {"Item": pack(name), "ConditionExpression": "attribute_not_exists(pk)"}
    with _unless_ours(table, claim, rvn):
        table.write([{"Update": take}, {"Put": named}], str(uuid.uuid4()))


def take_over(table: Table, seen: Lock, owner: Owner) -> Claim:
    """Take the lock of a holder that is gone, for the same run; raises ConditionFailed where it was not gone."""
    claim, rvn = Claim(seen.key, seen.run, seen.fence + 1), secrets.token_hex(8)
    values: dict[str, str | int] = {
        ":held": "HELD",
        ":fence": seen.fence,
        ":seen": seen.rvn,
        ":next": claim.fence,
        ":rvn": rvn,
        ":owner": owner.arn,
        ":host": owner.host,
        ":place": owner.place,
    }
    with _unless_ours(table, claim, rvn):
        table.update(
            {
                "Key": pack({"pk": items.LOCKS, "sk": seen.key}),
                "ConditionExpression": "#state = :held AND #fence = :fence AND #rvn = :seen",
                "UpdateExpression": "SET #fence = :next, #rvn = :rvn, #owner = :owner, #host = :host, #place = :place",
                "ExpressionAttributeValues": pack(values),
            }
        )
    return claim


def renew(table: Table, claim: Claim) -> None:
    """Show that the holder lives; raises ConditionFailed where somebody else holds the lock."""
    table.update(_mine(claim, "SET #rvn = :rvn", rvn=secrets.token_hex(8)))


def journal(table: Table, claim: Claim, phase: Mapping[str, str], changes: Sequence[Mapping[str, Any]]) -> None:
    """Write changes as the holder, and renew the lock with them; raises ConditionFailed."""
    sets = ", ".join(f"#{name} = :{name}" for name in phase)
    beat = _mine(claim, f"SET #rvn = :rvn, {sets}", rvn=secrets.token_hex(8), **phase)
    table.write([{"Update": beat}, *changes], str(uuid.uuid4()))


def release(table: Table, claim: Claim) -> None:
    """Free the lock; raises ConditionFailed where the run was taken over. A lost reply is no lock that stays."""
    change = _mine(claim, "SET #state = :free", free="FREE")
    try:
        table.update(change)
    except (ConditionFailedError, LedgerError):
        now = read(table, claim.key)
        gone = now is None or now.run != claim.run or (not now.held and now.fence == claim.fence)
        if not gone:
            raise


def _mine(claim: Claim, change: str, **values: str | int) -> dict[str, Any]:
    return {
        "Key": pack({"pk": items.LOCKS, "sk": claim.key}),
        "ConditionExpression": _MINE,
        "UpdateExpression": change,
        "ExpressionAttributeValues": _values(claim, **values),
    }


@contextlib.contextmanager
def _unless_ours(table: Table, claim: Claim, rvn: str) -> Iterator[None]:
    """Read the lock back where the answer was lost or says no: with our word in it, the lock is ours."""
    try:
        yield
    except (ConditionFailedError, LedgerError):
        now = read(table, claim.key)
        if now is None or (now.run, now.fence, now.rvn) != (claim.run, claim.fence, rvn):
            raise


class Heartbeat:
    """Renews a lock until it is stopped or lost; what the holder writes meanwhile takes turns with it."""

    def __init__(self, table: Table, claim: Claim, beat: float) -> None:
        self.turn = threading.Lock()
        self.lost = False
        self._table = table
        self._claim = claim
        self._beat = beat
        self._ended = threading.Event()
        threading.Thread(target=self._run, name=f"heartbeat {claim.run}", daemon=True).start()

    def stop(self) -> None:
        """Stop renewing; a renewal on its way may still arrive, and changes nothing but its word."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(self._beat):
            with self.turn:
                if self._ended.is_set() or self.lost:
                    return
                # Without an answer it goes on: whether the lock is still ours each event asks for itself.
                with contextlib.suppress(LedgerError):
                    self._renew()

    def _renew(self) -> None:
        try:
            renew(self._table, self._claim)
        except ConditionFailedError:
            self.lost = True
