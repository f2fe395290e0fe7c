"""From a stack to a cell, as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.cells import cell_of, commit_text
from promote_tui.core.model import (
    Aws,
    Deployed,
    InProgress,
    Never,
    StackOutput,
    StackState,
    StackTag,
    Target,
    Unreported,
)
from promote_tui.core.stack import STATUSES, Phase, status

if TYPE_CHECKING:
    from promote_tui.core.model import CommitSource

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
    if row.phase in {Phase.STABLE, Phase.STUCK} and name not in FIRST_FAILED
] + ["A_STATUS_OF_LATER_YEARS"]  # fmt: skip


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
        ((), "one", ""),
        ((BUCKET, ("Url", "x")), "one", ""),
        ((BUCKET, ("DeployedCommit", "one")), "one", ""),
        ((BUCKET,), None, "the stack has only its deployment bucket, so a tag commit may be of a deploy that failed"),
        ((("DeployedCommit", "0"),), None, 'its output DeployedCommit says "0", and its tag commit does not'),
    ],
)
def test_a_tag_counts_unless_the_outputs_say_that_its_commit_never_ran(
    outputs: tuple[tuple[str, str], ...], text: str | None, reason: str
) -> None:
    source = StackTag("commit")
    assert commit_text(source, outputs, (("commit", "one"),)) == text
    cell = cell_of(TARGET, stack("UPDATE_ROLLBACK_COMPLETE", text, outputs), source)
    assert (cell.reason if isinstance(cell, Unreported) else "") == reason


def test_two_outputs_that_match_the_pattern_are_named_instead_of_guessed() -> None:
    outputs = (("AppCommit", "1"), ("Url", "2"), ("LibCommit", "3"))
    source = StackOutput("*Commit")
    found = cell_of(TARGET, stack("UPDATE_COMPLETE", commit_text(source, outputs, ()), outputs), source)
    assert isinstance(found, Unreported)
    assert found.reason == "2 outputs match *Commit: AppCommit, LibCommit"


@pytest.mark.parametrize(
    ("text", "commit"),
    [
        (SHA.upper(), SHA),
        (f" {SHA}\n", SHA),
        ("abc1234-dirty", "abc1234-dirty"),
        ("v1.2.3", "v1.2.3"),
        (SHA[:7].upper(), SHA[:7].upper()),
    ],
)
def test_other_text_than_a_full_hash_is_kept_as_it_is(text: str, commit: str) -> None:
    found = cell_of(TARGET, stack("CREATE_COMPLETE", text), SOURCE)
    assert isinstance(found, Deployed)
    assert found.commit == commit


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
