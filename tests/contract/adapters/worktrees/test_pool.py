"""What holds for every Checkouts: the one on real git, and the fake that stands for it."""

from __future__ import annotations

import contextlib
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.worktrees.pool import WorkTrees
from promote_tui.core.errors import DeployError, GitError, PlanStale
from promote_tui.core.model.pipeline import DeploySettings, Service
from promote_tui.core.value import replace
from promote_tui.ports import CheckoutRequest, Checkouts, ProjectCommand
from tests.support.fakes.checkouts import FakeCheckouts
from tests.support.fakes.git import FakeRepository
from tests.support.repositories import Repository, service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.package.package import Checkout


@dataclass(slots=True)
class Hands:
    """A clock that is set by hand."""

    moment: datetime = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def local(self, at: datetime) -> datetime:
        return at.astimezone(UTC)

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class World:
    """A repository to build in, the port, and a service in the folder orders."""

    history: Repository | FakeRepository
    port: Checkouts
    orders: Service
    clock: Hands
    log: Path

    def prepare(self, commit: str, owner: str = "plan-1", its: Service | None = None, stage: str = "dev") -> Checkout:
        return self.port.prepare(CheckoutRequest(its or self.orders, stage, commit, owner, self.log))

    def commits(self, number: int) -> list[str]:
        return [self.history.commit({"orders/serverless.yml": str(each)}) for each in range(number)]

    @contextlib.contextmanager
    def alone(self, checkout: Checkout, owner: str) -> Iterator[Path]:
        """Enter a checkout that nobody else is in, and return the service's folder."""
        with self.port.alone(checkout, owner, _never):
            yield Path(checkout.service)


def _never() -> None:
    pytest.fail("nobody should have to wait")


@pytest.fixture(params=["fake", "real"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    repo, clock = tmp_path / "acme.git", Hands()
    orders = service(repo, "orders", "orders")
    if request.param == "fake":
        fake = FakeRepository()
        return World(fake, FakeCheckouts({str(repo): fake}, tmp_path / "trees", clock), orders, clock, tmp_path / "log")
    port = WorkTrees(tmp_path / "cache", clock=clock)
    return World(Repository(repo, bare=True), port, orders, clock, tmp_path / "log")


def test_a_checkout_holds_the_commits_files(world: World) -> None:
    old = world.history.commit({"orders/serverless.yml": "old", "orders/gone": "1", "libs/a": "1"})
    new = world.history.commit({"orders/serverless.yml": "new", "orders/gone": None})
    for commit, content, names in ((old, "old", ["gone", "serverless.yml"]), (new, "new", ["serverless.yml"])):
        found = world.prepare(commit)
        assert found.commit == commit
        assert found.service == f"{found.root}/orders"
        assert (Path(found.service) / "serverless.yml").read_text() == content
        assert sorted(path.name for path in Path(found.service).iterdir()) == names
        assert (Path(found.root) / "libs/a").read_text() == "1"


@pytest.mark.parametrize(
    ("deploy", "shared"),
    [
        (DeploySettings(before=(("sh", "-c", "true {service}"),)), True),
        (DeploySettings(args=("--param", "size={stage}")), True),
        (DeploySettings(before=(("sh", "-c", "true {stage}"),)), False),
        (DeploySettings(env=(("TABLE", "t-{stage}"),)), False),
    ],
)
def test_stages_share_a_work_tree_that_is_prepared_alike_for_both(
    deploy: DeploySettings, world: World, *, shared: bool
) -> None:
    commit = world.history.commit({"orders/serverless.yml": "1"})
    its = replace(world.orders, deploy=deploy)
    roots = {world.prepare(commit, f"plan-{stage}", its, stage).root for stage in ("dev", "prod")}
    assert (len(roots) == 1) == shared


def test_a_stage_with_a_build_of_its_own_has_a_work_tree_of_its_own(world: World) -> None:
    commit = world.history.commit({"orders/serverless.yml": "1"})
    own = (("prod", DeploySettings(before=(("true",),))),)
    its = replace(world.orders, stage_deploys=own)
    roots = [world.prepare(commit, f"plan-{stage}", its, stage).root for stage in ("dev", "staging", "prod")]
    assert roots[0] == roots[1] != roots[2]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "nothing was installed: the commit has no package.json in orders or above it"),
        ({"orders/package.json": "{}"}, "nothing was installed: the commit has orders/package.json, and no lockfile"),
    ],
)
def test_a_checkout_says_what_was_installed(files: dict[str, str], said: str, world: World) -> None:
    commit = world.history.commit({"orders/serverless.yml": "1", **files})
    assert world.prepare(commit).dependencies.startswith(said)


