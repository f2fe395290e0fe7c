"""Another deployer than the Serverless CLI: its name is said, its files and ids count, and nothing of the first one."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.cli.text.narration import narrate
from promote_tui.cli.text.style import Style
from promote_tui.core.changes.model import SetChange
from promote_tui.core.errors import PromoteError
from promote_tui.core.git.commits import place_of
from promote_tui.core.model.cells import Unreported
from promote_tui.core.model.channels import Slack
from promote_tui.core.model.pipeline import StackTag
from promote_tui.core.package.package import ResolvedTarget
from promote_tui.core.runs.run import Outcome
from promote_tui.core.value import encode, replace
from promote_tui.engine.planning.untracked_files import find_untracked
from tests.support.engine_world import World
from tests.support.fakes.sam import FACTS, FakeSam
from tests.support.fakes.stacks import FakeStacks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Literal

    from promote_tui.core.planning.plan import Plan
    from promote_tui.core.runs.run import Run
    from promote_tui.ports import Job

BUCKET = {"Type": "AWS::S3::Bucket"}
FIRST_BUCKET = "ServerlessDeploymentBucket"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Orders, configured and deployed by the second deployer."""
    world = World(tmp_path / "w", deployer=FakeSam())
    (orders,) = world.pipeline.services
    orders = replace(orders, deploy=replace(orders.deploy, command=("sam",)))
    world.pipeline = replace(world.pipeline, services=(orders,), notify=(Slack("https://hooks.example/x"),))
    world.stacks.bucket_output = FACTS.bucket_output
    return world


def commit(world: World, text: str, *, queue: str = "") -> str:
    """Commit a change of the service."""
    main = f"include: queue.yaml\nResources:\n  Topic: AWS {text}\n"
    files = {"orders/app.py": text, "orders/template.yaml": main, "orders/queue.yaml": f"  Jobs: AWS {queue}\n"}
    return world.repository.commit(files, text)


def said(world: World, *runs: Run) -> str:
    """Return all that was written down and told of runs, and all that their plans and logs hold."""
    recorded = [each.event for run in runs for each in world.ledger.events(run.id)]
    told = [narrate(event, run, Style(), FACTS.name) for run in runs for event in recorded]
    return json.dumps([encode(recorded), told, [text for _, text in world.notifier.sent], encode(runs)])


def names_the_first(text: str) -> bool:
    """Tell whether a text names the Serverless CLI; `serverless_stage` is a key of the configuration."""
    return "serverless" in text.replace("serverless_stage", "").lower()


def fails(code: int, why: Literal["exited", "idle", "timeout", "hung"]) -> Callable[[World], None]:
    """Let deploys end so, after the stack was updated and rolled back or not at all."""

    def script(world: World) -> None:
        world.deployer.ship = lambda _job, _poll: code
        world.deployer.why = why
        world.deployer.says = "Error: no changes to deploy\n"

    return script


def hangs(world: World) -> None:
    """Let a deploy arrive, and its CLI never end."""

    def ship(job: Job, _poll: Callable[[], None]) -> int:
        world.stacks.deploy(job.target, job.commit)
        return -9

    world.deployer.ship, world.deployer.why = ship, "hung"


def test_a_promotion_is_planned_reviewed_and_run_by_its_own_words(world: World) -> None:
    commit(world, "one")
    first = world.promote("dev")
    commit(world, "two", queue="x")
    plan = world.plan("dev")
    second = world.run(plan)
    assert (first.outcome, second.outcome) == (Outcome.VERIFIED, Outcome.VERIFIED)
    assert second.command[:2] == ("sam", "deploy")
    assert "the SAM CLI runs as process" in said(world, second)
    assert not names_the_first(json.dumps(encode(plan)) + said(world, first, second))


def planned(world: World, deployed: dict[str, object], *changes: SetChange) -> Plan:
    """Return the plan of a second commit, which makes these changes."""
    commit(world, "one")
    world.promote("dev")
    key = world.target("dev").key
    world.inspector.templates[key] = {"Resources": deployed}
    world.inspector.change_sets[key] = changes
    commit(world, "two", queue="x")
    return world.plan("dev")


def test_only_its_own_bucket_holds_nothing_that_counts(world: World) -> None:
    gone = [SetChange(name, "AWS::S3::Bucket", "remove") for name in (FACTS.bucket, FIRST_BUCKET)]
    plan = planned(world, {FACTS.bucket: BUCKET, FIRST_BUCKET: BUCKET}, *gone)
    assert {each.logical_id: each.holds_data for each in plan.review.changes} == {
        FACTS.bucket: False,
        FIRST_BUCKET: True,
    }


