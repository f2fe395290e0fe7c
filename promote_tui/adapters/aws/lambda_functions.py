"""Lambda, read only: what the functions of an account and region run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.adapters.aws.calls import call_checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.adapters.aws.session import AwsSession
    from promote_tui.core.model.pipeline import Target


class LambdaFunctions:
    """The FunctionReader port: one list of all functions is cheaper than a call for each."""

    def __init__(self, accounts: AwsAccounts) -> None:
        self._accounts = accounts

    def code(self, target: Target) -> Mapping[str, str]:
        """Return CodeSha256 by the function's name, of all functions in the target's account and region."""
        return call_checked(self._accounts, target, _listed)


def _listed(session: AwsSession) -> dict[str, str]:
    pages = session.client("lambda").get_paginator("list_functions").paginate()
    return {each["FunctionName"]: each["CodeSha256"] for page in pages for each in page["Functions"]}