def test_a_filter_at_the_services_paths_is_refused_and_named_elsewhere(world: World) -> None:
    files = {".gitattributes": "*.secret filter=crypt\n", "orders/serverless.yml": "1", "libs/a.secret": "x"}
    commit = world.history.commit(files)
    assert world.prepare(commit).warnings == (
        "libs/a.secret, outside of the service's paths, is as git stores it: the filter crypt is not run",
    )
    with pytest.raises(DeployError, match=r"libs/a\.secret is under the git filter crypt, which is not run"):
        world.prepare(commit, its=replace(world.orders, shared=("libs",)))


def test_what_the_users_folder_has_and_the_checkout_lacks_is_told_apart(world: World) -> None:
    commit = world.history.commit({"orders/serverless.yml": "1"})
    checkout = world.prepare(commit)
    for name in ("orders/.env", "orders/serverless.yml"):
        path = Path(world.orders.repo) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (path.parent / "folder").mkdir()
    names = ("orders/.env", "orders/serverless.yml", "orders/folder", "none", "orders/\0")
    there, yours = world.port.present(world.orders, checkout, names)
    assert sorted(there) == ["orders/serverless.yml"]
    assert sorted(yours) == ["orders/.env", "orders/serverless.yml"]


def test_what_another_plan_left_is_gone(world: World) -> None:
    commit = world.history.commit({"orders/serverless.yml": "1"})
    first = world.prepare(commit)
    (Path(first.service) / "serverless.yml").write_text("edited")
    (Path(first.service) / "left").write_text("secret")
    world.port.release("plan-1")
    second = world.prepare(commit, "plan-2")
    assert second == first
    assert [path.read_text() for path in Path(second.service).iterdir()] == ["1"]


def test_plans_of_other_commits_never_share_one(world: World) -> None:
    commits = world.commits(9)
    roots = {world.prepare(commit, f"plan-{number}").root for number, commit in enumerate(commits[:8])}
    assert len(roots) == 8
    with pytest.raises(DeployError, match="all 8 checkouts"):
        world.prepare(commits[8], "plan-8")
    world.port.release("plan-3")
    assert world.prepare(commits[8], "plan-8").root in roots


def test_another_service_of_the_same_commit_has_one_of_its_own(world: World) -> None:
    commit = world.history.commit({"orders/serverless.yml": "1", "billing/serverless.yml": "1"})
    billing = replace(world.orders, name="billing", path="billing")
    assert world.prepare(commit).root != world.prepare(commit, "plan-2", billing).root


def test_a_commit_is_prepared_once_for_the_plans_of_all_stages(world: World) -> None:
    commit = world.history.commit({"orders/serverless.yml": "1"})
    (shared,) = {world.prepare(commit, f"to-{stage}", stage=stage) for stage in ("dev", "staging", "prod")}
    for stage in ("dev", "staging", "prod"):
        with world.alone(shared, f"to-{stage}") as service:
            assert [path.read_text() for path in service.iterdir()] == ["1"]


@pytest.mark.parametrize("first", ["to-dev", "to-prod"])
def test_plans_give_a_shared_checkout_back_in_any_order_and_the_last_one_empties_it(first: str, world: World) -> None:
    commit, other = world.commits(2)
    shared = world.prepare(commit, "to-dev")
    assert world.prepare(commit, "to-prod", stage="prod") == shared
    (last,) = {"to-dev", "to-prod"} - {first}
    before = world.port.digest(shared)
    world.port.release(first)
    assert world.prepare(other, "other").root != shared.root
    assert world.port.digest(shared) == before
    with world.alone(shared, last) as service:
        assert (service / "serverless.yml").read_text() == "0"
    world.port.keep(last)
    world.port.release(last)
    with pytest.raises(DeployError, match="given to another plan"):
        world.port.keep(last)
    assert world.prepare(other, "later", replace(world.orders, name="again")).root == shared.root


def test_a_checkout_that_a_runner_keeps_takes_no_new_plans_and_loses_none(world: World) -> None:
    commit = world.history.commit({"orders/serverless.yml": "1"})
    shared = world.prepare(commit, "to-dev")
    world.prepare(commit, "to-staging", stage="staging")
    world.port.keep("to-dev")
    assert world.prepare(commit, "to-prod", stage="prod").root != shared.root
    world.port.release("to-dev")
    with world.alone(shared, "to-staging"):
        world.port.keep("to-staging")


