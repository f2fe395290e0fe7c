"""What a stack says about its stage: the one decision that makes a cell of a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core import wildcard
from promote_tui.core.model.cells import Deployed, Halfway, InProgress, Never, Unreachable, Unreported
from promote_tui.core.model.commit_names import CommitAlias, NamedCommits, full_hash, kind_of, lookup_keys
from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.model.pipeline import StackTag
from promote_tui.core.model.stack_status import FIRST_ATTEMPT_FAILED, Phase
from promote_tui.core.text import plural
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from promote_tui.core.model.cells import Cell, StackState
    from promote_tui.core.model.pipeline import CommitSource, StackOutput, Target

_FIRST_ATTEMPT = frozenset({"CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"})
"""Statuses of a stack that was never complete yet."""

DEPLOYED_COMMIT = "DeployedCommit"
"""The output that a package of ours has beside a commit tag; it says the same as the tag."""

_PROMOTE = "promote to it once: the package then reports its commit"
_REMEDY = f"{_PROMOTE}; or set `output` in the configuration"
_NAMED = 3


def commit_text(
    source: CommitSource,
    outputs: Iterable[tuple[str, str]],
    tags: Iterable[tuple[str, str]],
    bucket_output: str = "",
) -> str | None:
    """Return the text of the output or tag that holds the commit; None where there is none, or more than one.

    `bucket_output` is the one that the deployer gives a stack that holds nothing yet, empty where it makes none.

    Of several outputs the one that says that its code is no commit's goes first: nothing makes that code clean. Then
    a full hash, another name with a hash in it, any other text; each time in the order of the configuration.
    """
    outputs = tuple(outputs)
    if isinstance(source, StackTag):
        found = [value for name, value in tags if name == source.name]
        return found[0] if len(found) == 1 and _believed(found[0], dict(outputs), bucket_output) else None
    groups = [[value for name, value in outputs if wildcard.matches(each, name)] for each in source.names]
    return _preferred(groups)


def _preferred(groups: Sequence[Sequence[str]]) -> str | None:
    for kind in ("dirty", "full", "hash"):
        for group in groups:
            found = {value.strip() for value in group if kind_of(value) == kind}
            if found:
                return min(found) if len(found) == 1 or kind == "dirty" else None
    single = [group[0] for group in groups if len(group) == 1]
    return next((text for text in single if kind_of(text) != "nothing"), next(iter(single), None))


def _believed(tag: str, outputs: Mapping[str, str], bucket_output: str) -> bool:
    """Tell whether a commit tag counts.

    A deployer may tag a new stack when it creates it with nothing but its bucket: should the
    upload or the first update fail then, the tag names a commit that never ran. So a stack whose
    only output is that bucket's name has no commit, whatever its status; a package of ours always
    has one more output. Where that one is missing, somebody else deployed, and the tag counts.
    """
    return list(outputs) != [bucket_output] and outputs.get(DEPLOYED_COMMIT, tag) == tag


def cell_of(target: Target, stack: StackState | None, source: CommitSource, bucket_output: str = "") -> Cell:
    """Return the cell that a stack makes (None: there is no stack): the first row that fits.

    `bucket_output` is as in `commit_text`.
    """
    if stack is None or stack.status.phase is Phase.GONE:
        return Never(target)
    commit = valid_sha(stack.commit)
    if stack.status.phase is Phase.MOVING:
        return InProgress(target, stack, commit)
    if stack.status_name in FIRST_ATTEMPT_FAILED:
        return Never(target, stack)
    if is_halfway(stack):
        return Halfway(target, stack, StuckOperation(stack.status_name, commit or ""))
    if commit is None:
        return _unreported(target, stack, source, bucket_output)
    return Deployed(target, stack, commit)


def is_halfway(stack: StackState) -> bool:
    """Tell whether a stack got stuck on the way from one commit to another: it runs neither of them."""
    return stack.status.phase is Phase.STUCK and stack.status_name not in FIRST_ATTEMPT_FAILED


def running_commit(stack: StackState | None) -> str | None:
    """Return the commit that a stack at rest runs; None where it names none, never worked, or is half-way."""
    if stack is None or stack.status_name in FIRST_ATTEMPT_FAILED or is_halfway(stack):
        return None
    return valid_sha(stack.commit)


def unknown_words(cell: Cell) -> str:
    """Return why the commit of a stage is unknown; empty where it is known, or where nothing was deployed."""
    match cell:
        case Unreported(reason=reason) | Unreachable(reason=reason):
            return reason
        case Halfway(between=between):
            return str(between)
        case InProgress(was=None, stack=stack) if stack.status_name not in _FIRST_ATTEMPT:
            return f"the stack is {stack.status_name} and names no commit"
        case _:
            return ""


def describe_unknown(stage: str, cell: Cell) -> str:
    """Return in words that it cannot be told what a stage runs, and why; empty where it can."""
    why = unknown_words(cell)
    return f"the commit of {stage} is unknown: {why}" if why else ""


def valid_sha(text: str | None) -> str | None:
    """Return the commit that the text names, a full hash in lower case; None for everything else."""
    return full_hash(text)


def resolve_name(cell: Cell, meaning: NamedCommits | None, source: CommitSource) -> Cell:
    """Return the cell of a stack that names its commit otherwise, by what the service's clone knows of the name.

    Where it is one commit, the cell is as with the full hash; where it is none, or more than one, that is said.
    """
    stack = None if isinstance(cell, Unreachable) else cell.stack
    if stack is None or not stack.commit_name:
        return cell
    if meaning is not None and len(meaning.commits) == 1:
        return cell_of(cell.target, with_commit(stack, meaning), source)
    if not isinstance(cell, Unreported):
        return cell
    several = meaning is not None and len(meaning.commits) > 1
    why = "which is more than one commit in this clone" if several else _absent(cell.says)
    remedy = "put all 40 digits into the output" if several else _FETCH
    return replace(cell, reason=f"{_kind(source)} names {cell.says}, {why}", remedy=f"{remedy}; or {_PROMOTE}")


_FETCH = "git fetch --tags"


def _absent(text: str) -> str:
    return (
        "which is not in this clone" if kind_of(text) == "hash" else "which is neither a commit nor a tag in this clone"
    )


def with_commit(stack: StackState, meaning: NamedCommits) -> StackState:
    """Return the stack by the one commit that its text means."""
    return replace(stack, commit=meaning.commits[0], alias=CommitAlias(stack.commit_name, meaning.by_tag))


def _unreported(target: Target, stack: StackState, source: CommitSource, bucket_output: str) -> Unreported:
    says = stack.commit_name
    if not says:
        return Unreported(target, stack, _why_unreported(stack, source, bucket_output), _remedy(stack, source))
    why = "which is not a full hash" if lookup_keys(says) else "which is not a commit"
    remedy = _PROMOTE if kind_of(says) == "dirty" else _remedy(stack, source)
    return Unreported(target, stack, f"{_kind(source)} names {says}, {why}", remedy, says)


def _kind(source: CommitSource) -> str:
    if isinstance(source, StackTag):
        return f"its tag {source.name}"
    return f"its output {' or '.join(source.names)}"


def _remedy(stack: StackState, source: CommitSource) -> str:
    """Return the next step: where another output holds a full hash already, it is to name that one."""
    asked = () if isinstance(source, StackTag) else source.names
    held = [
        name
        for name, value in stack.outputs
        if full_hash(value) and not any(wildcard.matches(each, name) for each in asked)
    ]
    if not held:
        return _REMEDY
    choices = " or ".join(f"`output: {name}`" for name in held[:_NAMED])
    hold = "it holds a full hash" if len(held) == 1 else "each holds a full hash"
    return f"set {choices} for the service in the configuration: {hold}; or {_PROMOTE}"


def _why_unreported(stack: StackState, source: CommitSource, bucket_output: str) -> str:
    if stack.commit is not None:
        value = stack.commit.strip()
        return f'{_kind(source)} says "{value}"' if value else f"{_kind(source)} is empty"
    outputs = dict(stack.outputs)
    if isinstance(source, StackTag):
        return _why_no_tag(source, outputs, bucket_output)
    return _why_no_output(source, outputs)


def _why_no_tag(source: StackTag, outputs: Mapping[str, str], bucket_output: str) -> str:
    if list(outputs) == [bucket_output]:
        return f"the stack has only its deployment bucket, so a tag {source.name} may be of a deploy that failed"
    if DEPLOYED_COMMIT in outputs:
        return f'its output {DEPLOYED_COMMIT} says "{outputs[DEPLOYED_COMMIT]}", and its tag {source.name} does not'
    return f"the stack has no tag {source.name}"


def _why_no_output(source: StackOutput, outputs: Mapping[str, str]) -> str:
    wanted = " or ".join(source.names)
    found = [name for name in outputs if any(wildcard.matches(each, name) for each in source.names)]
    if len(found) > 1:
        return f"{plural(len(found), 'output')} match {wanted}: {', '.join(found[:_NAMED])}"
    return f"the stack has no output {wanted}"
