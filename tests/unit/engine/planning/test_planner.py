"""Drafts, default commits and plans."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import CredentialsError, DeployError, GitError, Refused, UsageError
from promote_tui.core.model.pipeline import DeploySettings
from promote_tui.core.package.package import ResolvedTarget
from promote_tui.core.planning.plan import Plan
from promote_tui.core.runs.verification import VerifiedBy
from promote_tui.core.value import decode, encode, replace
from tests.support.engine_world import engine_on

if TYPE_CHECKING:
    from promote_tui.engine.engine import Engine
    from tests.support.engine_world import World


def closed(world: World, stage: str, revision: str | None = None) -> dict[str, str]:
    """The closed gates of a draft."""
    draft = world.engine.plans.draft("orders", stage, revision)
    return {gate.name: gate.reason for gate in draft.gates if not gate.passed}


def test_a_stage_with_deploy_on_merge_takes_that_branchs_tip(world: World) -> None:
    world.commit("one")
    tip = world.commit("two")
    assert world.engine.plans.draft("orders", "dev").commit.sha == tip


def with_stage(world: World, name: str, **changes: object) -> Engine:
    """The engine, with a stage of the pipeline changed."""
    stages = tuple(
        replace(stage, **changes) if stage.name == name else stage  # type: ignore[arg-type]
        for stage in world.engine.pipeline.stages
    )
    return engine_on(world.ports, replace(world.pipeline, stages=stages))


def test_a_first_stage_without_deploy_on_merge_takes_the_repositorys_default_branch(world: World) -> None:
    world.commit("one")
    world.repository.branch("v3")
    tip = world.commit("two", "v3")
    world.commit("three")
    world.repository.name_default("v3")
    engine = with_stage(world, "dev", deploy_on_merge=())
    assert engine.commits.default_branch("orders") == "v3"
    assert engine.plans.draft("orders", "dev").commit.sha == tip


def test_a_first_stage_takes_no_branch_that_it_does_not_allow(world: World) -> None:
    world.commit("one")
    engine = with_stage(world, "dev", deploy_on_merge=(), branches=("release/*",))
    with pytest.raises(UsageError, match=r"^orders/dev: its repository has no branch that dev allows: release/\*"):
        engine.plans.draft("orders", "dev")


def test_a_first_stage_does_not_guess_among_branches_that_nobody_names(world: World) -> None:
    world.commit("one", "x")
    world.commit("two", "y")
    engine = with_stage(world, "dev", deploy_on_merge=())
    with pytest.raises(UsageError, match="unknown which branch belongs on dev: its remote names no default branch"):
        engine.plans.draft("orders", "dev")


def test_of_several_branches_that_are_deployed_on_merge_the_first_that_is_there_counts(world: World) -> None:
    tip = world.commit("one")
    assert with_stage(world, "dev", deploy_on_merge=("next", "main")).plans.draft("orders", "dev").commit.sha == tip
    mapped = with_stage(world, "dev", deploy_on_merge=(), merged_for=(("orders", ("next",)),))
    with pytest.raises(UsageError, match=r"no branch of its repository is next, .*deploy_on_merge: \{orders: BRANCH\}"):
        mapped.plans.draft("orders", "dev")


def test_a_repository_whose_remote_was_never_fetched_is_no_lack_of_commits(world: World) -> None:
    commit = world.commit("one")
    world.repository.fetched = False
    for ask in (
        lambda: world.engine.plans.draft("orders", "dev"),
        lambda: world.engine.plans.draft("orders", "dev", commit),
        lambda: world.engine.commits.default_branch("orders"),
    ):
        with pytest.raises(GitError, match=r"never fetched, or empty; run `git fetch origin` in"):
            ask()


def test_a_later_stage_takes_the_newest_commit_verified_before_it(world: World) -> None:
    first = world.commit("one")
    world.promote("dev")
    second = world.commit("two")
    world.promote("dev")
    world.promote("dev", first)
    assert world.engine.plans.draft("orders", "staging").commit.sha == first
    world.promote("dev", second)
    assert world.engine.plans.draft("orders", "staging").commit.sha == second


def test_what_the_stage_does_not_allow_is_passed_over(world: World) -> None:
    allowed = world.commit("one")
    world.promote("dev")
    world.repository.branch("feature/x")
    feature = world.commit("two", "feature/x")
    world.promote("dev", feature)
    assert world.engine.plans.draft("orders", "staging").commit.sha == allowed


def test_the_same_code_on_an_allowed_branch_is_taken_instead(world: World) -> None:
    world.commit("one")
    world.repository.branch("feature/x")
    feature = world.commit("two", "feature/x")
    world.promote("dev", feature)
    squashed = world.commit("two")
    assert squashed != feature
    draft = world.engine.plans.draft("orders", "staging")
    assert draft.commit.sha == squashed
    assert draft.gates[0].passed


def test_without_anything_verified_a_commit_must_be_named(world: World) -> None:
    world.commit("one")
    with pytest.raises(UsageError, match=r"no commit that is verified in dev .* pass --commit"):
        world.engine.plans.draft("orders", "staging")


def test_a_stage_before_that_cannot_be_read_is_named_as_the_cause(world: World) -> None:
    world.commit("one")
    world.stacks.unreachable(world.target("dev"), "the session has expired", "aws sso login --profile acme-dev")
    with pytest.raises(CredentialsError, match="orders/dev: the session has expired; aws sso login"):
        world.engine.plans.draft("orders", "staging")


def test_what_changes_on_a_stage_that_cannot_be_read_is_not_made_up(world: World) -> None:
    world.commit("one")
    world.stacks.unreachable(world.target("dev"), "the session has expired")
    draft = world.engine.plans.draft("orders", "dev")
    assert (draft.brings, draft.removes, draft.files) == ((), (), ())


def test_a_hand_made_deploy_counts_as_observed_until_there_is_a_record(world: World) -> None:
    sha = world.commit("one")
    world.stacks.deploy(world.target("dev"), sha)
    assert closed(world, "staging") == {}
    newer = world.commit("two")
    world.promote("dev")
    by_hand = world.commit("three")
    world.stacks.deploy(world.target("dev"), by_hand)
    assert "without promote-tui" in closed(world, "staging", by_hand)["stage order"]
    assert closed(world, "staging", newer) == {}


def test_another_projects_record_of_the_same_names_verifies_nothing_here(world: World) -> None:
    sha = world.commit("one")
    world.promote("dev")
    moved = replace(world.target("dev").aws, account="999999999999")
    here = world.pipeline.services[0]
    targets = (replace(here.targets[0], aws=moved), *here.targets[1:])
    world.pipeline = replace(world.pipeline, services=(replace(here, targets=targets),))
    assert "never verified in dev" in closed(world, "staging", sha)["stage order"]


def test_a_draft_names_what_comes_and_what_goes(world: World) -> None:
    base = world.commit("one")
    world.promote("dev")
    world.repository.branch("feature/x")
    feature = world.commit("mine", "feature/x")
    world.promote("dev", feature)
    other = world.commit("yours")
    draft = world.engine.plans.draft("orders", "dev")
    assert [commit.sha for commit in draft.brings] == [other]
    assert [commit.sha for commit in draft.removes] == [feature]
    assert draft.deployed is not None
    assert draft.deployed.sha == feature
    assert base not in {commit.sha for commit in (*draft.brings, *draft.removes)}
    assert [change.path for change in draft.files] == ["orders/handler.js"]


def test_what_changes_from_an_unknown_commit_is_not_made_up(world: World) -> None:
    sha = world.commit("one")
    world.stacks.deploy(world.target("dev"), "e" * 40)
    draft = world.engine.plans.draft("orders", "dev")
    assert (draft.commit.sha, draft.deployed) == (sha, None)
    assert (draft.brings, draft.removes, draft.files) == ((), (), ())


def test_a_commit_that_may_not_go_there_is_never_packaged(world: World) -> None:
    world.commit("one")
    sha = world.commit("two", "wild")
    with pytest.raises(Refused, match="stage order"):
        world.plan("staging", sha)
    assert world.deployer.packaged == []


@pytest.mark.parametrize(
    ("service", "stage", "says"),
    [("nope", "dev", "one of: orders"), ("orders", "nope", "one of: dev, staging, prod")],
)
def test_unknown_names_say_which_there_are(world: World, service: str, stage: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        world.engine.plans.draft(service, stage)


def test_a_stage_that_cannot_be_read_is_a_closed_gate(world: World) -> None:
    world.commit("one")
    world.accounts.log_out("dev")
    world.stacks.unreachable(world.target("dev"), "the session has expired")
    found = closed(world, "dev")
    assert found["stack"] == "the session has expired"
    assert "aws sso login" in found["account"]


def test_a_plan_says_where_its_checkout_is_not_what_the_team_has(world: World) -> None:
    files = {".gitattributes": "*.secret filter=crypt\n", "orders/serverless.yml": "1", "libs/a.secret": "x"}
    world.repository.commit(files)
    plan = world.plan("dev")
    assert plan.warnings == (
        "libs/a.secret, outside of the service's paths, is as git stores it: the filter crypt is not run",
    )
    assert decode(Plan, encode(plan)).warnings == plan.warnings


def in_the_users_folder(world: World, *names: str) -> None:
    """Let files lie in the folder that orders' repository is, as a person has it."""
    folder = world.folder / "acme"
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("API_URL=https://x\n", encoding="utf-8")
    world.checkouts.repositories[str(folder)] = world.repository
    service = replace(world.pipeline.services[0], repo=str(folder))
    world.pipeline = replace(world.pipeline, services=(service,))


