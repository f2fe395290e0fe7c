"""From a stack to a cell, as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.cells import Deployed, Halfway, InProgress, Never, StackState, Unreported
from promote_tui.core.model.commit_names import CommitAlias, NamedCommits
from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.model.pipeline import Aws, StackOutput, StackTag, Target
from promote_tui.core.model.stack_status import STATUSES, Phase, status
from promote_tui.core.stacks.cells import cell_of, commit_text, resolve_name
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import CommitSource

SHA = "a81be07" + "0" * 33
TARGET = Target("orders", "prod", "orders-prod", "prod", Aws("eu-west-1", "333333333333"))
SOURCE = StackOutput()


def stack(name: str, commit: str | None = SHA, outputs: tuple[tuple[str, str], ...] = ()) -> StackState:
    arn = "arn:aws:cloudformation:eu-west-1:333333333333:stack/orders-prod/1"
    return StackState(arn, "orders-prod", status(name), name, commit, datetime(2026, 1, 30, tzinfo=UTC), outputs)


def test_no_stack_is_never() -> None:
    assert cell_of(TARGET, None, SOURCE) == Never(TARGET)


def test_a_deleted_stack_is_never_whatever_it_said() -> None:
    assert cell_of(TARGET, stack("DELETE_COMPLETE"), SOURCE) == Never(TARGET)


FIRST_FAILED = ("CREATE_FAILED", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")


@pytest.mark.parametrize("name", FIRST_FAILED)
@pytest.mark.parametrize("commit", [None, SHA])
def test_a_stack_that_was_never_created_is_never_and_stays_visible(name: str, commit: str | None) -> None:
    seen = stack(name, commit)
    assert cell_of(TARGET, seen, SOURCE) == Never(TARGET, seen)


@pytest.mark.parametrize("name", [name for name, row in STATUSES.items() if row.phase is Phase.MOVING])
@pytest.mark.parametrize(("text", "was"), [(SHA, SHA), (None, None), ("unknown", None)])
def test_a_moving_stack_is_in_progress_and_says_what_was(name: str, text: str | None, was: str | None) -> None:
    seen = stack(name, text)
    assert cell_of(TARGET, seen, SOURCE) == InProgress(TARGET, seen, was)


SETTLED = [
    name
    for name, row in STATUSES.items()
    if row.phase is Phase.STABLE
] + ["A_STATUS_OF_LATER_YEARS"]  # fmt: skip
STUCK = [name for name, row in STATUSES.items() if row.phase is Phase.STUCK and name not in FIRST_FAILED]


@pytest.mark.parametrize("name", STUCK)
@pytest.mark.parametrize(("text", "was"), [(SHA, SHA), (None, ""), ("unknown", "")])
def test_a_stack_that_got_stuck_runs_neither_commit(name: str, text: str | None, was: str) -> None:
    seen = stack(name, text)
    assert cell_of(TARGET, seen, SOURCE) == Halfway(TARGET, seen, StuckOperation(name, was))


@pytest.mark.parametrize("name", SETTLED)
def test_a_settled_stack_is_what_its_output_says_also_when_its_last_attempt_failed(name: str) -> None:
    seen = stack(name)
    assert cell_of(TARGET, seen, SOURCE) == Deployed(TARGET, seen, SHA)


@pytest.mark.parametrize("name", SETTLED)
def test_a_settled_stack_without_the_output_is_unreported(name: str) -> None:
    found = cell_of(TARGET, stack(name, None), SOURCE)
    assert isinstance(found, Unreported)
    assert found.reason == "the stack has no output DeployedCommit"
    assert "output" in found.remedy


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("unknown", 'its output DeployedCommit says "unknown"'),
        ("Unknown ", 'its output DeployedCommit says "Unknown"'),
        ("", "its output DeployedCommit is empty"),
        ("  ", "its output DeployedCommit is empty"),
    ],
)
def test_an_output_that_says_nothing_is_unreported(text: str, reason: str) -> None:
    found = cell_of(TARGET, stack("UPDATE_COMPLETE", text), SOURCE)
    assert isinstance(found, Unreported)
    assert found.reason == reason


def test_a_missing_tag_is_named_as_a_tag() -> None:
    found = cell_of(TARGET, stack("UPDATE_COMPLETE", None), StackTag("commit"))
    assert isinstance(found, Unreported)
    assert found.reason == "the stack has no tag commit"


BUCKET = ("ServerlessDeploymentBucketName", "b")


@pytest.mark.parametrize(
    ("outputs", "text", "reason"),
    [
        ((), SHA, ""),
        ((BUCKET, ("Url", "x")), SHA, ""),
        ((BUCKET, ("DeployedCommit", SHA)), SHA, ""),
        ((BUCKET,), None, "the stack has only its deployment bucket, so a tag commit may be of a deploy that failed"),
        ((("DeployedCommit", "0"),), None, 'its output DeployedCommit says "0", and its tag commit does not'),
    ],
)
def test_a_tag_counts_unless_the_outputs_say_that_its_commit_never_ran(
    outputs: tuple[tuple[str, str], ...], text: str | None, reason: str
) -> None:
    source = StackTag("commit")
    assert commit_text(source, outputs, (("commit", SHA),), BUCKET[0]) == text
    cell = cell_of(TARGET, stack("UPDATE_ROLLBACK_COMPLETE", text, outputs), source, BUCKET[0])
    assert (cell.reason if isinstance(cell, Unreported) else "") == reason


def test_two_outputs_that_match_the_pattern_are_named_instead_of_guessed() -> None:
    outputs = (("AppCommit", "1"), ("Url", "2"), ("LibCommit", "3"))
    source = StackOutput("*Commit")
    found = cell_of(TARGET, stack("UPDATE_COMPLETE", commit_text(source, outputs, ()), outputs), source)
    assert isinstance(found, Unreported)
    assert found.reason == "2 outputs match *Commit: AppCommit, LibCommit"


@pytest.mark.parametrize("text", [SHA.upper(), f" {SHA}\n"])
def test_a_full_hash_is_the_commit_however_it_is_written(text: str) -> None:
    found = cell_of(TARGET, stack("CREATE_COMPLETE", text), SOURCE)
    assert isinstance(found, Deployed)
    assert found.commit == SHA


TO_IT = "promote to it once: the package then reports its commit"
NOTHING = f"{TO_IT}; or set `output` in the configuration"


@pytest.mark.parametrize(
    ("text", "why", "remedy"),
    [
        ("abc1234-dirty", "which is not a commit", TO_IT),
        (f"{SHA}-dirty", "which is not a commit", TO_IT),
        ("https://ci.example.com/1", "which is not a commit", NOTHING),
        ("HEAD", "which is not a commit", NOTHING),
        ("v1.2.3", "which is not a full hash", NOTHING),
        ("v1.2.3-1-ga81be07", "which is not a full hash", NOTHING),
    ],
)
def test_another_text_than_a_full_hash_is_no_commit_and_kept_whole(text: str, why: str, remedy: str) -> None:
    seen = stack("UPDATE_COMPLETE", f" {text}\n")
    said = f"its output DeployedCommit names {text}, {why}"
    assert cell_of(TARGET, seen, SOURCE) == Unreported(TARGET, seen, said, remedy, text)
    moving = stack("UPDATE_IN_PROGRESS", text)
    assert cell_of(TARGET, moving, SOURCE) == InProgress(TARGET, moving, None)


@pytest.mark.parametrize("name", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
@pytest.mark.parametrize("by_tag", [True, False])
def test_a_name_that_is_one_commit_in_the_clone_is_that_commit(name: str, *, by_tag: bool) -> None:
    seen = stack(name, "v1-0-ga81be07 ")
    found = resolve_name(cell_of(TARGET, seen, SOURCE), NamedCommits((SHA,), by_tag=by_tag), SOURCE)
    assert found == Deployed(TARGET, replace(seen, commit=SHA, alias=CommitAlias("v1-0-ga81be07", by_tag)), SHA)
    moving = resolve_name(cell_of(TARGET, stack("UPDATE_IN_PROGRESS", "v1"), SOURCE), NamedCommits((SHA,)), SOURCE)
    assert isinstance(moving, InProgress)
    assert moving.was == SHA


FETCH = f"git fetch --tags; or {TO_IT}"


@pytest.mark.parametrize(
    ("text", "meaning", "why", "remedy"),
    [
        ("a81be07", None, "which is not in this clone", FETCH),
        ("v1-1-ga81be07", None, "which is not in this clone", FETCH),
        ("release-7", None, "which is neither a commit nor a tag in this clone", FETCH),
        (
            "a81be07",
            NamedCommits((SHA, "b" * 40)),
            "which is more than one commit in this clone",
            f"put all 40 digits into the output; or {TO_IT}",
        ),
    ],
)
def test_a_name_that_is_not_one_commit_in_the_clone_says_so(
    text: str, meaning: NamedCommits | None, why: str, remedy: str
) -> None:
    seen = stack("UPDATE_COMPLETE", text)
    found = resolve_name(cell_of(TARGET, seen, SOURCE), meaning, SOURCE)
    assert found == Unreported(TARGET, seen, f"its output DeployedCommit names {text}, {why}", remedy, text)


HELD = f"for the service in the configuration: it holds a full hash; or {TO_IT}"


@pytest.mark.parametrize(
    ("outputs", "remedy"),
    [
        ((("Url", "x"),), NOTHING),
        ((("Url", "x"), ("GitSha", SHA)), f"set `output: GitSha` {HELD}"),
        ((("GitSha", f" {SHA.upper()} "),), f"set `output: GitSha` {HELD}"),
        ((("GitSha", SHA[:7]),), NOTHING),
        (
            (("GitSha", SHA), ("Build", "b" * 40)),
            (
                "set `output: GitSha` or `output: Build` for the service in the configuration:"
                f" each holds a full hash; or {TO_IT}"
            ),
        ),
    ],
)
@pytest.mark.parametrize("text", [None, "unknown", "7"])
def test_an_output_that_holds_a_full_hash_already_is_the_remedy(
    outputs: tuple[tuple[str, str], ...], text: str | None, remedy: str
) -> None:
    found = cell_of(TARGET, stack("UPDATE_COMPLETE", text, outputs), SOURCE)
    assert isinstance(found, Unreported)
    assert found.remedy == remedy


LIST = StackOutput("DeployedCommit", ("GitSha", "Version"))


@pytest.mark.parametrize(
    ("outputs", "text"),
    [
        ({}, None),
        ({"Url": SHA}, None),
        ({"GitSha": SHA}, SHA),
        ({"DeployedCommit": "unknown", "GitSha": SHA}, SHA),
        ({"DeployedCommit": "v1", "GitSha": SHA}, SHA),
        ({"DeployedCommit": SHA, "GitSha": "b" * 40}, SHA),
        ({"DeployedCommit": "v1", "Version": "v1-1-ga81be07"}, "v1-1-ga81be07"),
        ({"DeployedCommit": "unknown", "Version": "v1"}, "v1"),
        ({"DeployedCommit": "unknown", "GitSha": ""}, "unknown"),
        ({"GitSha": SHA, "Version": f"{SHA[:7]}-dirty"}, f"{SHA[:7]}-dirty"),
    ],
)
def test_of_several_outputs_the_hash_is_preferred_but_never_to_one_that_says_dirty(
    outputs: dict[str, str], text: str | None
) -> None:
    assert commit_text(LIST, outputs.items(), ()) == text


def test_the_outputs_that_were_looked_for_are_named() -> None:
    found = cell_of(TARGET, stack("UPDATE_COMPLETE", None), LIST)
    assert isinstance(found, Unreported)
    assert found.reason == "the stack has no output DeployedCommit or GitSha or Version"


def test_of_two_outputs_that_match_a_pattern_the_one_that_is_a_hash_counts() -> None:
    source = StackOutput("*Commit")
    assert commit_text(source, (("AppCommit", "1"), ("LibCommit", SHA)), ()) == SHA
    assert commit_text(source, (("AppCommit", "b" * 40), ("LibCommit", SHA)), ()) is None
    assert commit_text(source, (("AppCommit", SHA), ("LibCommit", SHA)), ()) == SHA


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (StackOutput("DeployedCommit"), "one"),
        (StackOutput("deployedcommit"), None),
        (StackOutput("Deployed*"), "one"),
        (StackOutput("*"), None),
        (StackOutput("*Nothing"), None),
        (StackTag("commit"), None),
        (StackTag("com*"), None),
        (StackTag("Url"), None),
    ],
)
def test_the_commit_comes_from_exactly_one_output_or_tag(source: CommitSource, text: str | None) -> None:
    outputs = (("DeployedCommit", "one"), ("Url", "https://example.com"))
    assert commit_text(source, outputs, (("commit", "two"), ("team", "a"))) == text