def test_a_runner_and_the_plan_of_another_stage_work_in_a_shared_checkout_one_after_the_other(world: World) -> None:
    commit = world.history.commit({"orders/serverless.yml": "1"})
    shared = world.prepare(commit, "to-dev")
    world.prepare(commit, "to-prod", stage="prod")
    world.port.keep("to-dev")
    waits, order = threading.Event(), []

    def package() -> None:
        with world.port.alone(shared, "to-prod", waits.set):
            order.append("packaged")

    with ThreadPoolExecutor(1) as threads, world.alone(shared, "to-dev"):
        packaging = threads.submit(package)
        assert waits.wait(120)
        assert not packaging.done()
        order.append("deployed")
    assert packaging.result(30) is None
    assert order == ["deployed", "packaged"]


def test_who_waits_for_a_checkout_can_give_up(world: World) -> None:
    commit = world.history.commit({"orders/serverless.yml": "1"})
    shared = world.prepare(commit, "to-dev")
    world.prepare(commit, "to-prod", stage="prod")

    def give_up() -> None:
        raise PlanStale("orders/prod", "enough")

    with (
        world.alone(shared, "to-dev"),
        pytest.raises(PlanStale, match="enough"),
        world.port.alone(shared, "to-prod", give_up),
    ):
        pytest.fail("two in one checkout")
    with world.alone(shared, "to-prod"):
        pass


def test_what_the_packaging_for_one_stage_leaves_never_reaches_another(world: World) -> None:
    commit = world.history.commit({"orders/serverless.yml": "1"})
    shared = world.prepare(commit, "to-dev")
    world.prepare(commit, "to-staging", stage="staging")
    with world.alone(shared, "to-dev") as service:
        (service / "serverless.yml").write_text("of dev")
        (service / "left").write_text("of dev")
    with (
        pytest.raises(DeployError, match="another plan left files in it; plan again"),
        world.alone(shared, "to-staging"),
    ):
        pytest.fail("entered")
    assert world.prepare(commit, "to-prod", stage="prod").root != shared.root
    with world.alone(shared, "to-dev") as service:
        assert (service / "left").exists()
    world.port.release("to-dev")
    with world.alone(shared, "to-staging") as service:
        assert [path.read_text() for path in service.iterdir()] == ["1"]


def test_a_checkout_apart_is_shared_by_nobody(world: World) -> None:
    (commit,) = world.commits(1)
    plan = world.prepare(commit)
    apart = [
        world.port.prepare(CheckoutRequest(world.orders, "dev", commit, owner, world.log, apart=True))
        for owner in ("a", "b")
    ]
    assert len({plan.root, *(each.root for each in apart)}) == 3
    assert world.prepare(commit, "plan-2", stage="prod").root == plan.root
    world.port.release("plan-1")
    world.port.release("plan-2")
    assert world.prepare(commit, "plan-3").root not in {each.root for each in apart}


def test_a_checkout_that_went_to_another_plan_is_not_entered(world: World) -> None:
    old, new = world.commits(2)
    lost = world.prepare(old, "lost")
    world.clock.moment += timedelta(hours=3)
    assert world.prepare(new, "plan-2").root == lost.root
    with pytest.raises(DeployError, match="given to another plan"), world.alone(lost, "lost"):
        pytest.fail("entered")


def test_a_reservation_outlasts_packaging_and_the_plans_hour_and_a_kept_one_lasts_until_release(
    world: World,
) -> None:
    commits = world.commits(9)
    kept, lost = world.prepare(commits[7], "kept"), world.prepare(commits[8], "lost")
    world.port.keep("kept")
    world.clock.moment += timedelta(hours=2)
    assert world.prepare(commits[0], "third").root not in {kept.root, lost.root}
    world.port.release("third")
    world.clock.moment += timedelta(minutes=16)
    roots = {world.prepare(commits[number], f"later-{number}").root for number in range(7)}
    assert lost.root in roots
    assert kept.root not in roots
    with pytest.raises(DeployError, match="given to another plan"):
        world.port.keep("lost")


def test_releasing_what_nobody_holds_is_harmless(world: World) -> None:
    world.port.release("nobody")
    commit = world.history.commit({"orders/serverless.yml": "1"})
    world.prepare(commit)
    world.port.release("plan-1")
    world.port.release("plan-1")


def test_the_digest_tells_of_any_change(world: World) -> None:
    first = world.history.commit({"orders/serverless.yml": "1", "orders/b": "1"})
    second = world.history.commit({"orders/b": "2"})
    digests = [world.port.digest(world.prepare(first)), world.port.digest(world.prepare(second))]
    checkout = world.prepare(first)
    assert world.port.digest(checkout) == digests[0] != digests[1]
    for content in ("2", "3"):
        (Path(checkout.service) / "serverless.yml").write_text(content)
        digests.append(world.port.digest(checkout))
    (Path(checkout.service) / "b").unlink()
    digests.append(world.port.digest(checkout))
    assert len(set(digests)) == 5


