"""`{user}` in stages: whom it stands for, what it comes to, and that two people never share a stage by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.config.loader import Config, describe, load, load_committed
from promote_tui.core.errors import ConfigError
from promote_tui.core.model.channels import Webhook
from promote_tui.core.model.pipeline import Aws
from promote_tui.core.model.users import Unresolved
from tests.support.configs import edited, problems, write

if TYPE_CHECKING:
    from pathlib import Path

OWN = (
    '4 =   - name: "dev-{user}"',
    '5 =     aws: {region: eu-west-1, profile: "acme-{user}", account: {ana: "333333333333", joe: "444444444444"}}',
)
STAGING = (
    '6 =   - {name: staging, after: "dev-{user}", aws: {region: eu-west-1, account: "555555555555"}}\n  - name: prod'
)
TEAM = edited(*OWN)
ONE_ACCOUNT = edited(OWN[0])


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMOTE_TUI_USER", raising=False)


def loaded(
    folder: Path, shared: str = TEAM, local: str | None = None, user: str = "", cache: Path | None = None
) -> Config:
    return load(write(folder, shared, local), cache, user)


@pytest.mark.parametrize(
    ("local", "variable", "by_aws", "user"),
    [
        ("user: ana\n", "joe", "zoe", "ana"),
        (None, "joe", "zoe", "joe"),
        ("theme: nord\n", "joe", "", "joe"),
        (None, "", "zoe", "zoe"),
        (None, "", "", ""),
    ],
)
def test_the_local_file_says_it_before_the_environment_and_that_before_aws(
    local: str | None, variable: str, by_aws: str, user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMOTE_TUI_USER", variable)
    pipeline = loaded(tmp_path, ONE_ACCOUNT, local, by_aws).pipeline
    assert pipeline.user == user
    assert pipeline.stages[0].name == (f"dev-{user}" if user else "dev-{user}")


def test_each_user_has_a_stage_an_account_and_a_profile_of_their_own(tmp_path: Path) -> None:
    ana, joe = (loaded(tmp_path, user=user).pipeline for user in ("ana", "joe"))
    assert ana.stages[0].aws == Aws("eu-west-1", "333333333333", "acme-ana")
    assert joe.stages[0].aws == Aws("eu-west-1", "444444444444", "acme-joe")
    assert [target.stack for target in joe.service("orders").targets] == ["orders-dev-joe", "orders-prod"]
    assert joe.service("orders").target("dev-joe").key == "444444444444/eu-west-1/orders-dev-joe"
    assert joe.service("orders").target("dev-joe").serverless_stage == "dev-joe"
    assert joe.stages[1].after == "dev-joe"
    assert ana.digest != joe.digest


def test_a_stack_may_be_called_the_same_in_accounts_of_their_own(tmp_path: Path) -> None:
    shared = edited(*OWN, '9 =   - {name: orders, stages: {"dev-{user}": {serverless_stage: dev}}}')
    targets = [loaded(tmp_path, shared, user=user).pipeline.service("orders").targets[0] for user in ("ana", "joe")]
    assert [target.stack for target in targets] == ["orders-dev", "orders-dev"]
    assert len({target.key for target in targets}) == len(targets)


def test_a_role_and_a_device_may_be_the_users(tmp_path: Path) -> None:
    role, device = (f"arn:aws:iam::111111111111:{kind}/{{user}}" for kind in ("role", "mfa"))
    aws = f'{{region: eu-west-1, account: "111111111111", role_arn: "{role}", mfa: "{device}"}}'
    found = loaded(tmp_path, edited(OWN[0], f"5 =     aws: {aws}"), user="ana").pipeline.stages[0].aws
    assert (found.role_arn, found.mfa) == ("arn:aws:iam::111111111111:role/ana", "arn:aws:iam::111111111111:mfa/ana")
    assert found.unresolved is None


def test_a_profile_of_the_users_needs_no_stage_of_their_own(tmp_path: Path) -> None:
    shared = edited('7 =     aws: {region: eu-west-1, account: "222222222222", profile: "{user}-prod"}')
    assert loaded(tmp_path, shared, user="ana").pipeline.stages[1].aws.profile == "ana-prod"
    assert loaded(tmp_path, shared).pipeline.stages[1].aws.unresolved == Unresolved()


def test_whatever_names_the_stage_means_the_users(tmp_path: Path) -> None:
    shared = edited(
        *OWN,
        STAGING,
        '9 =   - name: orders\n    stages: {"dev-{user}": {profile: "{user}-orders", deploy: {env: {WHO: "{user}"}}}}',
        '10 + notify: [{webhook: "${HOOK}", stages: ["dev-{user}"]}]',
        '10 + views: [{name: mine, filter: "stage:dev-{user}"}]',
    )
    pipeline = loaded(tmp_path, shared, 'profiles: {"dev-{user}": mine}\n', "ana").pipeline
    orders = pipeline.service("orders")
    assert pipeline.stage("staging").after == "dev-ana"
    assert orders.target("dev-ana").aws.profile == "ana-orders"
    assert pipeline.service("billing").target("dev-ana").aws.profile == "mine"
    assert dict(orders.at("dev-ana").deploy.env) == {"WHO": "ana"}
    assert [each.stages for each in pipeline.notify if isinstance(each, Webhook)] == [("dev-ana",)]
    assert pipeline.views[0].filter == "stage:dev-ana"


def test_a_stage_of_nobody_is_there_and_says_so(tmp_path: Path) -> None:
    pipeline = loaded(tmp_path).pipeline
    assert pipeline.stages[0].name == "dev-{user}"
    assert all(service.target("dev-{user}").aws.unresolved == Unresolved() for service in pipeline.services)
    assert pipeline.service("orders").target("prod").aws.unresolved is None
    why = "AWS is asked who {user} is; set `user` in promote-tui.local.yml, or PROMOTE_TUI_USER"
    assert pipeline.notes == (f"stages.dev-{{user}}: {why}",)


def test_a_user_without_an_account_is_named_and_told_where_to_add_it(tmp_path: Path) -> None:
    pipeline = loaded(tmp_path, user="zoe").pipeline
    why = Unresolved("zoe has no account there", "add zoe to stages.dev-zoe.aws.account")
    assert pipeline.stages[0].name == "dev-zoe"
    assert pipeline.service("orders").target("dev-zoe").aws.unresolved == why
    assert pipeline.notes == (f"stages.dev-zoe: {why.cause}; {why.remedy}",)


def test_the_committed_file_is_read_for_the_same_user(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert load_committed(path, TEAM.encode(), "origin/main", None, "ana").pipeline.stages[0].name == "dev-ana"


def test_the_cache_keeps_users_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    names = []
    for user in ("ana", "joe", "ana", ""):
        monkeypatch.setenv("PROMOTE_TUI_USER", user)
        names.append(loaded(tmp_path, cache=cache).pipeline.stages[0].name)
    assert names == ["dev-ana", "dev-joe", "dev-ana", "dev-{user}"]


def test_a_configuration_without_it_is_the_same_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = loaded(tmp_path, edited())
    monkeypatch.setenv("PROMOTE_TUI_USER", "Not a user")
    assert loaded(tmp_path, edited(), user="ana") == before


def test_what_is_in_force_is_shown_for_the_user_and_as_written_for_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, TEAM)
    assert "name: dev-{user}" in (shown := describe(path))
    assert 'joe: "444444444444"' in shown
    monkeypatch.setenv("PROMOTE_TUI_USER", "ana")
    assert "name: dev-ana" in (shown := describe(path))
    assert 'account: "333333333333"' in shown
    assert "444444444444" not in shown


SHAPE = "use a-z, 0-9 and dashes, 32 at most, a letter or digit at both ends"
DEPLOYED_BY_PROD = '9 =   - {name: orders, stages: {prod: {account: "111111111111", stack: orders-dev-ana}}}'
ANOTHER = "as orders/dev-ana is; give one of them another stack"
STACK = "111111111111/eu-west-1/orders-dev-ana"


@pytest.mark.parametrize(
    ("shared", "user", "line"),
    [
        (
            TEAM,
            "Ana Lee",
            f'local.yml:1:1: user: "Ana Lee" cannot stand for {{user}} in the name of a stage; {SHAPE}',
        ),
        (
            edited(OWN[0], '6 =   - name: "dev-ana"'),
            "ana",
            'yml:6:5: stages.dev-ana.name: a stage named "dev-ana" is already in line 4; rename one',
        ),
        (
            edited(OWN[0], DEPLOYED_BY_PROD),
            "ana",
            f"yml:9:61: services.orders.stages.prod.stack: prod is the stack {STACK}, {ANOTHER}",
        ),
    ],
)
def test_what_cannot_be_for_this_user_is_refused_in_one_line(shared: str, user: str, line: str, tmp_path: Path) -> None:
    assert problems(tmp_path, shared, f"user: {user}\n") == [f"promote-tui.{line}"]


def test_the_environment_names_nobody_whom_a_stage_cannot_be_called_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMOTE_TUI_USER", "Ana")
    why = "set it to a-z, 0-9 and dashes, 32 at most, a letter or digit at both ends, or unset it"
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path)
    assert (caught.value.problems, caught.value.remedy) == (('PROMOTE_TUI_USER: "Ana" cannot stand for {user}',), why)
