"""Whose approvals count, how many there are, and how many are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates import decisions as decided
from promote_tui.core.text import plural, short
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.model.team_rules import Approvals


class Tally(Value):
    """The approvals that one code has for a stage, and how many are `wanted`.

    `counted` are the people whose approval counts, `outsiders` those outside of the groups. `includes_own`: the
    promoter has approved it, too.
    """

    wanted: int
    counted: tuple[str, ...] = ()
    outsiders: tuple[str, ...] = ()
    includes_own: bool = False
    groups: tuple[str, ...] = ()

    @property
    def is_enough(self) -> bool:
        """Whether there are enough of them."""
        return len(self.counted) >= self.wanted

    @property
    def group_words(self) -> str:
        """Return ` of leads or sre`, empty where everybody's word counts."""
        return f" of {' or '.join(self.groups)}" if self.groups else ""

    @property
    def count_words(self) -> str:
        """Return `1 of 2 approvals of leads by bob`."""
        by = f"by {', '.join(self.counted)}" if self.counted else "so far"
        return f"{len(self.counted)} of {plural(self.wanted, 'approval')}{self.group_words} {by}"

    @property
    def discounted_words(self) -> str:
        """Return whose approval does not count, in brackets; empty where each does."""
        said = ["your own does not count"] if self.includes_own else []
        said += [f"{who} is not{self.group_words}" for who in self.outsiders]
        return f" ({'; '.join(said)})" if said else ""


def tally_approvals(
    rule: Approvals, decisions: Iterable[Decision], stage: str, promoter: str, trusted: tuple[str, ...] = ()
) -> Tally:
    """Count the approvals of a promotion by `promoter` (empty: by somebody who has not approved it)."""
    found = decided.approvals_by_person(decisions, stage, trusted)
    own = found.pop(promoter, None) is not None
    members = {who for who, each in found.items() if counts_for(rule, who, each.who)}
    given = tuple(each.who for who, each in found.items() if who in members)
    outside = tuple(each.who for who, each in found.items() if who not in members)
    return Tally(rule.count, given, outside, own, rule.groups)


def counts_for(rule: Approvals, person: str, who: str) -> bool:
    """Tell whether the rule lets this person's approvals count, by either name: the decisions' or what people say."""
    return not rule.people or bool({person, who} & {*rule.people})


class ApprovalEffect(Value):
    """What an approval comes to: whether it can count at all, and in words what counts and what is missing."""

    counts: bool
    words: str


def approval_effect(
    made: Decision, rule: Approvals | None, decisions: Iterable[Decision], trusted: tuple[str, ...] = ()
) -> ApprovalEffect:
    """Return what a new approval is worth, whoever promotes."""
    if rule is None:
        return ApprovalEffect(counts=True, words=f"{made.stage} requires no approvals; it counts only for a hotfix")
    found = tally_approvals(rule, decisions, made.stage or "", "", trusted)
    if made.who in found.outsiders and made.who not in found.counted:
        return ApprovalEffect(counts=False, words=f"{made.who} is not{found.group_words}; {found.count_words}")
    return ApprovalEffect(counts=True, words=f"{found.count_words}, {_rest(found, made.who)}")


def _rest(found: Tally, who: str) -> str:
    """Return what is missing: a promoter's own approval does not count, so it depends on who promotes."""
    left = found.wanted - len(found.counted)
    if left > 0:
        return f"{left} more needed{found.group_words}; it counts only if somebody else promotes"
    if left < 0:
        return "enough, whoever promotes"
    return f"enough only if somebody else promotes; if {who} does, 1 more is needed{found.group_words}"


def approval_words(made: Decision, found: ApprovalEffect) -> str:
    """Return the words for a recorded approval: `approved 8d20b6e as bob: 1 of 2 approvals by bob, ...`."""
    what = short(made.commit or "")
    return (
        f"approved {what} as {made.who}: {found.words}"
        if found.counts
        else (f"recorded the approval of {what} as {made.who}, but it does not count: {found.words}")
    )
