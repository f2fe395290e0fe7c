"""A service whose stages stand apart on one branch, as a person would find it: what the screens of commits show."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from promote_tui.core.git.commits import CommitDetail, CommitDifference, FileDetail, Patch
from promote_tui.core.git.relation import Ahead, Behind, Same
from promote_tui.core.model.pipeline import FileChange
from promote_tui.core.runs.verification import NotVerified, VerifiedBy
from promote_tui.core.value import replace
from tests.support.fakes import world

if TYPE_CHECKING:
    from tests.support.fakes.engine import FakeEngine

ROWS = (
    ("3f2a9c1", "Retry refunds on 409", "ana", 2),
    ("b7710ce", "Add idempotency key to refunds", "joe", 26),
    ("19d4f52", "Bump powertools to 3.2", "bot", 30),
    ("a81be07", "Fix invoice rounding", "ana", 6 * 24),
    ("44c0d1e", "Cache the price table", "lea", 6 * 24 + 2),
    ("5d90c2e", "Charge in the customer's currency", "joe", 7 * 24),
    ("e1170ab", "Split tax from the total", "ana", 12 * 24),
    ("9c02b77", "Round half to even", "ana", 13 * 24),
    ("77ab310", "Log the invoice id", "lea", 14 * 24),
    ("f5512bc", "Send invoices as PDF and as plain text, each in the customer's language", "ana", 21 * 24),
    ("11c6be8", "First version", "ana", 84 * 24),
)
COMMITS = tuple(world.commit(*row) for row in ROWS)
PARENTS = {old.sha: new for old, new in pairwise(COMMITS)}
BODY = """The provider answers 409 while a refund of the same order is under way. Retry with backoff for 30 s, then
park the message.

Refs: PAY-311"""
FILES = (
    FileDetail("M", "services/billing/src/refunds.ts", 38, 9, shared=False),
    FileDetail("A", "services/billing/src/backoff.ts", 21, 0, shared=False),
    FileDetail("M", "services/billing/serverless.yml", 4, 3, shared=False),
    FileDetail("M", "libs/http/client.ts", 2, 2, shared=True),
)
PATCH = """diff --git a/libs/http/client.ts b/libs/http/client.ts
index 1111111..2222222 100644
--- a/libs/http/client.ts
+++ b/libs/http/client.ts
@@ -10,4 +10,4 @@ export class Client {
   async send(request: Request) {
-    return this.once(request)
+    return this.retry(request, { on: [409] })
   }
 }
diff --git a/services/billing/serverless.yml b/services/billing/serverless.yml
index 3333333..4444444 100644
--- a/services/billing/serverless.yml
+++ b/services/billing/serverless.yml
@@ -31,2 +31,3 @@ functions:
   refund:
-    timeout: 10
+    timeout: 40
+    reservedConcurrency: 5
diff --git a/services/billing/src/backoff.ts b/services/billing/src/backoff.ts
new file mode 100644
index 0000000..5555555
--- /dev/null
+++ b/services/billing/src/backoff.ts
@@ -0,0 +1,3 @@
+export function* backoff(seconds: number) {
+\tfor (let wait = 0.1; wait < seconds; wait *= 2) yield wait * (0.5 + Math.random() / 2) // or all come at once
+}
"""
CHANGES = (
    FileChange("M", "libs/http/client.ts"),
    FileChange("M", "services/billing/serverless.yml"),
    FileChange("A", "services/billing/src/backoff.ts"),
)


def fill(engine: FakeEngine) -> None:
    """Let `billing` run the tip in dev, three commits less in staging and two less again in prod."""
    script = engine.script
    script.logs["billing", None] = tuple(
        replace(commit, parents=(PARENTS[commit.sha].sha,)) if commit.sha in PARENTS else commit for commit in COMMITS
    )
    script.count = 212
    script.cells["billing", "prod"] = world.deployed("billing", "prod", "5d90c2e", Behind(2), hours=150)
    tip, base = script.logs["billing", None][0], COMMITS[1]
    script.details[tip.sha] = CommitDetail(tip, BODY, base.sha, FILES, len(FILES))
    since = world.NOW - timedelta(hours=2)
    script.stories[tip.sha, "dev"] = (VerifiedBy("run-0217", tip.sha, since), Same())
    script.stories[tip.sha, "staging"] = (NotVerified("never"), Ahead(3))
    script.stories[tip.sha, "prod"] = (NotVerified("never"), Ahead(5))
    script.files, script.patch = CHANGES, Patch(PATCH, cut=False)
    script.between = CommitDifference(COMMITS[:1])