@pytest.mark.parametrize("commit", ["f" * 40, "a81be07-dirty", "main", "--all"])
def test_a_commit_that_the_clone_lacks_is_an_error(world: World, commit: str) -> None:
    world.history.commit({"orders/serverless.yml": "1"})
    with pytest.raises(GitError, match="is not in this clone"):
        world.prepare(commit)


def test_a_commit_without_the_services_own_configuration_file_is_refused(world: World) -> None:
    commit = world.history.commit({"orders/serverless.yml": "1"})
    with pytest.raises(DeployError, match=f"orders/dev: {commit[:7]} has no serverless.worker.yml in orders"):
        world.prepare(commit, its=replace(world.orders, file="serverless.worker.yml"))


def test_a_commit_without_the_service_is_an_error(world: World) -> None:
    commit = world.history.commit({"billing/serverless.yml": "1"})
    with pytest.raises(DeployError, match=f"orders/dev: {commit[:7]} has no folder orders"):
        world.prepare(commit)


def test_a_file_that_is_not_there_to_be_copied_is_named_and_nothing_stays_reserved(world: World) -> None:
    commit = world.history.commit({"orders/serverless.yml": "1"})
    needy = replace(world.orders, deploy=DeploySettings(files=(".env.{stage}",)))
    with pytest.raises(DeployError, match=r"orders/dev: deploy\.files: \.env\.\S+ is not in"):
        world.prepare(commit, its=needy)
    with pytest.raises(DeployError):
        world.port.keep("plan-1")


def test_pruning_takes_what_expired_and_nothing_else(world: World) -> None:
    first, second = world.commits(2)
    world.prepare(first, "kept")
    world.prepare(first, "shares it")
    world.prepare(second, "lost")
    world.port.keep("kept")
    assert world.port.prune(world.clock.now()) == ()
    later = world.clock.now() + timedelta(hours=3)
    assert [word for line in world.port.prune(later) for word in line.split() if word == "expired"] == ["expired"]
    assert world.port.prune(later) == ()
    world.port.keep("kept")


def test_a_command_of_the_projects_own_runs_in_the_services_folder_without_an_account(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "of-somebody")
    checkout = world.prepare(world.history.commit({"orders/serverless.yml": "1"}))
    told = (
        "import os, sys; print(os.getcwd(), os.environ['URL'], [n for n in os.environ if 'somebody' in os.environ[n]])"
    )
    argv = [sys.executable, "-c", told]
    with world.port.alone(checkout, "plan-1", lambda: None):
        world.port.run(
            ProjectCommand(world.orders, "dev", argv, checkout, world.log, extra={"URL": "https://it.example"})
        )
    assert f"{Path(checkout.service).resolve()} https://it.example []" in world.log.read_text(encoding="utf-8")


def test_a_command_that_does_not_end_well_says_how(world: World) -> None:
    checkout = world.prepare(world.history.commit({"orders/serverless.yml": "1"}))
    argv = [sys.executable, "-c", "raise SystemExit(3)"]
    with pytest.raises(DeployError, match="ended with exit code 3"):
        world.port.run(ProjectCommand(world.orders, "dev", argv, checkout, world.log))


def test_a_program_that_is_not_there_is_what_the_error_is_about(world: World) -> None:
    checkout = world.prepare(world.history.commit({"orders/serverless.yml": "1"}))
    with pytest.raises(DeployError, match=r"^no-such-program: it is not on the PATH; install it, or fix the command$"):
        world.port.run(ProjectCommand(world.orders, "dev", ("no-such-program", "--fast"), checkout, world.log))


def test_a_command_is_stopped_by_who_watches(world: World) -> None:
    def stop() -> None:
        raise PlanStale("orders/dev", "stopped")

    checkout = world.prepare(world.history.commit({"orders/serverless.yml": "1"}))
    argv = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(PlanStale):
        world.port.run(ProjectCommand(world.orders, "dev", argv, checkout, world.log), on_poll=stop)


def test_preparing_is_stopped_by_who_watches_and_nothing_stays_reserved(world: World) -> None:
    def stop() -> None:
        raise PlanStale("orders/dev", "stopped")

    commit = world.history.commit({"orders/serverless.yml": "1"})
    endless = (sys.executable, "-c", "import time; time.sleep(60)")
    its = replace(world.orders, deploy=replace(world.orders.deploy, before=(endless,)))
    with pytest.raises(PlanStale):
        world.port.prepare(CheckoutRequest(its, "dev", commit, "plan-1", world.log), on_poll=stop)
    with pytest.raises(DeployError):
        world.port.keep("plan-1")
