"""`sync` on the command line: its lines, its JSON, its exit codes, and a watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.cli.errors import run_guarded
from promote_tui.cli.main import run
from promote_tui.core.errors import ConfigError
from promote_tui.core.value import replace
from tests.integration.cli.conftest import Answer
from tests.support.engine_world import World
from tests.support.json_outputs import hold_to_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from promote_tui.cli.global_options import GlobalOptions
    from promote_tui.engine.engine import Engine
    from promote_tui.ports import Job


class Synced:
    """The command line on an engine with everything in memory; `broken` is what is wrong with the configuration."""

    def __init__(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        self.world, self._capsys = world, capsys
        self.broken = ""

    def _open(self, _options: GlobalOptions) -> Engine:
        if self.broken:
            raise ConfigError("promote-tui.yml", (self.broken,), "correct it")
        return self.world.engine

    def __call__(self, *words: str) -> Answer:
        self._capsys.readouterr()
        code = run_guarded(lambda: run(["sync", *words], self._open))
        said = self._capsys.readouterr()
        hold_to_schema(("sync", *words), said.out)
        return Answer(code, said.out, said.err)


@pytest.fixture
def synced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Synced:
    """Two services, the second of which depends on the first."""
    return Synced(World(tmp_path, services={"billing": (), "orders": ("billing",)}), capsys)


def commit_both(world: World, text: str = "one") -> tuple[str, str]:
    """Commit both services."""
    return world.commit(text, service="billing"), world.commit(text)


def test_what_is_due_is_deployed_and_said(synced: Synced) -> None:
    billing, orders = commit_both(synced.world)
    answer = synced()
    assert answer.code == 0
    assert answer.out.splitlines() == [
        f"✓  billing dev  deployed  {billing[:7]}  main  dev has no deploy yet",
        f"✓  orders dev   deployed  {orders[:7]}  main  dev has no deploy yet",
    ]
    assert f"→  orders dev  deploy  {orders[:7]}  main  dev has no deploy yet" in answer.err
    assert "packaging for dev" in answer.err
    assert "dev takes what is merged into main" in answer.err  # the review, with its gates
    assert synced().out == "2 targets with nothing to do\n"


def test_a_check_reports_and_exits_with_5(synced: Synced) -> None:
    commit_both(synced.world)
    answer = synced("--check", "--json")
    assert answer.code == 5
    assert answer.json["check"] is True
    assert [item["decision"] for item in answer.json["items"]] == ["deploy", "deploy"]
    assert synced.world.deployer.deployed == []
    synced()
    assert synced("--check").code == 0


def test_the_json_says_all_of_an_item(synced: Synced) -> None:
    _, orders = commit_both(synced.world)
    synced.world.ledger.acquire(synced.world.target("dev").key, "r9")
    answer = synced("orders", "--json")
    assert answer.code == 3
    (item,) = answer.json["items"]
    assert item.pop("reason").startswith("run r9 holds the lock since ")
    assert item == {
        "service": "orders",
        "stage": "dev",
        "trigger": "merge",
        "source": "main",
        "commit": orders,
        "subject": "one",
        "deployed": None,
        "decision": "waits",
        "remedy": "sync again once it is over, or with --wait",
        "gates": [],
        "opens_at": None,
        "lock_of": "r9",
        "superseded_by": None,
        "run": None,
    }


def test_what_waits_is_said_with_its_next_step(synced: Synced) -> None:
    commit_both(synced.world)
    synced.world.ledger.acquire(synced.world.target("dev", "billing").key, "r9")
    answer = synced("--check")
    assert answer.code == 3
    lines = answer.out.splitlines()
    assert lines[0].startswith("⊘  billing dev  waits  ")
    assert lines[1] == "   next: sync again once it is over, or with --wait"
    assert "billing, which it depends on, is not deployed: run r9" in lines[2]
    assert lines[3] == "   next: see billing, then sync again"


def test_a_branch_that_no_stage_takes_is_no_error(synced: Synced) -> None:
    commit_both(synced.world)
    answer = synced("--branch", "feature/x")
    assert (answer.code, answer.out) == (0, "nothing is deployed by this\n")


def test_a_failed_fetch_is_said_and_nothing_of_it_is_deployed(synced: Synced) -> None:
    commit_both(synced.world)
    synced.world.repository.unreachable = "git fetch failed: no route to host"
    answer = synced()
    assert answer.code == 1
    assert "/repos/orders: git fetch failed: no route to host" in answer.err
    assert [job.service.name for job in synced.world.deployer.deployed] == ["billing"]
    assert synced("--no-fetch").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing",), "service nothing: there is no such service"),
        (("--stage", "nowhere"), "stage nowhere: there is no such stage"),
        (("--stage", "prod"), "stage prod: it has no deploy_on_merge or promote_on"),
        (("--watch", "--check"), "--watch: cannot be combined with --check"),
        (("--watch", "--json"), "--watch: cannot be combined with --json"),
        (("--watch", "--interval", "soon"), "--interval soon: is no time of 5s or more; such as 30s"),
        (("--watch", "--interval", "1s"), "--interval 1s: is no time of 5s or more; such as 30s"),
    ],
)
def test_wrong_words_are_one_line_and_exit_2(synced: Synced, words: tuple[str, ...], said: str) -> None:
    answer = synced(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines()[-1].startswith(said)


def test_read_only_checks_and_deploys_nothing(synced: Synced) -> None:
    commit_both(synced.world)
    synced.world.pipeline = replace(synced.world.pipeline, read_only=True)
    assert synced("--read-only", "--check").code == 5
    assert synced("--read-only").code == 3


def watch(synced: Synced, *rounds: Callable[[], object]) -> Answer:
    """Watch; each round is followed by what happens while it rests, and the last by Ctrl-C."""
    left = list(rounds)
    sleep = synced.world.clock.sleep

    def rest(seconds: float) -> None:
        sleep(seconds)
        if seconds < 5:
            return  # a run is followed
        if not left:
            raise KeyboardInterrupt
        left.pop(0)()

    synced.world.clock.sleep = rest  # type: ignore[method-assign]
    return synced("--watch")


def test_a_watch_says_what_is_new_and_nothing_twice(synced: Synced) -> None:
    world = synced.world
    commit_both(world)
    answer = watch(synced, lambda: None, lambda: world.commit("two"), lambda: None)
    assert answer.code == 130
    assert [line.split("  ")[1:3] for line in answer.out.splitlines()] == [
        ["billing dev", "deployed"],
        ["orders dev", "deployed"],
        ["orders dev", "deployed"],
    ]
    assert len(world.deployer.deployed) == 3


def test_a_watch_rests_longer_where_nothing_can_be_read(synced: Synced) -> None:
    commit_both(synced.world)
    for repository in synced.world.repositories.values():
        repository.unreachable = "git fetch failed: no route to host"
    before = synced.world.clock.slept
    answer = watch(synced, lambda: None, lambda: None)
    assert answer.err.count("next sync in ") == 3
    assert synced.world.clock.slept - before > 3 * 40


def test_a_watch_outlasts_a_configuration_that_is_broken_for_a_while(synced: Synced) -> None:
    commit_both(synced.world)

    def break_it() -> None:
        synced.broken = "4:1: stages: is required"

    def repair() -> None:
        synced.broken = ""
        synced.world.commit("two")

    answer = watch(synced, break_it, lambda: None, repair, lambda: None)
    assert answer.code == 130
    assert answer.err.count("4:1: stages: is required") == 2
    assert answer.out.count("deployed") == 3
    assert synced("--check").code == 0


def test_a_watch_does_not_begin_with_a_broken_configuration(synced: Synced) -> None:
    synced.broken = "4:1: stages: is required"
    assert synced("--watch").code == 2


def test_a_commit_that_cannot_be_packaged_rests_and_keeps_back_no_other(synced: Synced) -> None:
    world = synced.world
    commit_both(world)
    synced()
    world.commit("two")
    world.deployer.refuses = "serverless.yml: no such function"

    def fix() -> None:
        world.deployer.refuses = ""
        world.commit("two", service="billing")

    packaged = len(world.deployer.packaged)
    answer = watch(synced, lambda: None, fix, lambda: None)
    assert "failed" in answer.out
    assert "billing dev  deployed" in answer.out
    assert len(world.deployer.packaged) - packaged <= 4
    assert "its deploy could not begin; tried again later" in answer.out


def test_a_run_that_fails_is_said_once_and_not_tried_again(synced: Synced) -> None:
    world = synced.world
    commit_both(world)
    synced()
    world.commit("two")

    def ship(job: Job, _poll: Callable[[], None]) -> int:
        world.stacks.begin(job.target)
        world.stacks.fail(job.target, "no such key")
        return 1

    world.deployer.ship = ship
    answer = watch(synced, lambda: None, lambda: None)
    assert [line.split("  ")[2] for line in answer.out.splitlines() if line[0] in "✗⊘"] == ["failed", "waits"]
    assert len(world.deployer.deployed) == 3
