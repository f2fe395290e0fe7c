"""A small believable pipeline in literals: commits, stacks, cells, drafts and plans for tests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from promote_tui.core.gates.model import GateResult
from promote_tui.core.git.links import compare_url
from promote_tui.core.git.relation import Ahead, Behind, Diverged, NotApplicable, Relation, Same, Unknown
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import Cell, CellKey, Deployed, InProgress, Never, StackState, Unreachable, Unreported
from promote_tui.core.model.pipeline import (
    Aws,
    Branch,
    Commit,
    Confirm,
    DeploySettings,
    FileChange,
    Pipeline,
    SavedView,
    Service,
    StackOutput,
    Stage,
    Target,
)
from promote_tui.core.model.stack_status import status
from promote_tui.core.model.tickets import Tickets
from promote_tui.core.next_steps import NextStep
from promote_tui.core.package.package import Checkout, Package, ResolvedTarget
from promote_tui.core.planning.plan import Draft, Fingerprint, Plan
from promote_tui.core.release_notes.model import End, Notes, ServiceNotes, authors, entries, sections
from promote_tui.core.value import replace

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
REGION = "eu-west-1"

STAGES = (
    Stage("dev", Aws(REGION, "111111111111", "acme-dev"), ("*",), ("develop",), "none"),
    Stage("staging", Aws(REGION, "222222222222", "acme-staging"), ("develop", "main"), (), "ask", "dev"),
    Stage("prod", Aws(REGION, "333333333333", "acme-prod"), ("main",), (), "type", "staging"),
)
NAMES = ("billing", "catalog", "checkout", "emails", "identity", "orders", "reports", "webhooks")
PASSED = (
    GateResult("stage order", passed=True, reason="runs in staging"),
    GateResult("branch", passed=True, reason="on main, which prod allows"),
    GateResult("stack", passed=True, reason="orders-prod is UPDATE_COMPLETE"),
    GateResult("account", passed=True, reason="333333333333 in eu-west-1"),
)
CLOSED = GateResult(
    "stage order",
    passed=False,
    reason="8d20b6e was never verified in staging",
    remedy="promote it to staging first",
    step=NextStep("promote", ("staging",)),
)


def sha(word: str) -> str:
    """Return 40 hex that begin with `word` where it is hex, else made from it."""
    digest = hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest()
    head = word if all(char in "0123456789abcdef" for char in word) else ""
    return (head + digest)[:40]


def commit(word: str, subject: str = "Fix invoice rounding", author: str = "ana", hours: float = 2) -> Commit:
    """Return a commit that was made some hours before NOW."""
    return Commit(sha(word), subject, author, NOW - timedelta(hours=hours))


def target(service: str, stage: str) -> Target:
    """Return where a service of the pipeline lands."""
    found = next(item for item in STAGES if item.name == stage)
    return Target(service, stage, f"{service}-{stage}", stage, found.aws)


def service(name: str) -> Service:
    """Return a service with a target in each stage."""
    targets = tuple(target(name, stage.name) for stage in STAGES)
    return Service(
        name, "/repos/acme", f"services/{name}", ("libs/",), StackOutput(), DeploySettings(("serverless",)), targets
    )


def pipeline(*names: str) -> Pipeline:
    """Return the pipeline `acme` of dev, staging and prod."""
    return Pipeline("acme", STAGES, tuple(service(name) for name in names or NAMES), "0" * 64, "/acme/promote-tui.yml")


def owned_pipeline() -> Pipeline:
    """Return the pipeline with owners: payments, who are ana and Joe, have billing and orders, lea has emails."""
    owners = {"billing": "payments", "orders": "payments", "emails": "lea"}
    made = pipeline()
    services = tuple(replace(each, owner=owners.get(each.name, "")) for each in made.services)
    view = SavedView("teams", "service:billing,emails,reports owner:payments,lea", "owner")
    return replace(made, services=services, groups=(("payments", ("ana@example.com", "Joe")),), views=(view,))


def stack(
    where: Target, commit_sha: str | None, state: str = "UPDATE_COMPLETE", hours: float = 2, account: str | None = None
) -> StackState:
    """Return a stack that was updated some hours before NOW."""
    owner = account or where.aws.account
    arn = f"arn:aws:cloudformation:{where.aws.region}:{owner}:stack/{where.stack}/1"
    return StackState(arn, where.stack, status(state), state, commit_sha, NOW - timedelta(hours=hours))


def deployed(
    name: str,
    stage: str,
    word: str,
    relation: Relation | None = None,
    *,
    state: str = "UPDATE_COMPLETE",
    hours: float = 2,
    run: str | None = None,
    known: bool = True,
    subject: str = "Fix invoice rounding",
) -> CellView:
    """Return the view of a stage that runs a commit."""
    where = target(name, stage)
    before = next(item.after for item in STAGES if item.name == stage)
    cell = Deployed(where, stack(where, sha(word), state, hours), sha(word))
    found = commit(word, subject, hours=hours + 20) if known else None
    return CellView(cell, relation or (Same() if before else NotApplicable()), before, found, run=run)


def cells() -> dict[CellKey, CellView]:
    """Return a matrix that shows every kind of cell, by (service, stage)."""
    rows: dict[str, tuple[CellView, CellView, CellView]] = {
        "billing": (
            deployed("billing", "dev", "3f2a9c1"),
            deployed("billing", "staging", "a81be07", Behind(3), hours=25),
            deployed("billing", "prod", "5d90c2e", Behind(2), hours=150),
        ),
        "catalog": (
            CellView(_moving("catalog", "dev", "77d0e4b")),
            deployed("catalog", "staging", "5cc1f02", hours=3),
            deployed("catalog", "prod", "5cc1f02", hours=26),
        ),
        "checkout": (
            deployed("checkout", "dev", "e90b113", hours=5),
            deployed("checkout", "staging", "b4471aa", Diverged(1, 4), hours=50),
            deployed("checkout", "prod", "91c2d70", Behind(11), hours=220),
        ),
        "emails": (
            deployed("emails", "dev", "0aa7c3e", hours=96),
            deployed("emails", "staging", "0aa7c3e", hours=96),
            deployed("emails", "prod", "deadbee", Unknown("deadbee is not in this clone"), hours=72, known=False),
        ),
        "identity": (
            deployed("identity", "dev", "4b6b8a9", state="UPDATE_ROLLBACK_COMPLETE", hours=0.34),
            deployed("identity", "staging", "4b6b8a9", hours=6),
            deployed("identity", "prod", "4b6b8a9", hours=5),
        ),
        "orders": (
            deployed("orders", "dev", "8d20b6e", hours=30),
            deployed("orders", "staging", "8d20b6e", hours=28),
            deployed("orders", "prod", "2c7e914", Behind(5), hours=220),
        ),
        "reports": (
            deployed("reports", "dev", "44fe09b", hours=192),
            deployed("reports", "staging", "c19a7d3", Ahead(2), hours=3),
            CellView(unreported("reports", "prod"), against="staging"),
        ),
        "webhooks": (
            CellView(unreachable("webhooks", "dev")),
            deployed("webhooks", "staging", "1f1f1f1", NotApplicable(), hours=192),
            CellView(Never(target("webhooks", "prod")), against="staging"),
        ),
    }
    return {(name, stage.name): view for name, row in rows.items() for stage, view in zip(STAGES, row, strict=True)}


def _moving(name: str, stage: str, word: str) -> Cell:
    where = target(name, stage)
    return InProgress(where, stack(where, sha(word), "UPDATE_IN_PROGRESS", 0.03), sha(word))


def unreported(name: str, stage: str) -> Unreported:
    """Return a stack that names no commit."""
    where = target(name, stage)
    return Unreported(where, stack(where, None), "no output DeployedCommit", "promote to it once, or set `output`")


def unreachable(name: str, stage: str, *, login: bool = True) -> Unreachable:
    """Return a stage that cannot be read: the log-in has expired, or AWS does not answer."""
    where = target(name, stage)
    if login:
        return Unreachable(where, "the SSO session has expired", "aws sso login --profile acme-dev", login=True)
    return Unreachable(where, "AWS did not answer within 10 s", "check the network, then refresh")


COMMITS = (
    commit("8d20b6e", "Move orders to a key by tenant", "ana", 26),
    commit("f03c9d1", "Index orders by tenant", "ana", 30),
    commit("6be21a7", "Return 409 on duplicate order", "joe", 50),
    commit("d5518c0", "Bump powertools to 3.2", "bot", 72),
    commit("03fe7b2", "Drop the legacy alarm", "lea", 150),
    commit("2c7e914", "Charge in the customer's currency", "joe", 220),
)
BRANCHES = (
    Branch("develop", COMMITS[0]),
    Branch("main", COMMITS[1]),
    Branch("feature/a-very-long-name-for-a-branch-that-must-be-cut-in-the-middle", COMMITS[2]),
)


def draft(
    name: str = "orders",
    stage: str = "prod",
    *,
    confirm: Confirm | None = None,
    brings: tuple[Commit, ...] = COMMITS[:5],
    removes: tuple[Commit, ...] = (),
    gates: tuple[GateResult, ...] = PASSED,
    onto: Commit | None = COMMITS[5],
) -> Draft:
    """Return the draft of a promotion of the first of `brings` (else of COMMITS)."""
    where = target(name, stage)
    found = next(item for item in STAGES if item.name == stage)
    cell: Cell = Deployed(where, stack(where, onto.sha), onto.sha) if onto else Never(where)
    files = (FileChange("M", f"services/{name}/handler.js"), FileChange("A", "libs/retry.js"))
    head = (brings or COMMITS)[0]
    return Draft(where, confirm or found.confirm, head, cell, onto, brings, removes, files, gates)


def plan(
    of: Draft, name: str = "plan-0001", now: datetime = NOW, *, gates: tuple[GateResult, ...] | None = None
) -> Plan:
    """Return a packaged plan of a draft, good for an hour."""
    where = of.target
    late = (
        GateResult("target", passed=True, reason=f"the CLI resolves to {where.stack} in {where.aws.region}"),
        GateResult("commit output", passed=True, reason=f"the package of 4 files reports {of.commit.short}"),
    )
    folder = f"/state/promote-tui/plans/{name}/package"
    argv = (
        *("npx", "osls", "deploy", "--stage", where.serverless_stage, "--region", where.aws.region),
        *("--package", folder, "--aws-profile", "promote-tui", "--param", f"commit={of.commit.sha}", "--verbose"),
    )
    return Plan(
        name,
        of,
        Checkout("/cache/worktree", f"/cache/worktree/services/{where.service}", of.commit.sha),
        Package(folder, (), "c" * 64, ResolvedTarget(where.service, where.stage, where.aws.region, where.stack), True),
        fingerprint(of),
        "salt",
        (*of.gates, *late) if gates is None else gates,
        argv,
        "/acme/promote-tui.yml",
        now,
        now + timedelta(hours=1),
    )


def fingerprint(of: Draft) -> Fingerprint:
    """Return what the plan of a draft stands on."""
    where = of.target
    onto = of.deployed.sha if of.deployed else None
    return Fingerprint(
        where.service,
        where.stage,
        where.aws.account,
        where.aws.region,
        None,
        onto,
        "UPDATE_COMPLETE",
        "e1",
        of.commit.sha,
        "d" * 64,
        (),
        "0" * 64,
        (),
    )


def with_run(view: CellView, run: str) -> CellView:
    """Return the view as it is while a run holds the stack's lock."""
    return replace(view, run=run)


def _notes() -> Notes:
    commits = (
        commit("3f2a9c1", "feat(refunds): Retry refunds on 409 (SHOP-12)"),
        commit("b7710ce", "fix!: Refuse an empty invoice", "joe", hours=30),
        commit("a81be07", "Move [the] <b>totals</b>", hours=50),
    )
    remote, tickets = "git@github.com:acme/shop.git", Tickets(r"[A-Z]+-\d+", "https://tickets.example/{id}")
    told = ServiceNotes(
        "orders",
        End("staging", commits[0].sha),
        End("prod", sha("5d90c2e")),
        sections(entries(commits, {}, remote, tickets)),
        authors(commits),
        compare_url(remote, sha("5d90c2e"), commits[0].sha),
    )
    return Notes("acme", "staging", "prod", NOW, (told,))


NOTES = _notes()
