"""AWS Organizations, read only: the accounts of the organization, and their tags."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from promote_tui.adapters.aws import refusals
from promote_tui.adapters.aws.calls import call_checked
from promote_tui.adapters.aws.errors import NoPermissionError
from promote_tui.core.errors import AwsError
from promote_tui.core.model.organization import MemberAccount
from promote_tui.core.model.pipeline import Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.adapters.aws.session import AwsSession
    from promote_tui.core.model.pipeline import Aws
    from promote_tui.core.value import Json

_AT_ONCE = 4
"""How many accounts are asked for their tags at once: AWS answers some ten such calls a second."""
_SUBJECT = "organization"
_NOT_IN_USE = "AWSOrganizationsNotInUseException"
_READERS = "name the management account or a delegated administrator in `organization.aws`, see docs/iam.md"


class AwsOrganization:
    """The OrganizationReader port."""

    def __init__(self, accounts: AwsAccounts, aws: Aws) -> None:
        self._accounts = accounts
        self._target = Target(_SUBJECT, _SUBJECT, "", "", aws)

    def target(self) -> Target:
        """Return the target through whose credentials the organization is read."""
        return self._target

    def members(self) -> tuple[MemberAccount, ...]:
        """Return every account of the organization, without its tags."""
        return call_checked(self._accounts, self._target, lambda session: tuple(_members(session)))

    def tags(self, accounts: Sequence[str]) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Return the tags of these accounts by their numbers."""
        with ThreadPoolExecutor(_AT_ONCE, "tags") as pool:
            return dict(zip(accounts, pool.map(self._tags_of, accounts), strict=True))

    def _tags_of(self, account: str) -> tuple[tuple[str, str], ...]:
        return call_checked(self._accounts, self._target, lambda session: tuple(_tags(session, account)))


def _members(session: AwsSession) -> Iterator[MemberAccount]:
    for page in _pages(session, "list_accounts"):
        for each in page["Accounts"]:
            state = str(each.get("State") or each["Status"])  # the latter is going to be removed
            yield MemberAccount(each["Id"], each.get("Name", ""), state.lower().replace("_", " "))


def _tags(session: AwsSession, account: str) -> Iterator[tuple[str, str]]:
    for page in _pages(session, "list_tags_for_resource", ResourceId=account):
        yield from ((each["Key"], each["Value"]) for each in page["Tags"])


def _pages(session: AwsSession, operation: str, **asked: str) -> Iterator[Json]:
    """Yield each page of an answer; raises AwsError where the account may not be told."""
    try:
        yield from session.client("organizations").get_paginator(operation).paginate(**asked)
    except ClientError as error:
        if refusals.code(error) == _NOT_IN_USE:
            raise AwsError(_SUBJECT, "its account is in no organization", _READERS) from error
        if refusals.is_denied(error):
            cause = f"no permission for {error.operation_name}: {refusals.message(error)}"
            raise NoPermissionError(_SUBJECT, cause, _READERS) from error
        raise