def test_a_change_comes_from_the_files_that_it_reads(world: World) -> None:
    plan = planned(
        world, {}, SetChange("Jobs", "AWS::SQS::Queue", "modify"), SetChange("Other", "AWS::SQS::Queue", "add")
    )
    assert {each.logical_id: [found.subject for found in each.origins] for each in plan.review.changes} == {
        "Jobs": ["two"],
        "Other": [],
    }


def test_a_file_that_only_the_users_folder_has_is_named_by_what_reads_it(world: World) -> None:
    commit(world, "one")
    world.checkouts.repositories[str(world.folder)] = world.repository
    (world.folder / "orders").mkdir(parents=True)
    (world.folder / "orders/dev.env.json").touch()
    (orders,) = world.pipeline.services
    checkout = world.plan("dev").checkout
    (warning,) = find_untracked(world.context, replace(orders, repo=str(world.folder)), world.target("dev"), checkout)
    assert warning.startswith("orders/dev.env.json is not in the commit, and --env-vars reads it")


def test_its_own_files_describe_the_stack(world: World) -> None:
    (orders,) = world.pipeline.services
    names = ("template.yaml", "template.prod.yaml", "serverless.yml")
    assert [place_of(orders, f"orders/{name}", FACTS) for name in names] == ["infrastructure", "infrastructure", ""]


@pytest.mark.parametrize(
    ("script", "outcome", "words"),
    [
        (fails(1, "exited"), Outcome.FAILED, "the SAM CLI ended with exit code 1: Error: no changes to deploy"),
        (fails(0, "exited"), Outcome.FAILED, "the SAM CLI ended with exit code 0 but deployed nothing"),
        (fails(-2, "idle"), Outcome.FAILED, "the SAM CLI was stopped: it said nothing for too long"),
        (fails(-2, "timeout"), Outcome.FAILED, "the SAM CLI was stopped: it took too long"),
        (hangs, Outcome.FAILED, "the SAM CLI was stopped: it stayed silent after the stack was complete"),
    ],
)
def test_how_it_ended_is_said_by_its_name(
    world: World, script: Callable[[World], None], outcome: Outcome, words: str
) -> None:
    commit(world, "one")
    world.promote("dev")
    script(world)
    commit(world, "two")
    run = world.promote("dev")
    assert (run.outcome, words in run.cause) == (outcome, True)
    assert not names_the_first(said(world, run))


def test_a_package_for_another_stack_is_refused_by_its_name_and_its_file(world: World) -> None:
    commit(world, "one")
    world.deployer.resolved = ResolvedTarget("orders", "dev", "eu-west-1", "orders-other")
    (gate,) = (gate for gate in world.plan("dev").gates if not gate.passed)
    assert gate.reason == "the SAM CLI would deploy to stack orders-other, not orders-dev"
    assert gate.remedy == "fix template.yaml or the configuration"
    doctored = " ".join(f"{each.found} {each.remedy}" for each in world.engine.doctor())
    assert "fix template.yaml, or set the stack in the configuration" in doctored
    assert not names_the_first(doctored)


def test_nobody_adopts_what_another_stack_would_get(world: World) -> None:
    sha = commit(world, "one")
    world.stacks.deploy(world.target("dev"), sha)
    world.stacks.finish(world.target("dev"), None, {"DeployedCommit": "unknown"})
    world.clock.at += timedelta(hours=1)
    world.engine.runs.record_external("orders", "dev")
    world.deployer.resolved = ResolvedTarget("orders", "dev", "eu-west-1", "orders-other")
    with pytest.raises(PromoteError) as caught:
        world.engine.runs.adopt("orders", "dev", "", sha)
    assert "the SAM CLI would deploy to orders-other" in str(caught.value)
    assert not names_the_first(str(caught.value))


@pytest.mark.parametrize(("output", "is_unreported"), [(FACTS.bucket_output, True), (f"{FIRST_BUCKET}Name", False)])
def test_a_stack_with_its_bucket_alone_names_no_commit(world: World, output: str, *, is_unreported: bool) -> None:
    target = world.target("dev")
    stacks = FakeStacks({target: StackTag("commit")})
    stacks.bucket_output = FACTS.bucket_output
    stacks.deploy(target, commit(world, "one"), {output: "b"})
    assert isinstance(stacks.cell(target), Unreported) is is_unreported
