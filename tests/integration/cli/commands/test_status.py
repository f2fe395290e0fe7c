"""`status` and `log`: the matrix as text and as JSON, and what its exit code says."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.core.errors import CredentialsError, GitError
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.git.relation import Behind, Same, Unknown
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import Never, Unreachable, Unreported
from promote_tui.core.model.pipeline import StackOutput
from promote_tui.core.runs.back_merge import MergeBack
from promote_tui.core.runs.verification import NotVerified, ObservedDeploy, VerifiedBy
from promote_tui.core.stacks.cells import cell_of
from promote_tui.core.traffic.model import RoutedVersion, ServedAlias, Traffic
from promote_tui.core.value import replace
from tests.integration.cli.conftest import calls
from tests.support.fakes import world

if TYPE_CHECKING:
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

ADOPT = "or say what runs there: promote-tui adopt reports prod --commit REV"
MATRIX = f"""\
acme · eu-west-1  ✗ 1 failed  ◆ 1 diverged  ? 1 login  ◐ 1 running  ▼ 4 behind  ? 1 unknown\
  ? 1 no commit  ○ 1 never  ▲ 1 ahead

SERVICE   DEV             STAGING              PROD
billing   ● 3f2a9c1   2h  ▼ a81be07  -3    1d  ▼ 5d90c2e    -2   6d
catalog   ◐ 77d0e4b   1m  ● 5cc1f02        3h  ● 5cc1f02         1d
checkout  ● e90b113   5h  ◆ b4471aa  -4+1  2d  ▼ 91c2d70    -11  9d
emails    ● 0aa7c3e   4d  ● 0aa7c3e        4d  ? deadbee    ?    3d
identity  ✗ 4b6b8a9  20m  ● 4b6b8a9        6h  ● 4b6b8a9         5h
orders    ● 8d20b6e   1d  ● 8d20b6e        1d  ▼ 2c7e914    -5   9d
reports   ● 44fe09b   8d  ▲ c19a7d3  +2    3h  ? no commit       2h
webhooks  ? login         · 1f1f1f1        8d  ○ never

