"""How long questions about the past take with 10,000 runs on record: `status --at` and `why` as whole processes.

`python benchmarks/record.py [ROUNDS]` fills a ledger, asks in turn, and prints the times, beside the same program that
only says its version. Exits 1 beyond the goal.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from world import SERVICES, STAGES, build

from promote_tui.adapters.ledger import rules
from promote_tui.adapters.ledger.sqlite.admin import SqliteAdmin
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.runs.dump import Contents, StoredEvent
from promote_tui.core.runs.events import (
    Checked,
    DeployCompleted,
    Event,
    Exited,
    GateRecord,
    Locked,
    Observed,
    Planned,
    Released,
    RolledBack,
    SmokeTested,
    Submitted,
    Submitting,
    Verified,
)
from promote_tui.core.value import encode_fields

GOAL = 0.5
"""Seconds that a question may take."""
RUNS = 10_000
STACKS = SERVICES * len(STAGES)
_ROUNDS = 9
_START = datetime.now(UTC) - timedelta(days=400)
_EVERY = timedelta(minutes=55)
_ARN, _BOB = (f"arn:aws:iam::111111111111:user/{who}" for who in ("ana", "bob"))
_GATES = tuple(
    GateRecord(f"gate {number}", passed=True, reason=f"it passes, as number {number}") for number in range(12)
)


def sha(number: int) -> str:
    """Return a commit's hash."""
    return f"{number * 0x9E3779B97F4A7C15 % 2**160:040x}"[::-1]


def life(number: int, ran: dict[str, str]) -> tuple[Event, ...]:
    """Return the events of a run, of which one in ten is rolled back; `ran` is what each stack runs by then."""
    service, (stage, account) = number // len(STAGES) % SERVICES, STAGES[number % len(STAGES)]
    at, name = _START + number * _EVERY, f"service-{service:03}"
    key, stack = f"{account}/eu-west-1/{name}-{stage}", f"arn:aws:cloudformation:eu-west-1:{account}:stack/{name}/1"
    before, to, run = ran.get(key), sha(number // STACKS + 2), f"r{number:06}"
    done = at + timedelta(minutes=3)
    there = stack if before else None
    planned = Planned(
        at, run, "normal", name, stage, key, before, to, f"Change number {number}", there,
        there and "UPDATE_COMPLETE", "e1", "f" * 64, "c" * 64, "ana", _ARN, "weekly release",
    )  # fmt: skip
    opening = (
        planned,
        Locked(at, 1, "laptop", 42, "1@boot"),
        Checked(at, "f" * 64, _GATES, "a" * 64),
        Submitting(at, ("serverless", "deploy", "--stage", stage), f"runs/{run}/log"),
        Submitted(at, 43, "2@boot"),
        Exited(done, 0, "exited"),
        Observed(done, stack, "UPDATE_COMPLETE", to, "e9", done),
    )
    if (number + number // STACKS) % 10 == 0:
        return (*opening, RolledBack(done, "OrdersTable: limit exceeded", before), Released(done, 1))
    ran[key] = to
    proof = (DeployCompleted(done, smoke=True), SmokeTested(done, passed=True, reason="200"))
    return (*opening, *proof, Verified(done), Released(done, 1))


def contents() -> Contents:
    """Return a ledger's contents: the runs, and an approval for each third of them, which went to the last stage."""
    ran: dict[str, str] = {}
    runs = {f"r{number:06}": life(number, ran) for number in range(RUNS)}
    stored = {
        run: tuple(StoredEvent(1, rules.encode_event(run, one)) for one in events) for run, events in runs.items()
    }
    plans = [one for events in runs.values() for one in events if isinstance(one, Planned) and one.stage == "prod"]
    decided = (
        Decision(one.at - timedelta(hours=1), "approve", one.service, one.stage, one.to_commit, "bob", _BOB, "tried it")
        for one in plans
    )
    bodies = tuple(json.dumps(encode_fields(each), separators=(",", ":")) for each in decided)
    return Contents(stored, bodies, {}, {}, "acme")


def asked(words: tuple[str, ...], environment: dict[str, str], folder: Path) -> tuple[float, float]:
    """Return the seconds that a start took, by the clock and of the processor."""
    command = [str(Path(sys.executable).with_name("promote-tui")), "-C", str(folder), *words]
    before, begun = _spent(), time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    took = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return took, _spent() - before


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(rounds: int) -> int:
    """Measure, and return the exit code."""
    moment = (_START + RUNS // 2 * _EVERY).strftime("%Y-%m-%dT%H:%MZ")
    questions = {
        "promote-tui --version": ("--version",),
        "status --at": ("status", "--at", moment),
        "status --at --json": ("status", "--at", moment, "--json"),
        "why": ("why", "service-007", "prod"),
        "why --at": ("why", "service-007", "prod", "--at", moment),
    }
    with tempfile.TemporaryDirectory(prefix="promote-tui-bench-") as folder:
        world = build(Path(folder))
        SqliteAdmin(Path(world.environment["XDG_STATE_HOME"]) / "promote-tui", "acme").import_contents(contents())
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in questions}
        for _ in range(rounds):
            for name, words in questions.items():
                taken[name].append(asked(words, world.environment, world.folder))
    print(f"{RUNS:,} runs on record, {SERVICES} services in {len(STAGES)} stages, the quickest of {rounds}")
    met = [report(name, found) for name, found in taken.items()]
    return 0 if all(met) else 1


def report(name: str, taken: list[tuple[float, float]]) -> bool:
    """Print what a question took; return whether the quickest meets the goal: other work on the machine only adds."""
    took, spent = ([one[at] for one in taken] for at in (0, 1))
    met = min(took) <= GOAL
    times = (
        f"{min(took):6.3f} s   median {statistics.median(took):6.3f} s   processor {statistics.median(spent):6.3f} s"
    )
    print(f"{name:24} {times}   goal {GOAL:.1f} s {'met' if met else 'MISSED'}")
    return met


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else _ROUNDS))
