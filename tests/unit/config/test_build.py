"""Facts about what the configuration comes to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from promote_tui.config.loader import Config, describe, load
from promote_tui.config.model import TeamLedger
from promote_tui.core.errors import UsageError
from promote_tui.core.model.channels import Bell, Slack
from promote_tui.core.model.deploy_values import OutputValue, SecretValue, SsmValue
from promote_tui.core.model.organization import AccountRule, AccountRules
from promote_tui.core.model.pipeline import (
    Aws,
    DeploySettings,
    PreviewSettings,
    ReleaseSettings,
    SavedView,
    Service,
    StackOutput,
    StackTag,
    Stage,
    Target,
)
from promote_tui.core.model.smoke import Smoke, SmokeCommand, SmokeRequest
from promote_tui.core.model.team_rules import Approvals, Dates, Rules, Safeguard, SafeguardCommand, Weekly
from promote_tui.core.value import decode, encode
from tests.support.configs import BASE, config, edited, write

EXAMPLE = Path(__file__).parents[3] / "config.example.yml"


def service(folder: Path, *edits: str) -> Service:
    """Return the service orders of the edited base."""
    return config(folder, edited(*edits)).pipeline.service("orders")


def test_defaults_are_filled_in(tmp_path: Path) -> None:
    found = config(tmp_path)
    dev, prod = found.pipeline.stages
    assert dev == Stage("dev", Aws("eu-west-1", "111111111111"), ("*",), (), "ask", None)
    assert prod == Stage("prod", Aws("eu-west-1", "222222222222"), ("*",), (), "ask", "dev")
    assert found.pipeline.services[0] == Service(
        name="orders",
        repo=str(tmp_path),
        path=".",
        shared=(),
        commit_source=StackOutput("DeployedCommit"),
        deploy=DeploySettings(("serverless",)),
        targets=(
            Target("orders", "dev", "orders-dev", "dev", dev.aws),
            Target("orders", "prod", "orders-prod", "prod", prod.aws),
        ),
    )
    assert (found.ledger, found.theme, found.keys, found.refresh_seconds, found.user) == (
        None,
        None,
        (),
        60,
        None,
    )
    assert found.pipeline.path == str(tmp_path / "promote-tui.yml")
    assert found.pipeline.notes == ()


@pytest.mark.parametrize(
    ("edit", "notes"),
    [
        ("7 +     gates: {soak: 1h}", ()),
        ("7 +     gates: {soak: 1h, checks: [[a]], alarms: [a]}", ()),
        ("9 +     smoke: {url: https://orders.example.com}", ()),
        ("10 + keys: {pipeline.promote: P}", ()),
        ("7 +     gates: {same_artifact: require}", ()),
    ],
)
def test_what_closes_a_stage_or_is_not_acted_on_is_noted(edit: str, notes: tuple[str, ...], tmp_path: Path) -> None:
    assert config(tmp_path, edited(edit)).pipeline.notes == notes


@pytest.mark.parametrize(
    ("written", "orders", "billing", "shown"),
    [
        ("develop", ("develop",), ("develop",), "deploy_on_merge: develop\n"),
        ("[develop, main]", ("develop", "main"), ("develop", "main"), "deploy_on_merge:\n  - develop\n  - main\n"),
        (
            "{orders: [v3, main], billing: master}",
            ("v3", "main"),
            ("master",),
            "deploy_on_merge:\n    orders:\n    - v3\n    - main\n    billing: master\n",
        ),
        ("{orders: v3}", ("v3",), (), "deploy_on_merge:\n    orders: v3\n"),
    ],
)
def test_what_is_deployed_on_merge_is_a_branch_some_or_by_service(
    written: str, orders: tuple[str, ...], billing: tuple[str, ...], shown: str, tmp_path: Path
) -> None:
    content = edited(f"5 +     deploy_on_merge: {written}")
    for _ in ("read", "from the cache"):
        stage = load(write(tmp_path, content), tmp_path / "cache").pipeline.stage("dev")
        assert (stage.branches_on_merge("orders"), stage.branches_on_merge("billing")) == (orders, billing)
    assert "".join(shown.split()) in "".join(describe(write(tmp_path, content)).split())


def test_a_stage_may_take_only_what_sync_deploys_and_what_is_verified(tmp_path: Path) -> None:
    content = edited("5 +     only: sync", "5 +     deploy_on_merge: main", "7 +     promote_on: verified")
    for _ in ("read", "from the cache"):
        stages = load(write(tmp_path, content), tmp_path / "cache").pipeline.stages
        assert [(stage.only, stage.promote_on) for stage in stages] == [("sync", None), (None, "verified")]
    shown = describe(write(tmp_path, content))
    assert "only: sync" in shown
    assert "promote_on: verified" in shown
    assert "promote_on: null" not in shown


def test_a_stages_safeguards_go_over_the_files_one_by_one(tmp_path: Path) -> None:
    file = """10 + safeguards: {vpc: warn, wildcard_iam: require, runtimes: {allow: [nodejs22.x], level: require}}"""
    dev, prod = config(
        tmp_path, edited(file, "7 +     safeguards: {vpc: require, wildcard_iam: ignore}")
    ).pipeline.stages
    runtimes = Safeguard("runtimes", "require", ("nodejs22.x",))
    assert dev.rules.safeguards == (Safeguard("wildcard_iam", "require"), runtimes, Safeguard("vpc", "warn"))
    assert prod.rules.safeguards == (runtimes, Safeguard("vpc", "require"))


def test_a_stages_safeguard_commands_replace_the_files(tmp_path: Path) -> None:
    file = '10 + safeguards: {commands: [{name: guard, run: [guard, "{package}"]}]}'
    dev, prod = config(tmp_path, edited(file, "7 +     safeguards: {commands: []}")).pipeline.stages
    assert dev.rules.safeguard_commands == (SafeguardCommand("guard", "require", ("guard", "{package}")),)
    assert prod.rules == Rules()


def test_the_teams_remote_is_named_for_all_or_for_a_service(tmp_path: Path) -> None:
    content = edited("9 +     remote: company", "10 + remote: [upstream, origin]")
    for _ in ("read", "from the cache"):
        found = load(write(tmp_path, content), tmp_path / "cache")
        assert found.remote == ("upstream", "origin")
        assert [each.remote for each in found.pipeline.services] == [("company",), ("upstream", "origin")]
    assert "remote: company" in describe(write(tmp_path, content))
    assert config(tmp_path).pipeline.services[0].remote == ()


def test_the_example_shows_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMOTE_TUI_USER", raising=False)
    found = load(EXAMPLE)
    pipeline = found.pipeline
    assert [(stage.name, stage.after, stage.confirm) for stage in pipeline.stages] == [
        ("dev", None, "none"),
        ("sandbox-{user}", "dev", "ask"),
        ("staging", "dev", "ask"),
        ("load-test", "dev", "ask"),
        ("prod", "staging", "type"),
    ]
    assert pipeline.stages[0].deploy_on_merge == ("develop",)
    deployer, device = "arn:aws:iam::222222222222:role/deployer", "arn:aws:iam::111111111111:mfa/deployer"
    staging = Aws("eu-west-1", "222222222222", "acme-staging", deployer, "acme-7f3a", 7200, mfa=device)
    assert pipeline.stage("staging").aws == staging
    billing, orders, search = pipeline.services
    assert billing.repo == str(EXAMPLE.parent)
    assert orders.repo == str(EXAMPLE.parent.parent / "orders")
    assert (orders.path, orders.shared, orders.depends_on) == ("services/orders", ("libs",), ("billing",))
    assert (search.repo, search.commit_source) == ("git@github.com:acme/search.git", StackTag("commit"))
    assert orders.deploy == DeploySettings(
        command=("npx", "osls"),
        before=(("npm", "run", "build"),),
        args=("--verbose",),
        env=(("NODE_ENV", "production"), ("NPM_TOKEN", "${NPM_TOKEN}")),
        params=(
            ("domain", "{stage}.example.com"),
            ("apiKey", SsmValue("/orders/{stage}/api-key")),
            ("dbPassword", SecretValue("orders/{stage}", "password")),
            ("queueUrl", OutputValue("QueueUrl", "billing")),
        ),
        pass_env=("SERVERLESS_ACCESS_KEY",),
        files=(".env.{stage}",),
    )
    assert orders.target("prod") == Target(
        "orders",
        "prod",
        "orders-production",
        "production",
        Aws("eu-central-1", "333333333333", "acme-prod"),
    )
    assert [note.split(":")[0] for note in pipeline.notes] == [
        "services.orders.depends_on",
        "stages.sandbox-{user}",
    ]
    assert load(EXAMPLE, user="joe").pipeline.stage("sandbox-joe").aws == Aws(
        "eu-west-1", "777777777777", "acme-sandbox"
    )
    assert (found.theme, found.keys, found.refresh_seconds) == ("tokyo-night", (("pipeline.promote", "P,f5"),), 60.0)


DOCUMENTED = """\
# yaml-language-server: $schema=./promote-tui.schema.json
version: 1
project: acme
stages:
  - name: dev
    aws: {profile: acme-dev, region: eu-west-1, account: "111111111111"}
    branches: ["*"]
    deploy_on_merge: develop
    confirm: none
  - name: staging
    aws: {profile: acme-staging, region: eu-west-1, account: "222222222222"}
    branches: [develop, main]
    confirm: ask
  - name: prod
    aws: {profile: acme-prod, region: eu-west-1, account: "333333333333"}
    branches: [main]
    confirm: type
    gates:
      soak: 4h
      approvals: 1
      checks: {commands: [["npm", "test"]], run: on_promote}
      checklist: ["QA signed off", "Stakeholders have seen it on staging"]
      freeze:
        - {from: "fri 16:00", to: "mon 09:00", timezone: Europe/Berlin, reason: weekend}
        - {start: 2026-12-20, end: 2027-01-02, timezone: Europe/Berlin, reason: year end}
      alarms: ["orders-prod-errors"]
    overridable: [soak, freeze]
    bake: 10m
    on_failure: ask
