"""What waits for ana, for tests of the inbox's screen."""

from __future__ import annotations

from datetime import timedelta

from promote_tui.core.inbox.item import InboxItem
from promote_tui.core.value import replace
from tests.support.fakes import world

APPROVAL = InboxItem(
    "approval",
    ("orders",),
    "prod",
    "8d20b6e Retry refunds on 409: 0 of 1 approval so far",
    "promote-tui approve orders --to prod --commit 8d20b6e",
    world.NOW - timedelta(hours=2),
    commit=world.sha("8d20b6e"),
    subject="Retry refunds on 409",
)
SECOND = replace(
    APPROVAL,
    services=("billing",),
    words="a81be07 Fix invoice rounding: 0 of 1 approval so far",
    command="promote-tui approve billing --to prod --commit a81be07",
    since=world.NOW - timedelta(days=1),
    is_mine=True,
    commit=world.sha("a81be07"),
    subject="Fix invoice rounding",
)
OF_RELEASE = InboxItem(
    "approval",
    ("catalog", "emails", "reports"),
    "prod",
    "0 of 1 approval so far, 3 services",
    "promote-tui release approve 2026-01-31",
    world.NOW - timedelta(minutes=20),
    release="2026-01-31",
)
TICK = replace(
    APPROVAL,
    kind="tick",
    words="QA signed off, for 8d20b6e Retry refunds on 409",
    command="promote-tui check 'QA signed off' orders --to prod --commit 8d20b6e",
    entry="QA signed off",
)
SOAKED = replace(
    SECOND,
    kind="soak",
    services=("reports",),
    words="5cc1f02 Sort by date: verified 5h ago; every gate passes",
    command="promote-tui promote reports --to prod --commit 5cc1f02",
    is_mine=False,
)
HOLD = InboxItem(
    "hold",
    ("checkout",),
    "prod",
    "on hold by lea since 2026-01-29: incident 42",
    "promote-tui unhold checkout prod --reason WHY",
    world.NOW - timedelta(days=2),
)
HOTFIX = InboxItem(
    "hotfix",
    ("billing",),
    "prod",
    "hotfix 5d90c2e is not merged back into main",
    "git switch main && git merge 5d90c2e",
    world.NOW - timedelta(days=3),
    commit=world.sha("5d90c2e"),
)
EXTERNAL = InboxItem(
    "external",
    ("emails",),
    "dev",
    "updated by joe on 2026-01-31 09:00 UTC, outside of promote-tui",
    "promote-tui adopt emails dev --reason WHY",
    world.NOW - timedelta(hours=3),
)
PAUSED = InboxItem(
    "release",
    ("webhooks",),
    "staging",
    "in trouble: webhooks",
    "promote-tui release show friday",
    world.NOW - timedelta(minutes=5),
    is_mine=True,
    release="friday",
)
UNREAD = InboxItem(
    "unread",
    ("webhooks", "identity"),
    "prod",
    "the session of profile acme-prod has expired",
    "aws sso login --profile acme-prod",
)
EVERYTHING = (APPROVAL, SECOND, OF_RELEASE, TICK, SOAKED, HOLD, HOTFIX, EXTERNAL, PAUSED, UNREAD)