LACKS = "orders/.env is not in the commit, and useDotenv reads it: name it in deploy.files, which copies yours"


def test_a_plan_names_what_the_configuration_reads_and_only_the_users_folder_has(world: World) -> None:
    in_the_users_folder(world, "orders/.env", "orders/made.json", "orders/own.json", "orders/unused.json")
    text = "useDotenv: true\ncustom: ${file(more.yml)}\n"
    files = {"orders/serverless.yml": text, "orders/more.yml": "a: ${file(own.json)}\n", "orders/made.json": "1"}
    world.repository.commit(files)
    assert world.plan("dev").warnings == (
        LACKS,
        "orders/own.json is not in the commit, and ${file(...)} reads it: name it in deploy.files, which copies yours",
    )


def test_a_packaging_that_fails_names_what_the_checkout_lacks(world: World) -> None:
    in_the_users_folder(world, "orders/.env")
    world.repository.commit({"orders/serverless.yml": "useDotenv: true\n"})
    world.deployer.refuses = "cannot resolve API_URL"
    with pytest.raises(DeployError) as failed:
        world.plan("dev")
    assert failed.value.cause == "cannot resolve API_URL"
    assert failed.value.remedy.startswith(f"{LACKS}; see /")


def test_doctor_names_what_the_checkout_lacks_once_a_service(world: World) -> None:
    in_the_users_folder(world, "orders/.env")
    world.repository.commit({"orders/serverless.yml": "useDotenv: true\n"})
    checks = [check for check in world.engine.doctor(None) if check.name.startswith("files of")]
    assert [(check.name, check.ok, check.found) for check in checks] == [("files of orders/dev", None, LACKS)]


