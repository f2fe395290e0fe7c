"""How `accounts` shows the accounts, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.accounts import AccountsOutput
from promote_tui.cli.text.accounts import account_lines
from promote_tui.cli.views.base import JsonView, View

if TYPE_CHECKING:
    from promote_tui.core.organization.report import AccountsReport


class AccountsView(Protocol):
    """Shows the accounts."""

    def accounts(self, report: AccountsReport) -> None:
        """Show them, and what is wrong."""


class AccountsHuman(View):
    """A line for each account, then for each thing that is wrong or was not checked."""

    def accounts(self, report: AccountsReport) -> None:
        """Print them."""
        self.context.out.lines(account_lines(report, self.context.out.style))


class AccountsJson(JsonView):
    """The accounts as JSON."""

    def accounts(self, report: AccountsReport) -> None:
        """Write them."""
        self.write(AccountsOutput.of(self.context.engine.pipeline.project, report))
