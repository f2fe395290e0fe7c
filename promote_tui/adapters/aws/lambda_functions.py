"""Lambda, read only: what the functions of an account and region run, and which versions serve their requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from promote_tui.adapters.aws.calls import call_checked
from promote_tui.core.traffic.model import AliasRouting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.adapters.aws.session import AwsSession
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.value import Json

T = TypeVar("T")


class LambdaFunctions:
    """The FunctionReader port: one list of all functions is cheaper than a call for each."""

    def __init__(self, accounts: AwsAccounts) -> None:
        self._accounts = accounts

    def code(self, target: Target) -> Mapping[str, str]:
        """Return CodeSha256 by the function's name, of all functions in the target's account and region."""
        found = call_checked(self._accounts, target, _listed)
        return {each["FunctionName"]: each["CodeSha256"] for each in found}

    def log_groups(self, target: Target) -> Mapping[str, str]:
        """Return the log group by the function's name, of those functions that name theirs."""
        found = call_checked(self._accounts, target, _listed)
        named = {each["FunctionName"]: each.get("LoggingConfig", {}).get("LogGroup", "") for each in found}
        return {name: group for name, group in named.items() if group}

    def aliases(self, target: Target, function: str) -> tuple[AliasRouting, ...]:
        """Return the aliases of a function, with where each sends requests; none where there is no such function."""
        return call_checked(self._accounts, target, lambda session: _found(lambda: _aliases(session, function), ()))

    def version_code(self, target: Target, function: str, version: str) -> str:
        """Return CodeSha256 of a version; empty where there is no such version."""
        return call_checked(
            self._accounts, target, lambda session: _found(lambda: _version_code(session, function, version), "")
        )


def _listed(session: AwsSession) -> list[Json]:
    pages = session.client("lambda").get_paginator("list_functions").paginate()
    return [each for page in pages for each in page["Functions"]]


def _found(call: Callable[[], T], otherwise: T) -> T:
    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return otherwise
        raise


def _aliases(session: AwsSession, function: str) -> tuple[AliasRouting, ...]:
    pages = session.client("lambda").get_paginator("list_aliases").paginate(FunctionName=function)
    return tuple(_routing(each) for page in pages for each in page["Aliases"])


def _routing(alias: Json) -> AliasRouting:
    """Return where an alias sends requests: what its weights leave goes to the version that it names."""
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    others = tuple((version, float(share)) for version, share in weights.items() if version != alias["FunctionVersion"])
    rest = max(0.0, round(1 - sum(share for _, share in others), 6))
    return AliasRouting(alias["Name"], ((alias["FunctionVersion"], rest), *others))


def _version_code(session: AwsSession, function: str, version: str) -> str:
    found = session.client("lambda").get_function_configuration(FunctionName=function, Qualifier=version)
    return str(found["CodeSha256"])
