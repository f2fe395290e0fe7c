"""Reads which accounts stages deploy to, and the organization's, for `accounts`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from promote_tui.core.errors import CredentialsError, PromoteError
from promote_tui.core.organization.facts import AccountFacts, NotChecked, StageAccount
from promote_tui.core.organization.report import report_accounts
from promote_tui.core.text import join_words
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.model.organization import AccountRules, MemberAccount
    from promote_tui.core.model.pipeline import Aws, Stage, Target
    from promote_tui.core.organization.report import AccountsReport
    from promote_tui.engine.context import Context
    from promote_tui.ports import OrganizationReader

_AT_ONCE = 8
_NOWHERE = NotChecked(
    "organization", "the configuration does not say where it is read", "add `organization`: see docs/accounts.md"
)


def read_accounts(context: Context) -> AccountsReport:
    """Return the accounts of the stages and of the organization, and what is wrong; what AWS does not say is named."""
    places = [place for stage in context.pipeline.stages for place in _places(context, stage)]
    with ThreadPoolExecutor(_AT_ONCE, "accounts") as pool:
        organization = pool.submit(_read_organization, context)
        reached = list(pool.map(lambda place: _reach(context, *place), places))
    members, missing = organization.result()
    stages = tuple(place for place, _ in reached if place.account)  # else it is nobody's, and that is the trouble
    facts = AccountFacts(_rules(context), stages, members, tuple(_others(context)))
    return report_accounts(facts, [*missing, *(trouble for _, trouble in reached if trouble)])


def _places(context: Context, stage: Stage) -> Iterator[tuple[StageAccount, Target]]:
    """Yield each account that a stage deploys to with other credentials, and a target there; regions are no matter."""
    found: dict[Aws, list[Target]] = {}
    for service in context.pipeline.services:
        target = service.target(stage.name)
        found.setdefault(replace(target.aws, region=stage.aws.region), []).append(target)
    for aws, targets in found.items():
        services = () if aws == stage.aws else tuple(target.service for target in targets)
        yield StageAccount(stage.name, aws.account, services), targets[0]


def _reach(context: Context, place: StageAccount, target: Target) -> tuple[StageAccount, NotChecked | None]:
    """Return the place with the account that its credentials are for, or why that is unknown."""
    try:
        return replace(place, reached=context.accounts.identity(target).account), None
    except PromoteError as error:
        subject = f"credentials of {place.stage}"
        subject += f" for {join_words(place.services)}" if place.services else ""
        return place, _trouble(subject, error)


def _read_organization(context: Context) -> tuple[tuple[MemberAccount, ...] | None, list[NotChecked]]:
    reader = context.ports.organization
    if reader is None:
        return None, [_NOWHERE]
    try:
        members = reader.members()
    except PromoteError as error:
        return None, [_trouble("organization", error)]
    return _with_tags(reader, members) if _rules(context).asks_for_tags else (members, [])


def _rules(context: Context) -> AccountRules:
    return context.pipeline.account_rules.of_user(context.pipeline.user)


def _with_tags(
    reader: OrganizationReader, members: tuple[MemberAccount, ...]
) -> tuple[tuple[MemberAccount, ...], list[NotChecked]]:
    try:
        tags = reader.tags([account.id for account in members])
    except PromoteError as error:
        return members, [_trouble("rules that go by tags", error)]
    return tuple(replace(account, tags=tags[account.id]) for account in members), []


def _trouble(subject: str, error: PromoteError) -> NotChecked:
    return NotChecked(subject, error.cause, error.remedy, isinstance(error, CredentialsError))


def _others(context: Context) -> Iterator[tuple[str, str]]:
    """Yield the accounts that the configuration names for something else than deploys, with what that is."""
    if ledger := context.ledger.target():
        yield ledger.aws.account, "ledger"
    if previews := context.pipeline.previews:
        yield previews.aws.account, "previews"
    if context.ports.organization:
        yield context.ports.organization.target().aws.account, "organization"