previews:
  branches: ["feature/*"]
  aws: {profile: acme-dev, region: eu-west-1, account: "111111111111"}
services:
  - name: billing
  - name: orders
    repo: ../orders
    path: services/orders
    shared: [libs/]
    stack: "{service}-{stage}"
    output: DeployedCommit
    depends_on: [billing]
    smoke: {url: "{output.ServiceEndpoint}/health", status: 200}
    deploy: {command: [npx, osls]}
    stages: {prod: {stack: orders-production, serverless_stage: production, region: eu-central-1}}
deploy:
  command: [serverless]
  install: auto
  before: []
  args: []
  env: {}
  pass_env: []
  files: []
  timeout: {idle: 10m, total: 60m}
ledger: {kind: sqlite, single_machine: true}
notify: [{slack: "${SLACK_WEBHOOK_URL}"}, {sns: "arn:..."}]
"""


def test_the_documented_file_is_read(tmp_path: Path) -> None:
    found = config(tmp_path, DOCUMENTED)
    assert [stage.name for stage in found.pipeline.stages] == ["dev", "staging", "prod"]
    assert found.pipeline.stage("prod").rules.checks == (("npm", "test"),)


def test_a_configuration_survives_its_way_through_json() -> None:
    found = load(EXAMPLE)
    assert decode(Config, encode(found)) == found


REPOS = [
    (".", "{here}"),
    ("./", "{here}"),
    ("../orders", "{here}/../orders"),
    ("/srv/orders", "/srv/orders"),
    ("~/orders", "{home}/orders"),
    ("https://git.example/orders.git", "https://git.example/orders.git"),
    ("ssh://git@git.example:2222/orders.git", "ssh://git@git.example:2222/orders.git"),
    ("git@git.example:acme/orders.git", "git@git.example:acme/orders.git"),
    ("file:///srv/orders.git", "file:///srv/orders.git"),
]


@pytest.mark.parametrize(("repo", "expected"), REPOS)
def test_a_repository_is_an_absolute_path_or_the_url_that_was_given(
    repo: str, expected: str, tmp_path: Path, home: Path
) -> None:
    wanted = expected.format(here=tmp_path, home=home)
    found = service(tmp_path, f'9 +     repo: "{repo}"').repo
    assert found == (wanted if "://" in wanted else os.path.normpath(wanted))


def test_a_path_is_relative_to_the_file_and_not_to_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    write(tmp_path, edited("9 +     repo: ../orders"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    found = load(Path("../promote-tui.yml")).pipeline
    assert found.service("orders").repo == str(tmp_path.parent / "orders")
    assert found.path == str(tmp_path / "promote-tui.yml")


def test_a_path_out_of_a_linked_folder_leads_where_the_folder_truly_is(tmp_path: Path) -> None:
    (tmp_path / "real" / "project").mkdir(parents=True)
    write(tmp_path / "real" / "project", edited("9 +     repo: ../orders"))
    (tmp_path / "link").symlink_to(tmp_path / "real" / "project")
    assert load(tmp_path / "link" / "promote-tui.yml").pipeline.service("orders").repo == str(
        tmp_path / "real" / "orders"
    )


def test_paths_in_the_repository_are_in_their_plain_form(tmp_path: Path) -> None:
    found = service(tmp_path, "9 +     path: ./services/orders/", "9 +     shared: [libs/, ./x//y]")
    assert (found.path, found.shared) == ("services/orders", ("libs", "x/y"))


SOURCES = [
    ("Commit", StackOutput("Commit")),
    ('"*Commit*"', StackOutput("*Commit*")),
    ("{tag: commit}", StackTag("commit")),
    ("[DeployedCommit]", StackOutput("DeployedCommit")),
    ('[DeployedCommit, GitSha, "*Commit"]', StackOutput("DeployedCommit", ("GitSha", "*Commit"))),
]


@pytest.mark.parametrize(("output", "expected"), SOURCES)
def test_the_commit_is_an_output_a_pattern_of_one_a_list_of_those_or_a_tag(
    output: str, expected: StackOutput | StackTag, tmp_path: Path
) -> None:
    assert service(tmp_path, f"9 +     output: {output}").commit_source == expected


def test_a_services_deploy_block_goes_over_the_shared_one_key_by_key(tmp_path: Path) -> None:
    found = service(
        tmp_path,
        "9 +     deploy: {command: [npx, osls], env: {B: own}, timeout: {idle: 90s}, args: []}",
        "10 + deploy: {args: [--verbose], env: {A: all, B: all}, timeout: {total: 2h}, install: [make, deps]}",
    )
    assert found.deploy == DeploySettings(
        command=("npx", "osls"),
        install=("make", "deps"),
        env=(("A", "all"), ("B", "own")),
        idle_seconds=90.0,
        total_seconds=7200.0,
    )


def test_a_deploy_block_of_a_stage_goes_over_the_files_and_a_services_over_both(tmp_path: Path) -> None:
    found = service(
        tmp_path,
        "7 +     deploy: {env: {B: stage, C: stage, D: stage}, timeout: {idle: 20s}}",
        "9 +     deploy: {env: {C: service, D: service}, install: never}\n"
        "    stages: {prod: {deploy: {env: {D: both}, timeout: {total: 3h}}}}",
        "10 + deploy: {env: {A: all, B: all, C: all, D: all}, command: [osls]}",
    )
    env = (("A", "all"), ("B", "all"), ("C", "service"), ("D", "service"))
    assert found.at("dev").deploy == DeploySettings(command=("osls",), install="never", env=env)
    assert found.at("prod").deploy == DeploySettings(
        command=("osls",),
        install="never",
        env=(("A", "all"), ("B", "stage"), ("C", "service"), ("D", "both")),
        idle_seconds=20.0,
        total_seconds=10800.0,
    )


def test_a_stage_of_ones_own_has_a_deploy_block_too(tmp_path: Path) -> None:
    mine = '{name: mine, aws: {region: eu-west-1, account: "999999999999"}, deploy: {env: {WHO: "{user}"}}}'
    found = config(tmp_path, local=f"user: ana\nstages: [{mine}]\n").pipeline.services[0]
    assert found.at("mine").deploy.env == (("WHO", "ana"),)
    assert found.at("dev").deploy.env == ()


@pytest.mark.parametrize(
    ("args", "own", "package", "deploy"),
    [
        ("[-a, -b]", "{}", None, ("-a", "-b")),
        ("{deploy: [--force]}", "{}", (), ("--force",)),
        ("{package: [-a], deploy: [-d]}", "{}", ("-a",), ("-d",)),
        ("[-a]", "{args: {deploy: [--force]}}", ("-a",), ("--force",)),
        ("{deploy: [-d]}", "{args: [-b]}", None, ("-b",)),
    ],
)
def test_arguments_are_for_both_commands_or_for_each(
    args: str, own: str, package: tuple[str, ...] | None, deploy: tuple[str, ...], tmp_path: Path
) -> None:
    found = service(tmp_path, f"9 +     stages: {{prod: {{deploy: {own}}}}}", f"10 + deploy: {{args: {args}}}")
    assert (found.at("prod").deploy.package_args, found.at("prod").deploy.args) == (package, deploy)


def test_the_shown_configuration_has_what_each_stage_comes_to(tmp_path: Path) -> None:
    edits = (
        '9 +     file: serverless.worker.yml\n    stages: {prod: {deploy: {env: {B: "{stage}"}}}}',
        "10 + deploy: {env: {A: all}, args: [--verbose]}",
    )
    shown = yaml.safe_load(describe(write(tmp_path, edited(*edits))))["services"][0]
    assert (shown["file"], shown["deploy"]["env"], shown["deploy"]["args"]) == (
        "serverless.worker.yml",
        {"A": "all"},
        ["--verbose"],
    )
    assert shown["stages"]["prod"]["deploy"]["env"] == {"A": "all", "B": "{stage}"}
    assert "deploy" not in shown["stages"]["dev"]


def test_a_service_may_differ_in_one_stage(tmp_path: Path) -> None:
    exception = (
        '{account: "999999999999", profile: other, region: us-east-1, role_arn: "arn:aws:iam::999999999999:role/x",'
        " serverless_stage: production}"
    )
    found = service(tmp_path, f"9 +     stages: {{prod: {exception}}}")
    aws = Aws("us-east-1", "999999999999", "other", "arn:aws:iam::999999999999:role/x")
    assert found.target("prod") == Target("orders", "prod", "orders-production", "production", aws)
    assert found.target("dev").aws == Aws("eu-west-1", "111111111111")


def test_a_role_has_an_external_id_a_time_and_a_device_and_a_service_may_have_others(tmp_path: Path) -> None:
    role, device = "arn:aws:iam::111111111111:role/deploy", "arn:aws:iam::111111111111:mfa/"
    aws = f'{{region: eu-west-1, account: "111111111111", role_arn: "{role}", external_id: acme, session: 2h'
    aws += f', mfa: "{device}ana"}}'
    own = f'9 +     stages: {{dev: {{session: 15m, mfa: "{device}key"}}}}'
    found = service(tmp_path, f"5 =     aws: {aws}", own).target("dev").aws
    assert found == Aws("eu-west-1", "111111111111", None, role, "acme", 900, mfa=f"{device}key")
    (stage, _) = config(tmp_path, edited(f"5 =     aws: {aws}", own)).pipeline.stages
    assert stage.aws == Aws("eu-west-1", "111111111111", None, role, "acme", 7200, mfa=f"{device}ana")


def test_an_environment_variable_is_never_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPM_TOKEN", "canary-5f3a")
    path = write(tmp_path, edited('10 + deploy: {env: {NPM_TOKEN: "${NPM_TOKEN}"}}'))
    assert load(path).pipeline.services[0].deploy.env == (("NPM_TOKEN", "${NPM_TOKEN}"),)
    assert "canary" not in describe(path)
    assert "NPM_TOKEN: ${NPM_TOKEN}" in describe(path)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("confirm: ask", "warn"),
        ("gates: {same_artifact: warn}", "warn"),
        ("gates: {same_artifact: require}", "require"),
    ],
)
def test_whether_the_same_artifact_is_required_is_a_stages_own(setting: str, expected: str, tmp_path: Path) -> None:
    stages = config(tmp_path, edited(f"7 +     {setting}")).pipeline.stages
    assert [stage.same_artifact for stage in stages] == ["warn", expected]


@pytest.mark.parametrize(
    ("smoke", "wanted"),
    [
        ('{url: "https://orders.example/health"}', SmokeRequest("https://orders.example/health")),
        (
            '{url: "{output.Url}/x", status: 204, body: fine, retries: 0, wait: 1s, timeout: 1m}',
            SmokeRequest("{output.Url}/x", 204, "fine", 0, 1.0, 60.0),
        ),
        ("[npm, run, smoke]", SmokeCommand(("npm", "run", "smoke"))),
    ],
)
def test_a_smoke_test_is_a_request_or_a_command(smoke: str, wanted: Smoke, tmp_path: Path) -> None:
    found = service(tmp_path, f"9 +     smoke: {smoke}", '9 +     migrations: ["db/*"]')
    assert (found.smoke, found.migrations) == (wanted, ("db/*",))


def test_a_team_ledger_is_told(tmp_path: Path) -> None:
    ledger = '10 + ledger: {kind: dynamodb, table: runs, aws: {region: eu-west-1, account: "444444444444"}}'
    wanted = TeamLedger("runs", Aws("eu-west-1", "444444444444"))
    assert config(tmp_path, edited(ledger)).ledger == wanted


LOCAL = """\
user: ana
theme: nord
profiles: {prod: ana-prod}
keys: {pipeline.promote: P, app.help: f2}
stages:
  - name: sandbox
    aws: {profile: ana, region: eu-west-1, account: "999999999999"}
    confirm: none
  - name: sandbox-2
    after: sandbox
    aws: {region: eu-west-1, account: "999999999999"}