def test_nothing_is_left_of_a_plan_that_could_not_be_made(world: World) -> None:
    world.commit("one")
    world.deployer.refuses = "Cannot resolve variable"
    with pytest.raises(DeployError, match="Cannot resolve variable"):
        world.plan("dev")
    assert list((world.folder / "state" / "plans").iterdir()) == []
    assert world.checkouts.held == {}


def test_a_package_for_another_stack_closes_the_target_gate(world: World) -> None:
    world.commit("one")
    world.deployer.resolved = ResolvedTarget("orders", "dev", "eu-west-1", "orders-prod")
    plan = world.plan("dev")
    assert not plan.ready
    assert "stack orders-prod, not orders-dev" in next(gate.reason for gate in plan.gates if gate.name == "target")


def test_a_verified_run_is_named_by_the_gate(world: World) -> None:
    world.commit("one")
    run = world.promote("dev")
    gate = world.engine.plans.draft("orders", "staging").gates[0]
    assert gate.reason == f"verified in dev by run {run.id}"
    view = world.engine.snapshot().view("orders", "dev")
    assert isinstance(view.verification, VerifiedBy)


def test_expired_plans_go_when_the_next_one_is_made(world: World) -> None:

    world.commit("one")
    plan = world.plan("dev")
    folder = world.context.folders.plan(plan.id)
    os.utime(folder, (0, 0))
    world.plan("dev")
    assert not folder.exists()


def test_the_steps_say_what_was_installed_and_which_key_changes_it(world: World) -> None:
    world.commit("one")
    steps: list[str] = []
    world.engine.plans.make(world.engine.plans.draft("orders", "dev"), steps.append)
    said = "dependencies: nothing was installed: the commit has no package.json in "
    assert [step for step in steps if step.startswith(said)]


def test_a_plan_is_made_and_deployed_with_its_stages_own_settings(world: World) -> None:
    own = (("dev", DeploySettings(command=("osls-for-{stage}",), args=("--param", "table=t-{stage}"))),)
    service = replace(world.pipeline.services[0], stage_deploys=own)
    world.pipeline = replace(world.pipeline, services=(service,))
    world.commit("one")
    plan = world.plan("dev")
    assert plan.command[0] == "osls-for-dev"
    world.run(plan)
    for job in (*world.deployer.packaged, *world.deployer.deployed):
        assert job.service.deploy.args == ("--param", "table=t-dev")
