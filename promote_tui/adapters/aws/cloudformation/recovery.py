"""CloudFormation: the calls that free a stuck stack; each only begins it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.adapters.aws.calls import call_checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_cloudformation import CloudFormationClient

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.core.model.pipeline import Target


class CloudFormationRecovery:
    """The StackRecoverer port."""

    def __init__(self, accounts: AwsAccounts) -> None:
        self._accounts = accounts

    def continue_rollback(self, target: Target, stack_id: str, skip: Sequence[str]) -> None:
        """Continue the rollback of an update that failed, and leave the resources `skip` as they are."""
        call_checked(self._accounts, target, lambda session: _continue(session.cloudformation(), stack_id, skip))

    def roll_back(self, target: Target, stack_id: str) -> None:
        """Roll a stack back whose update failed and was not rolled back."""
        call_checked(
            self._accounts, target, lambda session: session.cloudformation().rollback_stack(StackName=stack_id)
        )

    def delete(self, target: Target, stack_id: str) -> None:
        """Delete a stack."""
        call_checked(self._accounts, target, lambda session: session.cloudformation().delete_stack(StackName=stack_id))


def _continue(client: CloudFormationClient, stack_id: str, skip: Sequence[str]) -> None:
    """Make the call; an empty list of resources is refused, and left out."""
    if skip:
        client.continue_update_rollback(StackName=stack_id, ResourcesToSkip=[*skip])
    else:
        client.continue_update_rollback(StackName=stack_id)
