"""Which stacks and accounts a stage's policies are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import UsageError
from promote_tui.core.iam.scope import StackScope, find_neighbours, find_scope
from promote_tui.core.model.users import Unresolved
from promote_tui.core.value import replace
from tests.support.fakes import world

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Pipeline

PROD, PAY = "333333333333", "444444444444"


def moved(pipeline: Pipeline, service: str, **aws: str) -> Pipeline:
    """The same pipeline, with a service that reaches AWS otherwise in prod."""
    services = tuple(
        replace(
            each,
            targets=tuple(
                replace(target, aws=replace(target.aws, **aws))  # type: ignore[arg-type]
                if (target.service, target.stage) == (service, "prod")
                else target
                for target in each.targets
            ),
        )
        for each in pipeline.services
    )
    return replace(pipeline, services=services)


PIPELINE = world.pipeline("orders", "billing")
APART = moved(PIPELINE, "billing", account=PAY)


def arn(name: str, region: str = "eu-west-1", partition: str = "aws") -> str:
    """The ARN of a stack of prod."""
    return f"arn:{partition}:cloudformation:{region}:{PROD}:stack/{name}/*"


def scope(*names: str, region: str = "eu-west-1") -> StackScope:
    """Stacks of prod in a region."""
    return StackScope(PROD, tuple((region, name) for name in names))


def test_a_stage_has_its_stacks_in_its_account() -> None:
    assert find_scope(PIPELINE, PIPELINE.stage("prod")) == scope("orders-prod", "billing-prod")


def test_a_stage_of_nobody_has_no_stacks_yet() -> None:
    prod = PIPELINE.stage("prod")
    nobodys = replace(prod, aws=replace(prod.aws, account="", unresolved=Unresolved("nobody", "be somebody")))
    with pytest.raises(UsageError, match=r"^stage prod: nobody; be somebody$"):
        find_scope(PIPELINE, nobodys)


def test_a_service_with_an_account_of_its_own_is_of_that_one() -> None:
    prod = APART.stage("prod")
    assert find_scope(APART, prod, PROD) == scope("orders-prod")
    assert find_scope(APART, prod, PAY) == StackScope(PAY, (("eu-west-1", "billing-prod"),))
    with pytest.raises(UsageError, match=f"it has several accounts: {PROD}, {PAY}; choose one with --account"):
        find_scope(APART, prod)
    with pytest.raises(UsageError, match=f"prod has no stack there; one of: {PROD}, {PAY}"):
        find_scope(APART, prod, "1" * 12)


@pytest.mark.parametrize(
    ("found", "arns"),
    [
        (scope("orders-prod", "billing-prod"), [arn("orders-prod"), arn("billing-prod")]),
        (scope("x", region="cn-north-1"), [arn("x", "cn-north-1", "aws-cn")]),
        (scope("x", region="us-gov-west-1"), [arn("x", "us-gov-west-1", "aws-us-gov")]),
        (scope(*(f"acme-service{number}-prod" for number in range(40))), [arn("acme-service*-prod")]),
        (scope(*(f"{number}aa" for number in range(40)), "aa"), [arn("*aa")]),
        (scope(*("b" * count for count in range(1, 60))), [arn("b*")]),
        (
            StackScope(PROD, (*((("eu-west-1", f"s{n}-prod")) for n in range(40)), ("us-east-1", "edge"))),
            [arn("s*-prod"), arn("edge", "us-east-1")],
        ),
    ],
)
def test_stacks_are_named_one_by_one_or_by_a_pattern_where_there_are_too_many(
    found: StackScope, arns: list[str]
) -> None:
    assert list(found.stack_arns) == arns


def test_other_stages_of_an_account_are_known() -> None:
    shared = moved(PIPELINE, "billing", account=PIPELINE.stage("dev").aws.account)
    assert find_neighbours(shared, shared.stage("dev"), "111111111111") == ("prod",)
    assert find_neighbours(PIPELINE, PIPELINE.stage("prod"), PROD) == ()


@pytest.mark.parametrize("name", ["", "*", "arn:aws:iam::333333333333:role/x", 'x"y'])
def test_what_is_no_name_of_a_role_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not the name of a role"):
        scope("x").role(name)
