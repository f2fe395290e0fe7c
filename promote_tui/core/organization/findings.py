"""What is wrong with the accounts of the stages, each with its next step."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.text import join_words
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.core.model.organization import AccountRule, MemberAccount
    from promote_tui.core.organization.facts import AccountFacts, StageAccount

FindingKind: TypeAlias = Literal[
    "credentials",
    "not_in_organization",
    "not_active",
    "wrong_account",
    "stage_without_account",
    "shared_account",
    "ambiguous_rules",
    "account_without_stage",
]


class AccountFinding(Value):
    """Something that is wrong; `stages` and `account` are empty where it is about none.

    `services` are those alone that have an account of their own in the stage.
    """

    kind: FindingKind
    reason: str
    remedy: str
    stages: tuple[str, ...] = ()
    account: str = ""
    services: tuple[str, ...] = ()


def find_wrong_accounts(facts: AccountFacts) -> tuple[AccountFinding, ...]:
    """Return what is wrong with where stages deploy, then with the rules, then the accounts that are nobody's."""
    each = [found for place in facts.stages for found in _of_place(facts, place)]
    return (*each, *_without_account(facts), *_shared(facts), *_ambiguous(facts), *_without_stage(facts))


def _of_place(facts: AccountFacts, place: StageAccount) -> Iterator[AccountFinding]:
    if place.reached not in {None, place.account}:
        reason = f"the credentials are for {facts.label(place.reached or '')}, not for {facts.label(place.account)}"
        yield _about(place, "credentials", reason, "fix its profile or its role")
    if facts.members is None:
        return
    member = facts.member(place.account)
    if member is None:
        yield _about(place, "not_in_organization", f"{place.account} is not in the organization", _correct(place))
        return
    if not member.is_active:
        remedy = f"have the account reopened, or {_correct(place)}"
        yield _about(place, "not_active", f"{member} is {member.state}", remedy)
    rule = facts.rules.of(place.stage)
    given = _given(facts, rule)
    if rule and given and rule.matches(member) is False:
        reason = f"{member} is configured, but the rule ({rule}) gives {_labels(given)}"
        yield _about(place, "wrong_account", reason, f"{_correct(place)}, or the rule")


def _about(place: StageAccount, kind: FindingKind, reason: str, remedy: str) -> AccountFinding:
    return AccountFinding(kind, reason, remedy, (place.stage,), place.account, place.services)


def _correct(place: StageAccount) -> str:
    """Return what to correct: the stage's account, or that of services that are exceptions."""
    if not place.services:
        return f"correct the account of {place.stage}"
    return f"correct the account of {join_words(place.services)} in {place.stage}"


def _given(facts: AccountFacts, rule: AccountRule | None) -> list[MemberAccount]:
    return [account for account in facts.members or () if rule and rule.matches(account)]


def _labels(accounts: Sequence[MemberAccount]) -> str:
    return join_words([str(account) for account in accounts])


def _without_account(facts: AccountFacts) -> Iterator[AccountFinding]:
    for stage, rule in facts.rules.stages:
        if facts.members is not None and all(rule.matches(account) is False for account in facts.members):
            reason = f"no account of the organization matches its rule ({rule})"
            remedy = f"correct `organization.stages.{stage}`, or name or tag its account so"
            yield AccountFinding("stage_without_account", reason, remedy, (stage,))


def _shared(facts: AccountFacts) -> Iterator[AccountFinding]:
    """Yield the accounts of several stages that do not have one and the same rule."""
    ordered = sorted(facts.stages, key=lambda place: place.account)
    for account, places in groupby(ordered, key=lambda place: place.account):
        stages = _in_order(facts, {place.stage for place in places})
        rules = {facts.rules.of(stage) for stage in stages}
        if len(stages) > 1 and (len(rules) > 1 or None in rules):
            reason = f"{join_words(stages)} deploy to the same account, {facts.label(account)}"
            remedy = "give each an account of its own, or, where that is meant, all of them the same rule"
            yield AccountFinding("shared_account", reason, remedy, stages, account)


def _in_order(facts: AccountFacts, stages: set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place.stage for place in facts.stages if place.stage in stages))


def _ambiguous(facts: AccountFacts) -> Iterator[AccountFinding]:
    for account in facts.members or ():
        stages = tuple(facts.given_to(account))
        if account.is_active and len({facts.rules.of(stage) for stage in stages}) > 1:
            reason = f"different rules, of {join_words(stages)}, give {account}"
            remedy = "make them narrower, so that each account is given by one"
            yield AccountFinding("ambiguous_rules", reason, remedy, stages, account.id)


def _without_stage(facts: AccountFacts) -> Iterator[AccountFinding]:
    used = {place.account for place in facts.stages} | {account for account, _ in facts.others}
    for account in facts.members or ():
        given = any(facts.given_to(account)) or facts.is_of_another_user(account)
        known = account.id in used or given or facts.rules.ignores(account)
        if account.is_active and not known and not facts.is_undecided(account):
            reason = f"{account} is no stage's: none deploys to it, and no rule gives it"
            remedy = "add its stage, or its name to `organization.ignore`"
            yield AccountFinding("account_without_stage", reason, remedy, (), account.id)
