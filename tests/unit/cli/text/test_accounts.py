"""Each finding is a line with its subject, and a next step below it, whatever it is about."""

from __future__ import annotations

from typing import get_args

import pytest

from promote_tui.cli.outputs.accounts import AccountsOutput
from promote_tui.cli.text.accounts import account_lines
from promote_tui.cli.text.style import Style
from promote_tui.core.organization.findings import AccountFinding, FindingKind
from promote_tui.core.organization.report import AccountsReport

SUBJECTS = {
    ((), ()): "no stage",
    (("dev",), ()): "dev",
    (("dev", "qa"), ()): "dev and qa",
    (("dev",), ("a", "b", "c", "d")): "dev (a, b, c and 1 more)",
}


@pytest.mark.parametrize("kind", get_args(FindingKind))
@pytest.mark.parametrize("about", SUBJECTS)
def test_every_finding_is_said(kind: FindingKind, about: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    stages, services = about
    report = AccountsReport((), (AccountFinding(kind, "it is wrong", "fix it", stages, "", services),))
    assert account_lines(report, Style()) == ["", f"✗  {SUBJECTS[about]}  it is wrong", "   next: fix it"]
    (found,) = AccountsOutput.of("acme", report).findings
    assert (found.kind, found.account, found.stages) == (kind, None, stages)
