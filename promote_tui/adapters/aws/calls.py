"""Calls into a stage's account: with credentials that STS has confirmed, and with retries."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from promote_tui.adapters.aws.refusals import is_throttled
from promote_tui.core.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.adapters.aws.session import AwsSession
    from promote_tui.core.model.pipeline import Target
    from promote_tui.ports import Clock

T = TypeVar("T")


def call_checked(accounts: AwsAccounts, target: Target, work: Callable[[AwsSession], T]) -> T:
    """Make a call with the target's session, once STS has confirmed that its credentials are for the account.

    What the SDK raises leaves as AwsError or CredentialsError.
    """
    identity = accounts.identity(target)
    if identity.account != target.aws.account:
        cause = f"the credentials are for account {identity.account}, {target.stage} is {target.aws.account}"
        raise AwsError(str(target), cause, "fix the stage's profile")
    with accounts.session(target) as session:
        return retry_throttled(lambda: work(session), accounts.clock, accounts.limits.patience)


def retry_throttled(call: Callable[[], T], clock: Clock, seconds: float) -> T:
    """Make a call; repeat it while AWS throttles it and time is left.

    The SDK's adaptive mode sets the pace: each further try waits as long as AWS has made it to.
    """
    deadline = clock.monotonic() + seconds
    while True:
        try:
            return call()
        except ClientError as error:
            if not is_throttled(error) or clock.monotonic() >= deadline:
                raise
