"""A promotion in a few lines of plain text, for a chat or a ticket."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from promote_tui.core.git.links import commit_url, compare_url, console_url
from promote_tui.core.model.cells import stack_of
from promote_tui.core.text import clean, plural
from promote_tui.tui.presentation.review import changes, resource_effects
from promote_tui.tui.presentation.review.authors import commit_count_words
from promote_tui.tui.presentation.review.facts import base_name, is_unknown_base

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.tui.presentation.review.model import Review

_LISTED = 20


def copies(review: Review) -> list[tuple[str, str]]:
    """Return the command, the hash, and what the promotion is in a few lines."""
    if review.draft is None:
        return []
    command = [("command", shlex.join(review.plan.command))] if review.plan else []
    return [*command, ("hash", review.draft.commit.sha), ("summary", summary(review))]


def pages(review: Review, repo: str) -> list[tuple[str, str]]:
    """Return the console's page of the stack, and the pages of the commit and the comparison where there are."""
    draft = review.draft
    if draft is None:
        return []
    stack = stack_of(draft.cell)
    found = {
        "stack": console_url(review.target.aws.region, stack.id) if stack else None,
        "commit": commit_url(repo, draft.commit.sha),
        "comparison": compare_url(repo, draft.deployed.sha, draft.commit.sha) if draft.deployed else None,
    }
    return [(what, url) for what, url in found.items() if url]


def summary(review: Review) -> str:
    """Return where it goes, from and to, the commits, and how the gates stand."""
    draft, target = review.draft, review.target
    if draft is None:
        return ""
    where = f"{target.service} to {target.stage} ({target.aws.account} {target.aws.region}, stack {target.stack})"
    size = "changes unknown" if is_unknown_base(draft) else commit_count_words(draft).removeprefix("deploys ")
    lines = [where, f"{base_name(draft)} -> {draft.commit.short}, {size}"]
    lines += [f"- {_commit(commit)}" for commit in draft.brings[:_LISTED]]
    lines += [f"- and {len(draft.brings) - _LISTED} more"] if len(draft.brings) > _LISTED else []
    lines += [f"removes {_commit(commit)}" for commit in draft.removes[:_LISTED]]
    lines += _changes(review)
    lines += [f"checkout: {words}" for words in changes.warnings(review)]
    gates = [f"{gate.name}: {gate.reason}" for gate in review.failing_gates]
    lines += [f"blocked: {words}" for words in gates] or [f"{plural(len(review.gates), 'gate')} pass"]
    return "\n".join(clean(words) for words in lines)


def _changes(review: Review) -> list[str]:
    found = review.resources
    if found is None:
        return []
    if found.unknown:
        return [f"changes unknown: {found.unknown}"]
    counts = ", ".join(part.plain for part in resource_effects.change_counts(found))
    told = [f"changes: {counts}{' (predicted)' if found.predicted else ''}"] if counts else []
    return told + [f"{label.lower()} {names}: {fate}" for label, names, fate in resource_effects.losses(found)]


def _commit(commit: Commit) -> str:
    return f"{commit.short} {commit.subject} ({commit.author})"
