"""`accounts --json`: the accounts with their stages, what is wrong with them, and what was not checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from promote_tui.cli.outputs.base import Output, clean_text, clean_texts, text_or_null
from promote_tui.core.organization.findings import FindingKind

if TYPE_CHECKING:
    from promote_tui.core.organization.facts import NotChecked, StageAccount
    from promote_tui.core.organization.findings import AccountFinding
    from promote_tui.core.organization.report import AccountRow, AccountsReport


class StageAccountOutput(Output, frozen=True):
    """A stage that deploys to an account; `services` are those alone that are exceptions, empty for all.

    `credentials` is the account that the credentials are for, null where that was not checked.
    """

    stage: str
    services: tuple[str, ...]
    credentials: str | None

    @classmethod
    def of(cls, place: StageAccount) -> Self:
        """Return the wire form of a stage in an account."""
        return cls(clean_text(place.stage), clean_texts(place.services), text_or_null(place.reached))


class AccountOutput(Output, frozen=True):
    """One account; `name` and `state` are null where it is not in the organization, or that was not read.

    `given_to` are the stages whose rules give it to them.
    """

    account: str
    name: str | None
    state: str | None
    stages: tuple[StageAccountOutput, ...]
    given_to: tuple[str, ...]
    used_for: tuple[str, ...]
    ignored: bool

    @classmethod
    def of(cls, row: AccountRow) -> Self:
        """Return the wire form of an account."""
        return cls(
            account=clean_text(row.account),
            name=None if row.name is None else clean_text(row.name),
            state=text_or_null(row.state),
            stages=tuple(StageAccountOutput.of(place) for place in row.stages),
            given_to=clean_texts(row.given_to),
            used_for=clean_texts(row.used_for),
            ignored=row.is_ignored,
        )


class AccountFindingOutput(Output, frozen=True):
    """Something that is wrong with an account, a rule, or a stage's account."""

    kind: FindingKind
    stages: tuple[str, ...]
    account: str | None
    services: tuple[str, ...]
    reason: str
    remedy: str

    @classmethod
    def of(cls, found: AccountFinding) -> Self:
        """Return the wire form of a finding."""
        return cls(
            kind=found.kind,
            stages=clean_texts(found.stages),
            account=text_or_null(found.account),
            services=clean_texts(found.services),
            reason=clean_text(found.reason),
            remedy=clean_text(found.remedy),
        )


class NotCheckedOutput(Output, frozen=True):
    """What was not checked, and why."""

    subject: str
    reason: str
    remedy: str | None

    @classmethod
    def of(cls, missing: NotChecked) -> Self:
        """Return the wire form of what was not checked."""
        return cls(clean_text(missing.subject), clean_text(missing.reason), text_or_null(missing.remedy))


class AccountsOutput(Output, frozen=True):
    """The accounts of the organization and of the configuration."""

    project: str
    accounts: tuple[AccountOutput, ...]
    findings: tuple[AccountFindingOutput, ...]
    not_checked: tuple[NotCheckedOutput, ...]

    @classmethod
    def of(cls, project: str, report: AccountsReport) -> Self:
        """Return the wire form of a report."""
        return cls(
            project=clean_text(project),
            accounts=tuple(AccountOutput.of(row) for row in report.accounts),
            findings=tuple(AccountFindingOutput.of(found) for found in report.findings),
            not_checked=tuple(NotCheckedOutput.of(missing) for missing in report.not_checked),
        )