catalog/dev: UPDATE_IN_PROGRESS, was 77d0e4b
emails/prod: deadbee is not in this clone
identity/dev: the last deploy failed: UPDATE_ROLLBACK_COMPLETE
reports/prod: no output DeployedCommit; promote to it once, or set `output`; {ADOPT}
webhooks/dev: the SSO session has expired; aws sso login --profile acme-dev
"""


def test_status_shows_the_matrix_and_what_is_out_of_the_ordinary(cli: CommandLine) -> None:
    answer = cli("status")
    assert (answer.code, answer.out, answer.err) == (0, MATRIX, "")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("owner:payments stage:prod drift:behind", ["billing", "orders"]),
        ("who-waits:joe", ["billing"]),
        ("mine", ["billing"]),
        ("branch:feature", ["emails"]),
        ("state:half-way", []),
    ],
)
def test_status_shows_only_what_a_filter_selects(owned: CommandLine, typed: str, names: list[str]) -> None:
    owned.engine.script.waiting["billing"] = ("Joe", "ana")
    owned.engine.script.holding[world.sha("0aa7c3e")] = ("feature/pdf",)
    found = json.loads(owned("status", "--json", "--filter", typed).out)
    assert [each["name"] for each in found["services"]] == names
    lines = owned("status", "--filter", typed).out.splitlines()
    assert [line.split()[0] for line in lines[3 : 3 + len(names)]] == names


def test_a_filter_narrows_the_services_that_are_named_and_the_exit_code_with_them(owned: CommandLine) -> None:
    both = owned("status", "--filter", "owner:payments", "orders", "emails", "--exit-code")
    assert (both.code, "orders" in both.out, "emails" in both.out) == (5, True, False)
    assert owned("status", "--filter", "state:half-way", "--exit-code", "--strict").code == 0
    assert owned("status", "--strict").code == 4
    assert owned("status", "--strict", "--filter", "owner:payments").code == 0


def test_a_filter_that_can_select_nothing_is_refused(owned: CommandLine) -> None:
    answer = owned("status", "--filter", "state:foo")
    assert (answer.code, answer.out) == (2, "")
    assert "--filter: state has no foo; it has half-way, failed" in answer.err
    assert not calls(owned.engine, "snapshot")


GROUPED = """\
SERVICE   DEV            STAGING            PROD
lea
emails    ● 0aa7c3e  4d  ● 0aa7c3e      4d  ? deadbee  ?   3d
payments
billing   ● 3f2a9c1  2h  ▼ a81be07  -3  1d  ▼ 5d90c2e  -2  6d
"""


@pytest.mark.parametrize("words", [("status", "--view", "teams"), ("--view", "teams", "status")])
def test_a_saved_view_filters_and_groups(owned: CommandLine, words: tuple[str, ...]) -> None:
    assert "\n".join(line.rstrip() for line in owned(*words).out.splitlines()[2:7]) + "\n" == GROUPED
    both = json.loads(owned(*words, "--filter", "emails", "--json").out)
    assert [each["name"] for each in both["services"]] == ["emails"]


def test_a_view_that_there_is_not_is_refused(owned: CommandLine) -> None:
    answer = owned("status", "--view", "x")
    assert (answer.code, answer.out) == (2, "")
    assert "--view x: there is no such view; one of: teams" in answer.err


def test_status_json_names_the_owner(owned: CommandLine) -> None:
    services = json.loads(owned("status", "--json").out)["services"]
    assert {each["name"]: each["owner"] for each in services if each["owner"]} == {
        "billing": "payments",
        "orders": "payments",
        "emails": "lea",
    }


def test_status_in_ascii_holds_nothing_else(cli: CommandLine) -> None:
    out = cli("--ascii", "status").out
    assert out.isascii()
    assert "v a81be07  -3" in out


def test_status_has_colours_only_where_they_are_on(cli: CommandLine) -> None:
    assert "\x1b" not in cli("status").out
    assert "\x1b[33m▼ a81be07\x1b[0m" in cli("status", "--color", "always").out


def test_status_of_some_services_reads_only_those(cli: CommandLine, engine: FakeEngine) -> None:
    out = cli("status", "orders", "billing").out
    assert [line.split()[0] for line in out.splitlines()[2:]] == ["SERVICE", "billing", "orders"]
    assert calls(engine, "snapshot") == [(("billing", "orders"),)]


def test_status_of_an_unknown_service_names_the_known_ones(cli: CommandLine) -> None:
    answer = cli("status", "ordrs")
    assert answer.code == 2
    assert answer.err.startswith("service ordrs: there is no such service; one of: billing, catalog,")
    assert answer.out == ""


def _lost(*places: tuple[str, str]) -> dict[tuple[str, str], CellView]:
    cells = {key: view for key, view in world.cells().items() if key[0] == "identity"}
    for service, stage in places:
        cells[service, stage] = replace(cells[service, stage], cell=world.unreachable(service, stage), relation=Same())
    return cells


@pytest.mark.parametrize(
    ("places", "words", "expected"),
    [
        ((), (), 0),
        ((), ("--strict",), 0),
        ((), ("--exit-code",), 0),
        ((("identity", "dev"),), (), 0),
        ((("identity", "dev"),), ("--strict",), 4),
        ((("identity", "dev"),), ("--strict", "--exit-code"), 4),
        (tuple(("identity", stage) for stage in ("dev", "staging", "prod")), (), 4),
    ],
)
def test_stages_out_of_reach_decide_the_exit_code(
    cli: CommandLine,
    engine: FakeEngine,
    places: tuple[tuple[str, str], ...],
    words: tuple[str, ...],
    expected: int,
) -> None:
    engine.script.cells = _lost(*places)
    assert cli("status", "identity", *words).code == expected


@pytest.mark.parametrize(("relation", "expected"), [(Same(), 0), (Behind(1), 5), (Unknown("not in this clone"), 5)])
def test_exit_code_tells_drift_also_where_it_cannot_be_ruled_out(
    cli: CommandLine, engine: FakeEngine, relation: Same | Behind | Unknown, expected: int
) -> None:
    key = "identity", "prod"
    engine.script.cells = {key: replace(world.cells()[key], relation=relation)}
    assert cli("status", "identity", "--exit-code").code == expected
    assert cli("status", "identity").code == 0


def test_the_same_trouble_is_told_once(cli: CommandLine, engine: FakeEngine) -> None:
    names = ("billing", "catalog", "checkout", "emails", "orders")
    views = {(name, "dev"): replace(world.cells()[name, "dev"], cell=world.unreachable(name, "dev")) for name in names}
    engine.script.cells = views
    out = cli("status").out
    assert "billing/dev, catalog/dev, checkout/dev and 2 more: the SSO session has expired; aws sso login" in out
    assert out.count("expired") == 1


def test_a_stack_that_a_run_holds_says_which(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.cells = {("orders", "prod"): world.with_run(world.cells()["orders", "prod"], "gk2m3p")}
    out = cli("status", "orders").out
    assert "◐ 2c7e914" in out
    assert "orders/prod: run gk2m3p holds its lock; promote-tui attach gk2m3p" in out


def test_a_cell_whose_functions_were_changed_is_marked_and_says_which(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.altered["orders", "prod"] = ("orders-prod-hello",)
    out = cli("status", "orders").out
    assert "≠ 1 altered" in out
    assert "≠ 2c7e914  -5" in out
    assert (
        "orders/prod: 1 function runs other code than was deployed: orders-prod-hello;"
        " commit the change before a deploy overwrites it" in out
    )
    assert "! 1 altered" in cli("--ascii", "status", "orders").out


def test_a_cell_whose_requests_reach_other_code_says_so_first(cli: CommandLine, engine: FakeEngine) -> None:
    old = RoutedVersion("41", 0.9, "old", "02d198b" + "0" * 33)
    served = ServedAlias("orders-prod-hello", "live", (RoutedVersion("42", 0.1, "new"), old), "new")
    engine.script.traffic["orders", "prod"] = Traffic((served,))
    engine.script.altered["orders", "prod"] = ("orders-prod-hello",)
    out = cli("status", "orders").out
    assert "≠ 1 traffic" in out
    assert "≠ 2c7e914  traffic 90 % on 02d198b" in out
    said = "orders/prod: traffic 90 % on 02d198b: live of orders-prod-hello: 90 % on version 41 (02d198b)"
    assert f"{said}; point the alias at the deployed version again, or promote or roll back" in out
    found = _cell(cli, "orders", "prod")
    assert found["verified"] == "no"
    assert found["traffic"]["aliases"] == [
        {
            "function": "orders-prod-hello",
            "alias": "live",
            "routed": [
                {"version": "42", "share": 0.1, "commit": None, "deployed": True},
                {"version": "41", "share": 0.9, "commit": "02d198b" + "0" * 33, "deployed": False},
            ],
        }
    ]


def test_status_says_what_it_does_not_show_where_the_ledger_cannot_be_read(
    cli: CommandLine, engine: FakeEngine
) -> None:
    assert cli("status", "--json").json["unrecorded"] is None
    engine.script.unrecorded = "ledger.sqlite3: it is damaged; bring it back from a backup"
    answer = cli("status")
    assert (answer.code, answer.out) == (0, MATRIX)
    assert answer.err == f"runs, holds and vetoes are not shown: {engine.script.unrecorded}\n"
    assert cli("status", "--json").json["unrecorded"] == engine.script.unrecorded


@pytest.mark.parametrize("altered", [None, (), ("a", "b")])
def test_status_json_names_the_altered_functions_and_tells_none_from_not_checked(
    cli: CommandLine, engine: FakeEngine, altered: tuple[str, ...] | None
) -> None:
    engine.script.altered["orders", "prod"] = altered
    assert _cell(cli, "orders", "prod")["altered"] == (None if altered is None else [*altered])


CELL_KEYS = [
    "state",
    "commit",
    "short",
    "adopted",
    "named",
    "subject",
    "stack",
    "stack_status",
    "between",
    "last_attempt",
    "updated_at",
    "verified",
    "drift",
    "altered",
    "traffic",
    "lock",
    "hold",
    "veto",
    "foreign",
    "reason",
    "remedy",
]


def test_status_json_has_the_promised_keys_in_every_cell(cli: CommandLine) -> None:
    document = cli("status", "--json").json
    assert list(document) == ["schema", "project", "taken_at", "unrecorded", "stages", "services", "merge_back"]
    assert (document["schema"], document["project"], document["taken_at"]) == (1, "acme", "2026-01-31T12:00:00Z")
    assert document["stages"] == ["dev", "staging", "prod"]
    assert [service["name"] for service in document["services"]] == list(world.NAMES)
    for service in document["services"]:
        assert list(service["stages"]) == ["dev", "staging", "prod"]
        for cell in service["stages"].values():
            assert list(cell) == CELL_KEYS
            assert list(cell["drift"]) == ["against", "relation", "ahead", "behind"]


def _cell(cli: CommandLine, service: str, stage: str) -> dict[str, Any]:
    services = {item["name"]: item for item in cli("status", "--json").json["services"]}
    cell: dict[str, Any] = services[service]["stages"][stage]
    return cell


def test_status_shows_holds_vetoes_and_hotfixes_that_have_to_come_back(cli: CommandLine, engine: FakeEngine) -> None:
    at = world.NOW - timedelta(days=2)
    held = Decision(at, "hold", "billing", "prod", None, "ana", "arn", "incident 42", expires_at=world.NOW)
    veto = Decision(at, "veto", "orders", None, world.sha("2c7e914"), "ben", "arn", "loses money")
    back = MergeBack("g7", world.sha("2c7e914"), "develop", at)
    cells = engine.script.cells
    cells["billing", "prod"] = replace(cells["billing", "prod"], hold=held)
    cells["orders", "prod"] = replace(cells["orders", "prod"], veto=veto, merge_back=back)
    out = cli("status").out
    assert "⊗ 1 vetoed" in out
    assert "⊘ 1 held" in out
    assert "billing/prod: on hold by ana since 2026-01-29, until 2026-01-31 12:00 UTC: incident 42;" in out
    assert "orders/prod: vetoed by ben since 2026-01-29: loses money; promote-tui rollback orders --stage prod" in out
    assert "orders/prod: hotfix 2c7e914 is not merged back into develop; merge it into develop" in out
    assert _cell(cli, "billing", "prod")["hold"] == {
        "who": "ana",
        "since": "2026-01-29T12:00:00Z",
        "until": "2026-01-31T12:00:00Z",
        "reason": "incident 42",
    }
    assert _cell(cli, "orders", "prod")["veto"]["who"] == "ben"
    (told,) = cli("status", "--json").json["merge_back"]
    assert (told["service"], told["stage"], told["run"], told["branch"]) == ("orders", "prod", "g7", "develop")


def test_status_asks_for_a_commit_where_only_what_was_vetoed_is_verified(cli: CommandLine, engine: FakeEngine) -> None:
    veto = Decision(world.NOW, "veto", "orders", None, world.sha("2c7e914"), "ben", "arn", "loses money")
    cells = engine.script.cells
    cells["orders", "prod"] = replace(cells["orders", "prod"], veto=veto, only_verified=True)
    assert "loses money; promote-tui rollback orders --stage prod --commit REV\n" in cli("status").out


def test_status_says_what_was_not_proved(cli: CommandLine, engine: FakeEngine) -> None:
    cell = engine.script.cells["orders", "prod"]
    reason = "2c7e914 was not proved in prod: the smoke test failed (run g7)"
    engine.script.cells["orders", "prod"] = replace(cell, verification=NotVerified(reason, unproved=True))
    out = cli("status", "orders").out
    assert "✗ 2c7e914" in out
    assert f"orders/prod: {reason}; promote-tui rollback orders --stage prod" in out
    told = _cell(cli, "orders", "prod")
    assert (told["last_attempt"], told["verified"]) == ("failed", "no")


def test_a_text_that_is_no_commit_is_shown_to_its_end(cli: CommandLine, engine: FakeEngine) -> None:
    where = world.target("orders", "dev")
    text = f"{'f086458' * 5}fffff-dirty"
    engine.script.cells["orders", "dev"] = CellView(cell_of(where, world.stack(where, text), StackOutput()))
    out = cli("status", "orders").out
    assert "? f086458f086458f0864…58f086458fffff-dirty" in out
    assert f"orders/dev: its output DeployedCommit names {text}, which is not a commit" in out
    told = _cell(cli, "orders", "dev")
    assert (told["state"], told["commit"], told["named"], told["verified"]) == ("unreported", None, text, "no")


def test_status_json_of_a_deployed_stage(cli: CommandLine, engine: FakeEngine) -> None:
    key = "billing", "prod"
    since = engine.clock.now()
    engine.script.cells[key] = replace(
        engine.script.cells[key], verification=ObservedDeploy(world.sha("5d90c2e"), since)
    )
    assert _cell(cli, *key) == {
        "state": "deployed",
        "commit": world.sha("5d90c2e"),
        "short": "5d90c2e",
        "adopted": None,
        "named": None,
        "subject": "Fix invoice rounding",
        "stack": "billing-prod",
        "stack_status": "UPDATE_COMPLETE",
        "between": None,
        "last_attempt": "succeeded",
        "updated_at": "2026-01-25T06:00:00Z",
        "verified": "observed",
        "drift": {"against": "staging", "relation": "behind", "ahead": 0, "behind": 2},
        "altered": None,
        "traffic": {"agrees": True, "headline": None, "aliases": [], "unread": None},
        "lock": None,
        "hold": None,
        "veto": None,
        "foreign": None,
        "reason": None,
        "remedy": None,
    }


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("catalog", "dev"), {"state": "in_progress", "short": "77d0e4b", "last_attempt": None}),
        (("checkout", "staging"), {"drift": {"against": "dev", "relation": "diverged", "ahead": 1, "behind": 4}}),
        (
            ("identity", "dev"),
            {"state": "deployed", "last_attempt": "failed", "stack_status": "UPDATE_ROLLBACK_COMPLETE"},
        ),
        (("emails", "prod"), {"subject": None, "reason": "deadbee is not in this clone"}),
        (
            ("reports", "prod"),
            {"state": "unreported", "commit": None, "short": None, "stack_status": "UPDATE_COMPLETE"},
        ),
        (("webhooks", "prod"), {"state": "never", "commit": None, "stack_status": None, "updated_at": None}),
        (
            ("webhooks", "dev"),
            {
                "state": "unreachable",
                "stack": "webhooks-dev",
                "stack_status": None,
                "reason": "the SSO session has expired",
                "remedy": "aws sso login --profile acme-dev",
            },
        ),
    ],
)
def test_status_json_of_every_other_state(cli: CommandLine, place: tuple[str, str], expected: dict[str, Any]) -> None:
    cell = _cell(cli, *place)
    assert {key: cell[key] for key in expected} == expected


def test_a_first_deploy_that_failed_is_never_deployed_and_failed(cli: CommandLine, engine: FakeEngine) -> None:
    where = world.target("webhooks", "prod")
    left = Never(where, world.stack(where, None, "ROLLBACK_COMPLETE"))
    engine.script.cells["webhooks", "prod"] = replace(world.cells()["webhooks", "prod"], cell=left)
    cell = _cell(cli, "webhooks", "prod")
    assert (cell["state"], cell["last_attempt"], cell["commit"]) == ("never", "failed", None)
    assert cell["remedy"].startswith("delete the stack")
    assert "✗ failed" in cli("status", "webhooks").out


def test_verified_says_how_far_a_commit_is_trusted(cli: CommandLine, engine: FakeEngine) -> None:
    key, commit, now = ("orders", "dev"), world.sha("8d20b6e"), engine.clock.now()
    for verification, word in (
        (VerifiedBy("gk2m3p", commit, now), "verified"),
        (ObservedDeploy(commit, now), "observed"),
        (NotVerified("never"), "no"),
        (None, "no"),
    ):
        engine.script.cells[key] = replace(world.cells()[key], verification=verification)
        assert _cell(cli, *key)["verified"] == word


def test_a_lock_in_json_names_its_run(cli: CommandLine, engine: FakeEngine) -> None:
    key = "orders", "prod"
    engine.script.cells[key] = world.with_run(world.cells()[key], "gk2m3p")
    assert _cell(cli, *key)["lock"] == {"run": "gk2m3p", "status": "running"}


LOST = "the verdict of run gk2m3p is unknown: no connection to AWS"


def test_a_run_whose_end_is_not_known_is_shown_as_unknown_with_what_finds_out(
    cli: CommandLine, engine: FakeEngine
) -> None:
    for key in (("orders", "prod"), ("catalog", "dev")):  # at rest, and at work
        view = world.cells()[key]
        engine.script.cells[key] = replace(view, run="gk2m3p", run_since=world.NOW, usual=60.0, unsettled=LOST)
    answer = cli("status")
    assert "? 2 to reconcile" in answer.out
    assert "? unknown" in answer.out
    assert f"catalog/dev, orders/prod: {LOST}; promote-tui runs reconcile gk2m3p" in answer.out
    assert "attach" not in answer.out
    assert "locked" not in answer.out
    cell = _cell(cli, "orders", "prod")
    assert cell["lock"] == {"run": "gk2m3p", "status": "unknown"}
    assert (cell["reason"], cell["remedy"]) == (LOST, "promote-tui runs reconcile gk2m3p")


def test_a_run_whose_end_is_not_known_is_named_where_the_stage_cannot_be_read(
    cli: CommandLine, engine: FakeEngine
) -> None:
    key = "webhooks", "dev"
    engine.script.cells[key] = replace(world.cells()[key], run="gk2m3p", unsettled=LOST)
    out = cli("status").out
    assert "webhooks/dev: the SSO session has expired; aws sso login --profile acme-dev" in out
    assert f"webhooks/dev: {LOST}; promote-tui runs reconcile gk2m3p" in out


def test_status_reconciles_what_can_be_and_shows_the_matrix_after_it(cli: CommandLine, engine: FakeEngine) -> None:
    key = "orders", "prod"
    engine.add_run("gk2m3p", world.plan(world.draft("orders", "prod")))
    engine.script.cells[key] = replace(world.cells()[key], run="gk2m3p", unsettled=LOST)
    engine.script.settles.add("gk2m3p")
    answer = cli("status")
    assert answer.err == "run gk2m3p was reconciled: succeeded\n"
    assert "reconcile" not in answer.out


LOG = """\
STAGE        COMMIT   SUBJECT                            WHO  AGE
DEV STAGING  8d20b6e  Move orders to a key by tenant     ana   1d
             f03c9d1  Index orders by tenant             ana   1d
             6be21a7  Return 409 on duplicate order      joe   2d
             d5518c0  Bump powertools to 3.2             bot   3d
             03fe7b2  Drop the legacy alarm              lea   6d
