"""The values that a deploy is given, in a review and in `plan`: names and sources, beside the stage before."""

from __future__ import annotations

from promote_tui.cli.text.plan import review_lines
from promote_tui.cli.text.style import Style
from promote_tui.core.parameters.listing import PlannedValue
from promote_tui.core.value import replace
from promote_tui.tui.presentation.review.given_values import given_values
from tests.support.fakes import world

VALUES = (
    PlannedValue("param", "apiKey", "SSM /prod/key", "differs", "dev"),
    PlannedValue("param", "old", "configuration", "absent", "dev"),
    PlannedValue("env", "TOKEN", "environment TOKEN", "separate", "dev"),
)


def test_a_review_has_a_line_for_each_value() -> None:
    lines = given_values(replace(world.draft(), values=VALUES), 60)
    assert [line.plain.rstrip() for line in lines] == [
        "",
        "PARAMETERS AND ENVIRONMENT  2 values",
        "param apiKey  SSM /prod/key                 differs from dev",
        "param old     configuration                      only in dev",
        "env   TOKEN   environment TOKEN          read for each stage",
    ]


def test_a_review_says_nothing_where_nothing_is_given() -> None:
    assert given_values(world.draft(), 60) == []
    assert "Parameters and environment" not in review_lines(world.draft(), None, Style(), world.NOW)


def test_a_plan_as_text_has_a_line_for_each_value() -> None:
    lines = review_lines(replace(world.draft(), values=VALUES), None, Style(), world.NOW)
    at = lines.index("Parameters and environment")
    assert [" ".join(line.split()) for line in lines[at + 1 : at + 4]] == [
        "param apiKey SSM /prod/key differs from dev",
        "param old configuration only in dev",
        "env TOKEN environment TOKEN read for each stage",
    ]
