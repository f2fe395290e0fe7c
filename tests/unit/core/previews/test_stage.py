"""The stage that a preview is: what it takes from its base, and what nobody asks of it."""

from __future__ import annotations

import pytest

from promote_tui.core.errors import UsageError
from promote_tui.core.model.deploy_values import SsmValue
from promote_tui.core.model.pipeline import Aws, DeploySettings, Pipeline, PreviewSettings
from promote_tui.core.model.team_rules import Rules, Safeguard
from promote_tui.core.previews.names import preview_name
from promote_tui.core.previews.stage import with_preview
from promote_tui.core.value import replace
from tests.support.engine_world import pipeline

BRANCH = "feature/login"
NAME = preview_name(BRANCH)
AWS = Aws("eu-central-1", "999999999999", "acme-previews")
SETTINGS = PreviewSettings(("feature/*",), AWS, "prod", (("orders", "orders-{stage}"),))
DEPLOY = DeploySettings(
    ("serverless",),
    params=(("domain", "{stage}.example.com"), ("key", SsmValue("/orders/{stage}/key"))),
    env=(("STAGE", "{stage}"),),
    files=(".env.{stage}",),
)


def configured() -> Pipeline:
    """Orders, whose prod has settings and rules of its own."""
    made = pipeline()
    dev, staging, prod = made.stages
    safeguards = (Safeguard("wildcard_iam", "require"),)
    prod = replace(prod, rules=Rules(soak=60.0, signed=True, safeguards=safeguards))
    (orders,) = made.services
    orders = replace(orders, stage_deploys=(("prod", DEPLOY),))
    return replace(made, stages=(dev, staging, prod), services=(orders,), previews=SETTINGS)


def test_a_preview_is_a_stage_behind_the_others_in_an_account_of_its_own() -> None:
    found = with_preview(configured(), BRANCH)
    assert [stage.name for stage in found.stages] == ["dev", "staging", "prod", NAME]
    target = found.service("orders").target(NAME)
    assert (target.stack, target.serverless_stage, target.aws) == (f"orders-{NAME}", NAME, AWS)
    assert target.preview == BRANCH
    assert [each.preview for each in found.service("orders").targets[:3]] == ["", "", ""]


def test_it_has_the_safeguards_of_its_base_and_none_of_its_other_rules() -> None:
    stage = with_preview(configured(), BRANCH).stage(NAME)
    assert stage.rules == Rules(safeguards=(Safeguard("wildcard_iam", "require"),))
    assert (stage.branches, stage.confirm, stage.after, stage.only) == (("feature/*",), "ask", None, None)


def test_its_settings_are_the_bases_and_what_is_kept_somewhere_is_kept_for_the_base() -> None:
    settings = with_preview(configured(), BRANCH).service("orders").at(NAME).deploy
    assert settings.params == (("domain", f"{NAME}.example.com"), ("key", SsmValue("/orders/prod/key")))
    assert settings.env == (("STAGE", NAME),)
    assert settings.files == (".env.prod",)


def test_a_configuration_without_previews_has_none() -> None:
    with pytest.raises(UsageError, match="the configuration has none"):
        with_preview(pipeline(), BRANCH)


def test_a_stack_that_has_one_name_in_every_stage_can_have_no_preview() -> None:
    fixed = replace(configured(), previews=replace(SETTINGS, stacks=(("orders", "orders"),)))
    with pytest.raises(UsageError, match="a preview would overwrite it") as raised:
        with_preview(fixed, BRANCH)
    assert raised.value.remedy == "let it contain {stage}"
