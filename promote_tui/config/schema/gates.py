"""The gates that a stage asks for, and the rules that they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, Tag, model_validator

from promote_tui.config import types as f
from promote_tui.config.schema.block import Block
from promote_tui.core.durations import to_seconds
from promote_tui.core.model import team_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

GateName = Literal[
    "soak",
    "approvals",
    "checks",
    "checklist",
    "freeze",
    "window",
    "alarms",
    "ci",
    "same_artifact",
    "way_back",
    "signed",
    "pushed",
    "only",
    "wildcard_iam",
    "secrets_in_environment",
    "public_buckets",
    "dead_letter",
    "runtimes",
    "regions",
    "function_names",
    "stack_tags",
    "vpc",
    "deployment_role",
    "log_retention",
    "safeguard_commands",
]


class Approvals(Block):
    """Who must approve."""

    count: int = Field(1, ge=1, description="How many people; the promoter does not count.")
    by: list[f.Line] | None = Field(None, min_length=1, description="Groups (see `groups`) whose approvals count.")


class Weekly(Block):
    """A time in every week."""

    from_: f.WeekTime = Field(alias="from", description='When it begins, such as "fri 16:00".')
    to: f.WeekTime = Field(description='When it ends, such as "mon 09:00".')
    timezone: f.Zone = Field(description="The time zone of both, such as Europe/Berlin.")
    reason: f.Line | None = Field(None, description="The reason that people are shown.")

    @model_validator(mode="after")
    def _moves(self) -> Weekly:
        if self.from_ == self.to:
            raise f.value_error("begins when it ends; let `to` be another time than `from`")
        return self


class Dates(Block):
    """Days of the calendar."""

    start: f.Date = Field(description="The first day, such as 2026-12-20.")
    end: f.Date = Field(description="The last day, included.")
    timezone: f.Zone = Field(description="The time zone in which the days begin and end.")
    reason: f.Line | None = Field(None, description="The reason that people are shown.")

    @model_validator(mode="after")
    def _ordered(self) -> Dates:
        if self.end < self.start:
            raise f.value_error(f"ends on {self.end}, before it starts on {self.start}; exchange them")
        return self


class Checks(Block):
    """Commands that must pass, and when they run."""

    commands: list[f.Argv] = Field(min_length=1, description="Commands (argv lists) that must pass on the commit.")
    run: Literal["on_demand", "on_promote"] = Field(
        "on_demand", description="on_promote: a promotion runs those that have not run on the commit."
    )


ChecksChoice = Annotated[
    Annotated[Annotated[list[f.Argv], Field(min_length=1)], Tag("~commands")] | Annotated[Checks, Tag("~when")],
    f.either(lambda value: "~when" if isinstance(value, dict | Checks) else "~commands"),
]
ApprovalsChoice = Annotated[
    Annotated[int, Field(ge=1), Tag("~count")] | Annotated[Approvals, Tag("~people")],
    f.either(lambda value: "~people" if isinstance(value, dict | Approvals) else "~count"),
]
Period = Annotated[
    Annotated[Dates, Tag("~dates")] | Annotated[Weekly, Tag("~weekly")],
    f.either(
        lambda value: (
            "~dates"
            if isinstance(value, Dates) or (isinstance(value, dict) and {"start", "end"} & value.keys())
            else "~weekly"
        )
    ),
]


class Gates(Block):
    """The conditions of a promotion to the stage."""

    soak: f.Duration | None = Field(None, description="How long it must have been verified in the stage before.")
    approvals: ApprovalsChoice | None = Field(None, description="Approvals by people other than the promoter.")
    checks: ChecksChoice | None = Field(
        None, description="Commands (argv lists) that must pass on the commit; with `run`, a promotion runs them."
    )
    checklist: list[f.Line] | None = Field(None, min_length=1, description="Items that people tick off.")
    freeze: list[Period] | None = Field(None, min_length=1, description="When nothing is promoted.")
    window: list[Period] | None = Field(None, min_length=1, description="The only times when something is promoted.")
    alarms: list[f.Line] | None = Field(
        None, min_length=1, description="CloudWatch alarms that must be OK before a deploy, and during `bake` after it."
    )
    ci: list[f.Line] | None = Field(
        None, min_length=1, description="Builds of the commit that must have succeeded, as the repository's host says."
    )
    signed: bool = Field(default=False, description="Whether the commit must be signed by a key that git trusts.")
    pushed: bool = Field(
        default=False, description="Whether the commit must be on a branch of the repository's remote."
    )
    same_artifact: Literal["warn", "require"] = Field(
        "warn", description="warn or block when the code differs from what was verified in the stage before."
    )
    way_back: Literal["warn", "require"] | None = Field(
        None, description="warn or block where what runs now could not be deployed again afterwards."
    )


def gate_rules(gates: Gates, groups: Mapping[str, list[str]]) -> team_rules.Rules:
    """Return what these gates ask of a promotion: durations in seconds, groups as the people in them."""
    return team_rules.Rules(
        soak=to_seconds(gates.soak) if gates.soak else 0.0,
        approvals=_approvals(gates.approvals, groups) if gates.approvals is not None else None,
        checks=tuple(tuple(argv) for argv in _checks(gates).commands) if gates.checks else (),
        run_checks=_checks(gates).run if gates.checks else "on_demand",
        checklist=tuple(gates.checklist or ()),
        freeze=tuple(_period(each) for each in gates.freeze or ()),
        window=tuple(_period(each) for each in gates.window or ()),
        alarms=tuple(gates.alarms or ()),
        ci=tuple(gates.ci or ()),
        signed=gates.signed,
        pushed=gates.pushed,
        way_back=gates.way_back,
    )


def _checks(gates: Gates) -> Checks:
    return gates.checks if isinstance(gates.checks, Checks) else Checks(commands=gates.checks or [])


def _approvals(wanted: int | Approvals, groups: Mapping[str, list[str]]) -> team_rules.Approvals:
    if isinstance(wanted, int):
        return team_rules.Approvals(wanted)
    names = tuple(wanted.by or ())
    people = dict.fromkeys(person for name in names for person in groups.get(name, ()))
    return team_rules.Approvals(wanted.count, tuple(people), names)


def _period(period: Weekly | Dates) -> team_rules.Period:
    if isinstance(period, Weekly):
        return team_rules.Weekly(period.from_, period.to, period.timezone, period.reason or "")
    return team_rules.Dates(period.start, period.end, period.timezone, period.reason or "")
