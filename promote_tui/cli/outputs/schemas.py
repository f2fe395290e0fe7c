"""The JSON Schema of everything that scripts may read, made from the values that are printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from promote_tui.cli.outputs import (
    accounts,
    checks,
    commits,
    config,
    description,
    drift,
    history,
    inbox,
    metrics,
    notes,
    plan,
    previews,
    release_comparison,
    releases,
    runs,
    status,
    sync,
)
from promote_tui.cli.outputs.base import VERSION
from promote_tui.cli.outputs.core_schemas import DEFINED, configuration_definitions, event_definitions
from promote_tui.core.runs import dump
from promote_tui.core.runs.notice_payload import NoticePayload

if TYPE_CHECKING:
    from collections.abc import Sequence

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class JsonOutput:
    """What one command prints as JSON: a document of one of these forms, or lines of them."""

    command: str
    words: str
    forms: tuple[type[msgspec.Struct], ...]
    lines: bool = False
    core: Callable[[], dict[str, Any]] = dict
    """What it prints as the core keeps it, as definitions."""
    is_posted: bool = False
    """Whether it is sent to webhooks, and printed by no command."""

    @property
    def name(self) -> str:
        """The schema's name: docs/schemas/NAME.json."""
        return self.command.replace(" ", "-")


JSON_OUTPUTS = (
    JsonOutput("status", "status --json, also with --at TIME", (status.StatusOutput, history.StatusAtOutput)),
    JsonOutput("describe", "describe SERVICE STAGE --json, also with --logs", (description.DescribeOutput,)),
    JsonOutput("inbox", "inbox --json", (inbox.InboxOutput,)),
    JsonOutput("log", "log SERVICE --json", (commits.LogOutput,)),
    JsonOutput("plan", "plan SERVICE... --to STAGE --json", (plan.PlanOutput,)),
    JsonOutput("sync", "sync --json, also with --check", (sync.SyncOutput,)),
    JsonOutput("preview up", "preview up BRANCH --json", (previews.PreviewOutcomesOutput,)),
    JsonOutput("preview list", "preview list --json", (previews.PreviewListOutput,)),
    JsonOutput("preview down", "preview down NAME --json", (previews.PreviewOutcomesOutput,)),
    JsonOutput("preview prune", "preview prune --json", (previews.PreviewOutcomesOutput,)),
    JsonOutput("release plan", "release plan [NAME [SERVICE]...] --to STAGE --json", (releases.ReleaseOutput,)),
    JsonOutput("release run", "release run NAME --json", (releases.ReleaseOutput,)),
    JsonOutput("release resume", "release resume NAME --json", (releases.ReleaseOutput,)),
    JsonOutput("release rollback", "release rollback NAME --json", (releases.ReleaseOutput,)),
    JsonOutput("release show", "release show NAME --json", (releases.ReleaseOutput,)),
    JsonOutput("release list", "release list --json", (releases.ReleaseListOutput,)),
    JsonOutput("release compare", "release compare FIRST SECOND --json", (release_comparison.ReleaseCompareOutput,)),
    JsonOutput("drift", "drift --json", (drift.DriftOutput,)),
    JsonOutput("notes", "notes SERVICE... --from END --to END --format json", (notes.NotesOutput,)),
    JsonOutput("check", "check --run SERVICE --to STAGE --commit REV --json", (checks.ChecksOutput,)),
    JsonOutput("runs", "runs --json", (runs.RunsOutput,)),
    JsonOutput("runs show", "runs show RUN --json", (runs.RunShowOutput,), core=event_definitions),
    JsonOutput("runs export", "runs export --format json", (runs.RunsExportOutput,)),
    JsonOutput("why", "why SERVICE STAGE --json", (history.WhyOutput,)),
    JsonOutput("metrics", "metrics --json", (metrics.MetricsOutput,)),
    JsonOutput("ledger export", "ledger export, a line", dump.LINES, lines=True),
    JsonOutput("webhook", "a post to a webhook", (NoticePayload,), is_posted=True),
    JsonOutput("config validate", "config validate --json", (config.ConfigValidOutput, config.ConfigInvalidOutput)),
    JsonOutput("config show", "config show --json", (config.ConfigShowOutput,), core=configuration_definitions),
    JsonOutput("config path", "config path --json", (config.ConfigPathOutput,)),
    JsonOutput("accounts", "accounts --json", (accounts.AccountsOutput,)),
    JsonOutput("doctor", "doctor --json", (checks.DoctorOutput,)),
)
"""Every JSON that is promised to scripts."""


def json_schema(published: JsonOutput) -> dict[str, Any]:
    """Return the JSON Schema of what a command prints."""
    roots, definitions = msgspec.json.schema_components(published.forms, ref_template=f"{DEFINED}{{name}}")
    named = [root["$ref"].removeprefix(DEFINED) for root in roots]
    forms = [definitions.pop(name) for name in named]
    if not published.lines:
        forms = [_document(form) for form in forms]
    every = {**definitions, **published.core()}
    body = forms[0] if len(forms) == 1 else {"anyOf": forms}
    return {
        "$schema": _DIALECT,
        "$id": f"urn:promote-tui:json:{published.name}:{VERSION}",
        "title": f"promote-tui {published.words}",
        **{key: value for key, value in body.items() if key != "title"},
        **({"$defs": every} if every else {}),
    }


def _document(form: dict[str, Any]) -> dict[str, Any]:
    """Return a form with the version of the JSON as its first key."""
    properties = {"schema": {"const": VERSION}, **form["properties"]}
    return {**form, "properties": properties, "required": ["schema", *form["required"]]}


def find_json_output(command: Sequence[str]) -> JsonOutput | None:
    """Return what a command prints as JSON, by its words; None for one that prints none."""
    return next((each for each in JSON_OUTPUTS if each.command.split() == [*command]), None)