"""


def test_the_local_file_adds_what_is_personal(tmp_path: Path) -> None:
    shared = edited(
        '7 =     aws: {region: eu-west-1, account: "222222222222", profile: p}',
        "10 + keys: {pipeline.promote: p, app.fetch: f9}",
    )
    found = config(tmp_path, shared, LOCAL)
    assert [(stage.name, stage.after) for stage in found.pipeline.stages] == [
        ("dev", None),
        ("prod", "dev"),
        ("sandbox", None),
        ("sandbox-2", "sandbox"),
    ]
    orders = found.pipeline.service("orders")
    assert found.pipeline.stage("prod").aws.profile == orders.target("prod").aws.profile == "ana-prod"
    assert orders.target("sandbox").stack == "orders-sandbox"
    assert (found.user, found.theme) == ("ana", "nord")
    assert found.keys == (("pipeline.promote", "P"), ("app.fetch", "f9"), ("app.help", "f2"))


def test_a_services_own_profile_is_not_replaced_by_the_stages_personal_one(tmp_path: Path) -> None:
    shared = edited("9 +     stages: {prod: {profile: special}}")
    found = config(tmp_path, shared, "profiles: {prod: ana}\n").pipeline
    assert [one.target("prod").aws.profile for one in found.services] == ["special", "ana"]


def test_the_digest_covers_both_files(tmp_path: Path) -> None:
    without = config(tmp_path).pipeline.digest
    assert len(without) == 64
    assert config(tmp_path, BASE + "# a word\n").pipeline.digest != without
    assert config(tmp_path, BASE, "{}\n").pipeline.digest not in {
        without,
        config(tmp_path, BASE, "#\n").pipeline.digest,
    }


def test_what_is_described_is_a_configuration_that_comes_to_the_same(tmp_path: Path) -> None:
    first = config(tmp_path, DOCUMENTED)
    (tmp_path / "again").mkdir()
    second = load(write(tmp_path / "again", describe(tmp_path / "promote-tui.yml")))
    assert second.pipeline.stages == first.pipeline.stages
    assert second.pipeline.services == first.pipeline.services
    assert second.pipeline.notes == first.pipeline.notes


def test_what_is_described_holds_the_local_settings(tmp_path: Path) -> None:
    text = describe(write(tmp_path, BASE, LOCAL))
    for expected in ("user: ana", "theme: nord", "profile: ana-prod", "- name: sandbox", 'account: "999999999999"'):
        assert expected in text


RULES = """    gates:
      soak: 4h
      approvals: {count: 2, by: [leads, owners]}
      checklist: [QA signed off]
      freeze:
        - {from: "fri 16:00", to: "mon 09:00", timezone: Europe/Berlin, reason: weekend}
        - {start: 2026-12-20, end: 2027-01-02, timezone: UTC}
      window: [{from: "mon 09:00", to: "fri 16:00", timezone: UTC, reason: working days}]
      signed: true
      pushed: true
    overridable: [soak, freeze, window]
    on_failure: stop"""


def test_a_stages_rules_are_in_seconds_and_people(tmp_path: Path) -> None:
    more = "groups: {leads: [ana, joe], owners: [joe, eve]}\ntrusted_roles: [people]\nledger: {single_machine: true}"
    found = config(tmp_path, edited(f"7 + {RULES}", f"10 + {more}")).pipeline
    assert found.stage("dev").rules == Rules()
    assert found.stage("prod").rules == Rules(
        soak=14_400,
        approvals=Approvals(2, ("ana", "joe", "eve"), ("leads", "owners")),
        checklist=("QA signed off",),
        freeze=(
            Weekly("fri 16:00", "mon 09:00", "Europe/Berlin", "weekend"),
            Dates("2026-12-20", "2027-01-02", "UTC"),
        ),
        window=(Weekly("mon 09:00", "fri 16:00", "UTC", "working days"),),
        signed=True,
        pushed=True,
        overridable=("soak", "freeze", "window"),
        on_failure="stop",
    )
    assert found.trusted_roles == ("people",)


def test_a_webhook_that_stands_in_the_file_is_not_shown(tmp_path: Path) -> None:
    path = write(
        tmp_path, edited('10 + notify: [{slack: "https://hooks.example/T0-canary"}, {slack: "${HOOK}"}, {bell: true}]')
    )
    assert "canary" not in describe(path)
    assert "${HOOK}" in describe(path)
    assert load(path).pipeline.notify == (Slack("https://hooks.example/T0-canary"), Slack("${HOOK}"), Bell())


def test_how_releases_go_into_a_stage(tmp_path: Path) -> None:
    found = config(tmp_path, edited("7 +     release: {parallel: 5, between_waves: ask}")).pipeline
    assert found.stage("prod").release == ReleaseSettings(5, "ask")
    assert found.stage("dev").release == ReleaseSettings(3, "continue")
    assert config(tmp_path, edited("7 +     release: {}")).pipeline.stage("prod").release == ReleaseSettings()


VIEWS = """views:
  - {name: mine, filter: mine}
  - {name: teams, filter: "stage:prod drift:behind", group_by: owner}"""
OWN_VIEWS = "views: [{name: mine, filter: 'mine stage:prod'}, {name: all}]"


def test_own_views_stand_beside_the_shared_ones_and_replace_those_of_their_names(tmp_path: Path) -> None:
    found = config(tmp_path, edited(f"10 + {VIEWS}"), OWN_VIEWS).pipeline
    assert found.views == (
        SavedView("mine", "mine stage:prod"),
        SavedView("teams", "stage:prod drift:behind", "owner"),
        SavedView("all"),
    )
    assert found.saved_view("teams").group_by == "owner"
    with pytest.raises(UsageError, match="--view x: there is no such view; one of: mine, teams, all"):
        found.saved_view("x")
    with pytest.raises(UsageError, match="add one under `views`"):
        config(tmp_path, BASE, "{}").pipeline.saved_view("x")
    text = describe(write(tmp_path, edited(f"10 + {VIEWS}"), OWN_VIEWS))
    assert "filter: mine stage:prod" in text
    assert "group_by: owner" in text


def test_owners_and_groups_are_read(tmp_path: Path) -> None:
    found = config(tmp_path, edited("9 +     owner: leads", "10 + groups: {leads: [ana, joe]}")).pipeline
    (orders,) = (each for each in found.services if each.owner)
    assert (orders.owner, found.owners(orders)) == ("leads", ("leads", "ana", "joe"))
    alone = config(tmp_path, edited("9 +     owner: ana")).pipeline
    assert [alone.owners(each) for each in alone.services if each.owner] == [("ana",)]
    nobody = config(tmp_path, BASE).pipeline
    assert {nobody.owners(each) for each in nobody.services} == {()}


def test_the_organization_has_a_rule_for_each_stage_that_asks_for_one(tmp_path: Path) -> None:
    aws = '{region: eu-west-1, account: "999999999999", profile: root}'
    stages = '{dev: {name: "*-dev"}, prod: {name: "acme-*", tag: "stage=prod"}}'
    content = edited(f"10 + organization: {{aws: {aws}, stages: {stages}, ignore: [log-*]}}")
    found = config(tmp_path, content)
    assert found.organization == Aws("eu-west-1", "999999999999", "root")
    rules = (("dev", AccountRule("*-dev")), ("prod", AccountRule("acme-*", "stage=prod")))
    assert found.pipeline.account_rules == AccountRules(rules, ("log-*",))
    assert "tag: stage=prod" in describe(write(tmp_path, content))
    assert config(tmp_path).organization is None
    assert config(tmp_path).pipeline.account_rules == AccountRules()


def test_values_of_a_deploy_are_text_or_where_they_are_kept_and_an_output_is_a_need(tmp_path: Path) -> None:
    deploy = 'deploy: {params: {a: "{stage}", b: {ssm: "/{stage}/b"}}, env: {C: {secret: c, key: k}}}'
    own = "deploy: {params: {b: {secret: own}, d: {output: Url, service: billing}}}"
    two = edited(f"9 +     {own}", f"10 + {deploy}")
    pipeline = config(tmp_path, two).pipeline
    orders = pipeline.service("orders").at("prod").deploy
    assert dict(orders.params) == {"a": "prod", "b": SecretValue("own"), "d": OutputValue("Url", "billing")}
    assert dict(orders.env) == {"C": SecretValue("c", "k")}
    assert dict(pipeline.service("billing").at("prod").deploy.params) == {"a": "prod", "b": SsmValue("/prod/b")}
    assert (pipeline.service("orders").depends_on, pipeline.service("billing").depends_on) == (("billing",), ())


def test_a_rule_may_give_each_user_their_own_account(tmp_path: Path) -> None:
    stage = '  - {name: "dev-{user}", aws: {region: eu-west-1, account: {ana: "333333333333"}}}'
    rule = 'stages: {"dev-{user}": {name: "acme-dev-{user}", tag: "owner={user}"}}'
    aws = '{region: eu-west-1, account: "999999999999"}'
    content = edited(f"7 + {stage}", f"10 + organization: {{aws: {aws}, {rule}}}")
    found = config(tmp_path, content, "user: ana").pipeline
    assert found.user == "ana"
    assert found.stage("dev-ana").aws.account == "333333333333"
    own = found.account_rules.of_user(found.user)
    assert own.of("dev-ana") == AccountRule("acme-dev-ana", "owner=ana")


def test_previews_say_which_branches_where_like_which_stage_and_for_how_long(tmp_path: Path) -> None:
    aws = '{region: eu-west-1, account: "999999999999", profile: previews}'
    place = Aws("eu-west-1", "999999999999", "previews")
    stacks = (("orders", "orders-{stage}"), ("billing", "billing-{stage}"))
    content = edited(f'10 + previews: {{branches: ["feature/*"], aws: {aws}}}')
    found = config(tmp_path, content).pipeline
    assert found.previews == PreviewSettings(("feature/*",), place, "dev", stacks, 10, 0.0)
    assert found.notes == ()
    assert "base: dev" in describe(write(tmp_path, content))
    whole = f'10 + previews: {{branches: ["*"], aws: {aws}, base: prod, limit: 3, max_age: 7d}}'
    assert config(tmp_path, edited(whole)).pipeline.previews == PreviewSettings(
        ("*",), place, "prod", stacks, 3, 7 * 86400.0
    )
    assert config(tmp_path).pipeline.previews is None
