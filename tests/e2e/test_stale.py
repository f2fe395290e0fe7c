"""What was reviewed is no longer true: the run stops before the deploy and says what has moved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.bootstrap import open_engine
from promote_tui.core.errors import Refused
from promote_tui.core.planning.plan import Confirmation, approve
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.planning.plan import Plan
    from promote_tui.engine.engine import Engine
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws


@pytest.fixture
def engine(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine, in this process, with one commit on dev and a newer one to promote."""
    workspace.adopted("dev", workspace.commit("Add a topic"))
    workspace.commit("Rename it", {"Topic": {"Type": "AWS::SNS::Topic"}})
    for name, value in workspace.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PYTHONWARNINGS")
    return open_engine(workspace.config)


def stack_moves(workspace: Workspace, _plan: Plan) -> None:
    """Somebody tags the stack by hand."""
    client = workspace.client("dev")
    client.update_stack(StackName="orders-dev", UsePreviousTemplate=True, Tags=[{"Key": "by", "Value": "hand"}])


def someone_deploys(workspace: Workspace, _plan: Plan) -> None:
    """A colleague promotes from another machine, with a ledger of their own."""
    workspace.git("checkout", "-q", "-b", "other")
    other = workspace.commit(
        "Another change", {"Topic": {"Type": "AWS::SNS::Topic"}, "More": {"Type": "AWS::SNS::Topic"}}
    )
    state = str(workspace.folder / "colleague")
    done = workspace.run("promote", "orders", "--to", "dev", "--commit", other, XDG_STATE_HOME=state)
    assert done.returncode == 0, done.stderr


def package_moves(_workspace: Workspace, plan: Plan) -> None:
    """One byte of the package changes."""
    path = Path(plan.package.folder) / plan.package.files[0][0]
    path.write_bytes(path.read_bytes() + b" ")


def checkout_moves(_workspace: Workspace, plan: Plan) -> None:
    """A file of the checkout changes."""
    (Path(plan.checkout.service) / "serverless.yml").write_text("service: evil\n", encoding="utf-8")


def config_moves(workspace: Workspace, _plan: Plan) -> None:
    """The configuration changes."""
    workspace.config.write_text(workspace.config.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")


MOVES: list[tuple[Callable[[Workspace, Plan], None], str]] = [
    (stack_moves, "the stack had an update of its own"),
    (someone_deploys, "deployed was"),
    (package_moves, "package changed"),
    (checkout_moves, "the checkout was changed"),
    (config_moves, "the configuration was changed"),
]


@pytest.mark.parametrize(("move", "says"), MOVES, ids=[move.__name__ for move, _ in MOVES])
def test_a_plan_whose_ground_has_moved_is_stale(
    workspace: Workspace, engine: Engine, move: Callable[[Workspace, Plan], None], says: str
) -> None:
    plan = engine.plans.make(engine.plans.draft("orders", "dev"))
    assert plan.ready
    move(workspace, plan)
    before = workspace.deployed("dev")
    with pytest.raises(Refused, match=says) as refusal:
        engine.runs.start(approve(plan, Confirmation(), engine.clock.now()))
    assert refusal.value.exit_code == 3
    assert workspace.deployed("dev") == before
    until(lambda: not engine.runs.unfinished(), "its runner has let go of the lock")


def test_a_commit_that_left_its_branch_is_refused_under_the_lock(workspace: Workspace, engine: Engine) -> None:
    plan = engine.plans.make(engine.plans.draft("orders", "dev"))
    workspace.git("checkout", "-q", "--detach", "HEAD")
    workspace.git("branch", "-f", "main", "HEAD~1")
    with pytest.raises(Refused, match=r"branch: .* is on no branch"):
        engine.runs.start(approve(plan, Confirmation(), engine.clock.now()))


def test_nothing_is_left_of_a_stale_plan(workspace: Workspace, engine: Engine) -> None:
    plan = engine.plans.make(engine.plans.draft("orders", "dev"))
    package_moves(workspace, plan)
    with pytest.raises(Refused):
        engine.runs.start(approve(plan, Confirmation(), engine.clock.now()))

    until(lambda: not Path(plan.package.folder).exists(), "the plan's folder is gone")
