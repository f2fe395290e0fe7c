"""CloudFormation's templates, change sets, exports and drift in memory, and Lambda's code.

inspector = FakeInspector()
inspector.templates[target.key] = {...}          what the stack was deployed with
inspector.change_sets[target.key] = (...)        what a change set answers
inspector.errors["change_set"] = AwsError(...)   that method fails, for every target
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from promote_tui.core.changes.model import SetChange, Template
from promote_tui.core.changes.stack_drift import Detection, ResourceDrift
from promote_tui.core.errors import AwsError
from promote_tui.core.model.stack_resources import StackResource
from promote_tui.core.package.package import Submission
from promote_tui.core.traffic.model import AliasRouting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.model.pipeline import Target


@dataclass(slots=True)
class FakeInspector:
    """A StackInspector that tests script; everything goes by the target's key."""

    templates: dict[str, Template] = field(default_factory=dict)
    change_sets: dict[str, tuple[SetChange, ...]] = field(default_factory=dict)
    export_names: dict[str, dict[str, str]] = field(default_factory=dict)
    imports: dict[str, tuple[str, ...]] = field(default_factory=dict)
    physical: dict[str, dict[str, str]] = field(default_factory=dict)
    described: dict[str, tuple[StackResource, ...]] = field(default_factory=dict)
    detections: list[Detection] = field(default_factory=list)
    drifted: dict[str, tuple[ResourceDrift, ...]] = field(default_factory=dict)
    detected: dict[str, datetime] = field(default_factory=dict)
    errors: dict[str, AwsError] = field(default_factory=dict)
    marked: dict[str, str] = field(default_factory=dict)
    called: list[tuple[str, str]] = field(default_factory=list)
    submitted: list[Submission] = field(default_factory=list)

    def template(self, target: Target, stack_id: str) -> Template:
        """Return what the stack was deployed with."""
        self._call("template", target)
        return self.templates.get(target.key, {"Resources": {}})

    def change_set(
        self,
        target: Target,
        stack_id: str,
        submission: Submission,
        name: str,
    ) -> tuple[SetChange, ...]:
        """Return what was scripted."""
        self._call("change_set", target)
        self.submitted.append(submission)
        return self.change_sets.get(target.key, ())

    def exports(self, target: Target, stack_id: str) -> Mapping[str, str]:
        """Return the scripted exports."""
        self._call("exports", target)
        return self.export_names.get(target.key, {})

    def stacks_with_output(self, target: Target, _output: str) -> Mapping[str, str]:
        """Return what `marked` has: values by the stack's name."""
        self._call("stacks_with_output", target)
        return self.marked

    def importers(self, target: Target, export: str) -> tuple[str, ...]:
        """Return who imports it."""
        self._call("importers", target)
        return self.imports.get(export, ())

    def resources(self, target: Target, stack_id: str) -> Mapping[str, str]:
        """Return physical ids."""
        self._call("resources", target)
        return self.physical.get(target.key, {})

    def describe_resources(self, target: Target, stack_id: str) -> tuple[StackResource, ...]:
        """Return the scripted resources."""
        self._call("describe_resources", target)
        return self.described.get(stack_id, self.described.get(target.key, ()) if target.stack in stack_id else ())

    def detect_drift(self, target: Target, stack_id: str) -> str:
        """Begin a detection."""
        self._call("detect_drift", target)
        return f"detection-{target.key}"

    def detection(self, target: Target, detection_id: str) -> Detection:
        """Return the next scripted answer; the last one stays."""
        self._call("detection", target)
        if not self.detections:
            return Detection("complete", len(self.drifted.get(target.key, ())))
        return self.detections.pop(0) if len(self.detections) > 1 else self.detections[0]

    def last_detection(self, target: Target, stack_id: str) -> datetime | None:
        """Return when the scripted detection ended."""
        self._call("last_detection", target)
        return self.detected.get(target.key)

    def drifts(self, target: Target, stack_id: str) -> tuple[ResourceDrift, ...]:
        """Return the scripted drift."""
        self._call("drifts", target)
        return self.drifted.get(target.key, ())

    def _call(self, method: str, target: Target) -> None:
        self.called.append((method, target.key))
        if method in self.errors:
            raise self.errors[method]


@dataclass(slots=True)
class FakeFunctions:
    """A FunctionReader: CodeSha256 and log groups by the function's name.

    `error` is raised by `code` and `log_groups`, `denied` by `aliases`.
    """

    hashes: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    error: AwsError | None = None
    routings: dict[str, tuple[AliasRouting, ...]] = field(default_factory=dict)
    versions: dict[tuple[str, str], str] = field(default_factory=dict)
    called: list[tuple[str, ...]] = field(default_factory=list)
    denied: AwsError | None = None

    def code(self, target: Target) -> Mapping[str, str]:
        """Return what the functions run."""
        if self.error is not None:
            raise self.error
        return dict(self.hashes)

    def aliases(self, target: Target, function: str) -> tuple[AliasRouting, ...]:
        """Return a function's aliases."""
        self.called.append(("aliases", function))
        if self.denied is not None:
            raise self.denied
        return self.routings.get(function, ())

    def version_code(self, target: Target, function: str, version: str) -> str:
        """Return the code of a version."""
        self.called.append(("version", function, version))
        return self.versions.get((function, version), "")

    def log_groups(self, target: Target) -> Mapping[str, str]:
        """Return the groups of those that name theirs."""
        if self.error is not None:
            raise self.error
        return dict(self.groups)
