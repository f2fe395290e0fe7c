"""What a stack says about its stage: one decision, from the stack as it was read to the cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from promote_tui.core.gates import branch_matches
from promote_tui.core.model import Deployed, InProgress, Never, StackOutput, StackTag, Unreported
from promote_tui.core.stack import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promote_tui.core.model import Cell, CommitSource, StackState, Target

FIRST_ATTEMPT_FAILED = frozenset({"CREATE_FAILED", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"})
"""Statuses that only a stack has which was never created: whatever it says, nothing works there."""

DEPLOYED_COMMIT = "DeployedCommit"
"""The output that a package of ours has beside a commit tag; it says the same as the tag."""

_BUCKET_ONLY = ["ServerlessDeploymentBucketName"]
_FULL_HASH = re.compile(r"[0-9a-fA-F]{40}")
_NOT_REPORTED = frozenset({"", "unknown"})
_REMEDY = "promote to it once: the package then reports its commit; or set `output` in the configuration"


def commit_text(
    source: CommitSource, outputs: Iterable[tuple[str, str]], tags: Iterable[tuple[str, str]]
) -> str | None:
    """Return the text of the one output or tag that holds the commit; None where there is none, or more than one."""
    outputs = tuple(outputs)
    found = _matching(source, outputs, tags)
    if len(found) != 1 or (isinstance(source, StackTag) and not _believed(found[0][1], dict(outputs))):
        return None
    return found[0][1]


def _believed(tag: str, outputs: Mapping[str, str]) -> bool:
    """Tell whether a commit tag counts.

    The Serverless CLI tags a new stack when it creates it with nothing but its bucket: should the
    upload or the first update fail then, the tag names a commit that never ran. So a stack whose
    only output is that bucket's name has no commit, whatever its status; a package of ours always
    has one more output. Where that one is missing, somebody else deployed, and the tag counts.
    """
    return list(outputs) != _BUCKET_ONLY and outputs.get(DEPLOYED_COMMIT, tag) == tag


def _matching(
    source: CommitSource, outputs: Iterable[tuple[str, str]], tags: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    match source:
        case StackOutput(name=name):
            return [pair for pair in outputs if branch_matches(name, pair[0])]
        case StackTag(name=name):
            return [pair for pair in tags if pair[0] == name]
        case _:
            assert_never(source)


def cell_of(target: Target, stack: StackState | None, source: CommitSource) -> Cell:
    """Return what is known of a stage from its stack (None: there is none); the first row that fits."""
    if stack is None or stack.status.phase is Phase.GONE:
        return Never(target)
    commit = reported(stack.commit)
    if stack.status.phase is Phase.MOVING:
        return InProgress(target, stack, commit)
    if stack.status_name in FIRST_ATTEMPT_FAILED:
        return Never(target, stack)
    if commit is None:
        return Unreported(target, stack, _why_unreported(stack, source), _REMEDY)
    return Deployed(target, stack, commit)


def reported(text: str | None) -> str | None:
    """Return the commit that the text names, a full hash in lower case; None for `unknown` and for nothing."""
    value = (text or "").strip()
    if value.lower() in _NOT_REPORTED:
        return None
    return value.lower() if _FULL_HASH.fullmatch(value) else value


def _why_unreported(stack: StackState, source: CommitSource) -> str:
    kind = "tag" if isinstance(source, StackTag) else "output"
    if stack.commit is not None:
        value = stack.commit.strip()
        return f'its {kind} {source.name} says "{value}"' if value else f"its {kind} {source.name} is empty"
    outputs = dict(stack.outputs)
    if isinstance(source, StackTag) and list(outputs) == _BUCKET_ONLY:
        return f"the stack has only its deployment bucket, so a tag {source.name} may be of a deploy that failed"
    if isinstance(source, StackTag) and DEPLOYED_COMMIT in outputs:
        return f'its output {DEPLOYED_COMMIT} says "{outputs[DEPLOYED_COMMIT]}", and its tag {source.name} does not'
    several = [name for name, _ in _matching(source, stack.outputs, ())]
    if len(several) > 1:
        return f"{len(several)} outputs match {source.name}: {', '.join(several[:3])}"
    return f"the stack has no {kind} {source.name}"