PROD         2c7e914  Charge in the customer's currency  joe   9d
"""


def test_log_shows_which_stages_run_each_commit(cli: CommandLine) -> None:
    answer = cli("log", "orders")
    assert (answer.code, answer.out, answer.err) == (0, LOG, "orders, branch develop\n")


def test_log_says_what_runs_outside_the_list(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.cells["orders", "dev"] = replace(
        world.cells()["orders", "dev"], cell=world.unreachable("orders", "dev")
    )
    answer = cli("log", "orders", "-n", "2")
    assert len(answer.out.splitlines()) == 3
    assert answer.err.splitlines() == [
        "orders, branch develop",
        "dev: the SSO session has expired; aws sso login --profile acme-dev",
        "prod runs 2c7e914, which is not listed here",
    ]


def test_log_names_the_path_where_no_commit_touches_it(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.logs["orders", None] = ()
    answer = cli("log", "orders")
    assert "orders: no commit touches services/orders, libs/; check `path` in the configuration" in answer.err


def test_log_takes_branch_and_count(cli: CommandLine, engine: FakeEngine) -> None:
    cli("log", "orders", "--branch", "feature/x", "-n", "3")
    assert calls(engine, "commits.log") == [("orders", "feature/x", 0, 3)]


def test_log_json(cli: CommandLine) -> None:
    document = cli("log", "orders", "-n", "1", "--json").json
    assert document == {
        "schema": 1,
        "service": "orders",
        "branch": "develop",
        "commits": [
            {
                "commit": world.sha("8d20b6e"),
                "short": "8d20b6e",
                "subject": "Move orders to a key by tenant",
                "author": "ana",
                "authored_at": "2026-01-30T10:00:00Z",
                "stages": ["dev", "staging"],
            }
        ],
    }


def test_trouble_of_the_engine_is_one_line_with_its_exit_code(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.errors["commits.log"] = GitError("orders", "the repository is gone", "clone it again")
    assert cli("log", "orders").err == "orders: the repository is gone; clone it again\n"
    engine.script.errors["snapshot"] = CredentialsError("dev", "expired", "aws sso login")
    assert cli("status").code == 4


@pytest.mark.parametrize(
    ("recorded", "command"),
    [
        (False, "promote-tui runs record orders --stage prod"),
        (True, "promote-tui adopt orders prod --reason WHY"),
    ],
)
def test_what_somebody_else_did_comes_with_a_command_that_can_be_typed(
    cli: CommandLine, engine: FakeEngine, recorded: bool, command: str
) -> None:
    key = "orders", "prod"
    words = "updated on 2026-01-30 12:00 UTC, outside of promote-tui"
    view = replace(engine.script.cells["billing", "prod"], external_update=words, external_update_recorded=recorded)
    target = engine.script.cells[key].cell.target
    engine.script.cells[key] = replace(view, cell=replace(view.cell, target=target))
    assert f"orders/prod: {words}; {command}" in cli("status", "orders").out


@pytest.mark.parametrize("command", ["status", "log", "drift"])
@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
def test_a_cell_without_a_remedy_ends_with_its_reason(
    cli: CommandLine, engine: FakeEngine, command: str, stage: str
) -> None:
    where = world.target("orders", stage)
    for cell in (Unreachable(where, "AWS is away", ""), Unreported(where, world.stack(where, None), "it is mute", "")):
        engine.script.cells = {**world.cells(), ("orders", stage): CellView(cell, Same())}
        answer = cli(command, "orders")
        lines = [line.rstrip() for line in (answer.out + answer.err).splitlines()]
        assert [line for line in lines if line.endswith(";") or ": ;" in line or "; ;" in line] == []
