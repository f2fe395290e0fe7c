"""The rights to make and remove previews hold for stacks and buckets of previews, and for no others."""

from __future__ import annotations

import pytest

from promote_tui.core.errors import UsageError
from promote_tui.core.iam.previews import find_preview_scope, reading_preview_values, removing
from promote_tui.core.iam.scope import StackScope
from promote_tui.core.model.deploy_values import SsmValue
from promote_tui.core.model.pipeline import Aws, DeploySettings, PreviewSettings
from promote_tui.core.value import replace
from tests.support.fakes import world

HERE = Aws("eu-west-1", "555555555555")
STACKS = (("orders", "orders-{stage}"), ("billing", "{stage}-Billing"))
PIPELINE = replace(world.pipeline("orders", "billing"), previews=PreviewSettings(("feature/*",), HERE, "dev", STACKS))
SCOPE = StackScope("555555555555", (("eu-west-1", "orders-pv-*"), ("eu-west-1", "pv-*-Billing")))


def test_the_stacks_of_previews_are_patterns_that_only_previews_match() -> None:
    assert find_preview_scope(PIPELINE) == SCOPE


def test_stacks_are_removed_and_the_buckets_that_are_named_after_them_emptied() -> None:
    stacks, buckets, images = removing(SCOPE)
    assert stacks["Resource"] == [
        "arn:aws:cloudformation:eu-west-1:555555555555:stack/orders-pv-*/*",
        "arn:aws:cloudformation:eu-west-1:555555555555:stack/pv-*-Billing/*",
    ]
    assert buckets["Resource"] == [
        *("arn:aws:s3:::orders-pv-*", "arn:aws:s3:::orders-pv-*/*"),
        *("arn:aws:s3:::pv-*-billing*", "arn:aws:s3:::pv-*-billing*/*"),
    ]
    assert images["Resource"] == "*"


def test_values_are_those_of_the_stage_that_previews_are_like() -> None:
    deploy = DeploySettings(env=(("KEY", SsmValue("/shop/{stage}/key")),))
    services = tuple(replace(each, deploy=deploy) for each in PIPELINE.services)
    (statement,) = reading_preview_values(SCOPE, replace(PIPELINE, services=services))
    assert statement["Resource"] == "arn:aws:ssm:eu-west-1:555555555555:parameter/shop/dev/key"


@pytest.mark.parametrize(
    ("previews", "said"),
    [
        (None, "the configuration has none"),
        (PreviewSettings(("*",), HERE, "dev", (("orders", "orders"), ("billing", "b-{stage}"))), "in every stage"),
    ],
)
def test_without_previews_there_is_no_policy(previews: PreviewSettings | None, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        find_preview_scope(replace(PIPELINE, previews=previews))
