"""Release notes between stages, branches and commits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError, GitError, UsageError
from promote_tui.core.model.tickets import Tickets
from promote_tui.core.release_notes.model import End, Infrastructure
from promote_tui.core.release_notes.render import title
from promote_tui.core.releases.events import Member, ReleasePlanned
from promote_tui.core.releases.fold import fold_release
from promote_tui.core.value import replace
from promote_tui.engine import release_notes as gathering

if TYPE_CHECKING:
    from promote_tui.core.release_notes.model import ServiceNotes
    from promote_tui.core.releases.release import Release
    from tests.support.engine_world import World


def notes(world: World, source: str = "staging", target: str = "prod") -> ServiceNotes:
    """The notes of orders."""
    (found,) = world.engine.commits.release_notes(("orders",), source, target).services
    return found


def subjects(found: ServiceNotes) -> list[str]:
    """The subjects of all commits, section by section."""
    return [entry.commit.subject for section in found.sections for entry in section.entries]


def test_notes_are_of_the_commits_that_one_stage_has_and_the_other_lacks(world: World) -> None:
    first = world.commit("one")
    world.commit("two")
    world.repository.commit({"billing/a": "1"}, "of another service")
    third = world.commit("three")
    world.commit("not there yet")
    world.stacks.deploy(world.target("prod"), first)
    world.stacks.deploy(world.target("staging"), third)
    found = notes(world)
    assert subjects(found) == ["three", "two"]
    assert (found.source, found.target) == (End("staging", third), End("prod", first))
    assert (found.authors, found.cut) == (("ana",), False)


def test_messages_tell_of_what_breaks_and_of_tickets(world: World) -> None:
    first = world.commit("one")
    body = "Go on\n\nSee A-12.\n\nBREAKING CHANGE: v1 is gone"
    second = world.repository.commit({"orders/handler.js": "2"}, body)
    world.pipeline = replace(world.pipeline, tickets=Tickets(r"[A-Z]-\d+"))
    (section,) = notes(world, second, first).sections
    (entry,) = section.entries
    assert (section.title, entry.breaking) == ("Breaking changes", "v1 is gone")
    assert [ticket.id for ticket in entry.tickets] == ["A-12"]


def test_an_end_may_be_a_branch_or_a_commit(world: World) -> None:
    first = world.commit("one")
    world.repository.branch("feature/x", first)
    second = world.commit("two", "feature/x")
    assert subjects(notes(world, "feature/x", "main")) == ["two"]
    found = notes(world, second[:10], first)
    assert subjects(found) == ["two"]
    assert [found.source.name, found.target.name] == [second[:10], first[:7]]


def test_a_stage_without_the_service_lacks_everything(world: World) -> None:
    first = world.commit("one")
    second = world.commit("two")
    world.stacks.deploy(world.target("staging"), second)
    found = notes(world)
    assert found.target == End("prod", None)
    assert subjects(found) == ["two", "one"]
    assert first != second


def test_an_empty_range_is_no_error(world: World) -> None:
    sha = world.commit("one")
    for stage in ("staging", "prod"):
        world.stacks.deploy(world.target(stage), sha)
    assert notes(world).sections == ()


def test_where_nothing_was_deployed_nothing_is_new(world: World) -> None:
    world.commit("one")
    with pytest.raises(UsageError, match="orders/staging: nothing was ever deployed there; name a stage that runs"):
        notes(world)


def test_a_name_that_is_nothing_says_which_stages_there_are(world: World) -> None:
    world.commit("one")
    with pytest.raises(UsageError, match="name a commit, a branch or a stage: dev, staging, prod"):
        notes(world, "nobody", "main")


def test_a_stage_that_cannot_be_read_says_why(world: World) -> None:
    world.commit("one")
    world.stacks.unreachable(world.target("staging"), "the session has expired")
    with pytest.raises(AwsError, match="the session has expired"):
        notes(world)


def test_a_stage_that_runs_what_the_clone_lacks_says_so(world: World) -> None:
    world.commit("one")
    world.stacks.deploy(world.target("staging"), "e" * 40)
    with pytest.raises(
        GitError, match="orders/staging: eeeeeee, which runs there, is not in this clone; run `git fetch`"
    ):
        notes(world)


def test_a_long_range_is_cut_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "COMMITS", 2)
    first = world.commit("one")
    for text in ("two", "three", "four"):
        world.commit(text)
    found = notes(world, "main", first)
    assert (subjects(found), found.cut) == (["four", "three"], True)


def template(stage: str, memory: int, **resources: object) -> dict[str, object]:
    """What a stage was deployed with: a function that every deploy gives another version and other code."""
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": f"orders-{stage}-api",
            "MemorySize": memory,
            "Code": {"S3Key": f"{stage}/{memory}.zip"},
            "Environment": {"Variables": {"TOKEN": f"canary-{memory}"}},
        },
    }
    version = {f"ApiLambdaVersion{stage}{memory}": {"Type": "AWS::Lambda::Version"}}
    return {"Resources": {"Api": function, **version, **resources}}


def test_notes_between_stages_tell_what_changes_in_the_infrastructure(world: World) -> None:
    first, second = world.commit("one"), world.commit("two")
    for stage, sha in (("prod", first), ("staging", second)):
        world.stacks.deploy(world.target(stage), sha)
    queue = {"Type": "AWS::SQS::Queue"}
    world.inspector.templates[world.target("prod").key] = template("prod", 512, Old=queue)
    world.inspector.templates[world.target("staging").key] = template("staging", 1024, Jobs=queue)
    changes = notes(world).infrastructure.changes
    told = [(each.logical_id, each.action, [one.path for one in each.properties]) for each in changes]
    assert told == [
        ("Old", "remove", []),
        ("Api", "modify", ["Environment.Variables.TOKEN", "MemorySize"]),
        ("Jobs", "add", []),
    ]
    assert "canary" not in str(changes)
    assert notes(world, second, "prod").infrastructure == Infrastructure()


def test_stages_with_the_same_template_have_no_news_in_it(world: World) -> None:
    sha = world.commit("one")
    for stage in ("prod", "staging"):
        world.stacks.deploy(world.target(stage), sha)
        world.inspector.templates[world.target(stage).key] = template(stage, 512) | {"Outputs": {"DeployedCommit": {}}}
    # the values differ by the stage's name alone, and the token is the same
    assert notes(world).infrastructure == Infrastructure()


def test_a_template_that_cannot_be_read_is_said(world: World) -> None:
    first, second = world.commit("one"), world.commit("two")
    for stage, sha in (("prod", first), ("staging", second)):
        world.stacks.deploy(world.target(stage), sha)
    world.inspector.errors["template"] = AwsError("orders/prod", "no permission for GetTemplate")
    assert notes(world).infrastructure.unknown == "the template of prod: no permission for GetTemplate"


def test_a_stage_that_never_was_gets_everything(world: World) -> None:
    sha = world.commit("one")
    world.stacks.deploy(world.target("staging"), sha)
    world.inspector.templates[world.target("staging").key] = template("staging", 512)
    assert [(each.logical_id, each.action) for each in notes(world).infrastructure.changes] == [("Api", "add")]


def planned(members: tuple[Member, ...]) -> Release:
    """A release of these members into prod, each in a wave of its own, the last one first."""
    waves = tuple((member.service,) for member in reversed(members))
    at = datetime(2026, 3, 20, 12, tzinfo=UTC)
    found = fold_release((ReleasePlanned(at, "autumn", "prod", "staging", members, waves, (), "ana", "arn:ana"),))
    assert found is not None
    return found


def test_the_notes_of_a_release_are_of_what_each_of_its_services_brought(world: World) -> None:
    first = world.commit("one")
    second = world.commit("two")
    world.commit("not in it")
    release = planned((Member("orders", second, "two", first),))
    found = world.engine.commits.notes_of_release(release)
    (its,) = found.services
    assert subjects(its) == ["two"]
    assert (its.source, its.target) == (End("release autumn", second), End("prod before it", first))
    assert (found.release, found.source, found.target) == ("autumn", "autumn", "prod")
    assert title(found) == f"{found.project}: release autumn to prod, 2026-03-20"
    new = world.engine.commits.notes_of_release(planned((Member("orders", second, "two", None),)))
    assert subjects(new.services[0]) == ["two", "one"]


def test_where_the_stack_named_no_commit_before_what_is_new_is_unknown(world: World) -> None:
    (its,) = world.engine.commits.notes_of_release(
        planned((Member("orders", world.commit("one"), "one", ""),))
    ).services
    assert (its.sections, its.infrastructure.unknown[:32]) == ((), "the stack named no commit before")


def test_a_service_that_is_gone_from_the_configuration_costs_the_others_nothing(world: World) -> None:
    sha = world.commit("one")
    release = planned((Member("orders", sha, "one", None), Member("gone", sha, "one", None)))
    gone, orders = world.engine.commits.notes_of_release(release).services
    assert (gone.service, gone.sections, gone.infrastructure.unknown) == (
        "gone",
        (),
        "it is not in the configuration any more, so which commits are new is unknown",
    )
    assert (orders.service, orders.count) == ("orders", 1)


def test_a_service_that_is_no_part_of_a_release_is_named(world: World) -> None:
    release = planned((Member("orders", world.commit("one"), "one", None),))
    assert len(world.engine.commits.notes_of_release(release, ("orders",)).services) == 1
    with pytest.raises(UsageError, match="billing did not go into prod with it; one of: orders"):
        world.engine.commits.notes_of_release(release, ("billing",))


def test_two_releases_are_compared_by_the_commits_between_theirs(world: World) -> None:
    first = world.commit("one")
    second = world.commit("two")
    older, newer = (planned((Member("orders", sha, "", None),)) for sha in (first, second))
    (found,) = world.engine.commits.compare_releases(older, newer).services
    assert (found.compared_as, [commit.subject for commit in found.commits.brings]) == ("newer", ["two"])
    (back,) = world.engine.commits.compare_releases(newer, older).services
    assert (back.compared_as, [commit.subject for commit in back.commits.removes]) == ("older", ["two"])
    lost = planned((Member("orders", "c" * 40, "", None),))
    (unknown,) = world.engine.commits.compare_releases(older, lost).services
    assert unknown.compared_as == "unknown"
    assert "ccccccc" in unknown.unknown
