"""A second deployer, to show that nothing but its adapter knows the first one: other files, other ids, another name."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.changes.source_map import SourceMap, SourcePlace
from promote_tui.core.errors import DeployError
from promote_tui.core.model.deployer import DeployerFacts
from promote_tui.core.package.file_references import FileReferences
from promote_tui.core.package.manifest import Manifest
from promote_tui.core.package.package import Package, ResolvedTarget, Submission
from promote_tui.ports import ConfigurationReader
from tests.support.fakes.deployer import FakeDeployer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from promote_tui.core.model.pipeline import Target
    from promote_tui.ports import Job

FACTS = DeployerFacts(
    name="SAM CLI",
    configuration="template.yaml",
    configurations=("template.yaml", "template.json"),
    bucket="SourceBucket",
    bucket_output="SourceBucketName",
    bucket_remedy="name one by --s3-bucket",
    keep_output="a deploy by hand names its commit by --parameter-overrides Commit=$(git rev-parse HEAD)",
)
TEMPLATE = "packaged.json"
_INCLUDE = re.compile(r"^include: (\S+)$", re.MULTILINE)
_RESOURCE = re.compile(r"^  (\w+): AWS", re.MULTILINE)


class SamConfiguration:
    """Reads template.yaml: `include: FILE` in a line, resources indented by two."""

    def names(self, file: str) -> tuple[str, ...]:
        """Return the names that it may have."""
        return (file,) if file else FACTS.configurations

    def includes(self, text: str, folder: str) -> tuple[str, ...]:
        """Return what is included."""
        return tuple(f"{folder}/{name}" for name in _INCLUDE.findall(text))

    def source_map(self, main: str, texts: Mapping[str, str]) -> SourceMap:
        """Return where each resource stands."""
        includers = {path: frozenset({main} - {path}) for path in texts}
        found = {
            name: frozenset({SourcePlace((path,))}) for path, text in texts.items() for name in _RESOURCE.findall(text)
        }
        return SourceMap(includers, found)

    def references(self, folder: str, _main: str, _texts: Mapping[str, str], stage: str) -> FileReferences:
        """Return the parameters of a stage."""
        return FileReferences({f"{folder}/{stage}.env.json": "--env-vars reads it"})

    def required_parameters(self, main: str, texts: Mapping[str, str]) -> tuple[str, ...]:
        """Return the parameters that it names as required: `requires: NAME` in a line."""
        return tuple(re.findall(r"^requires: (\S+)$", texts[main], re.MULTILINE))


@dataclass(slots=True)
class FakeSam(FakeDeployer):
    """A deployer that packages into one JSON file; `template` is what it makes of a commit."""

    facts: DeployerFacts = FACTS
    configuration: ConfigurationReader = field(default_factory=SamConfiguration)
    template: dict[str, object] = field(default_factory=lambda: {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})

    def package(self, job: Job) -> Package:
        """Write the template, with the commit among its outputs."""
        self.packaged.append(job)
        if self.refuses:
            raise DeployError(str(job.target), self.refuses, f"see {job.log}")
        job.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        made = {**self.template, "Outputs": {"DeployedCommit": {"Value": job.commit}}}
        (job.folder / TEMPLATE).write_text(json.dumps(made))
        return self.read(job.folder, job.target, job.commit)

    def read(self, folder: Path, target: Target, commit: str) -> Package:
        """Read it back."""
        raw = (folder / TEMPLATE).read_bytes()
        digest = hashlib.sha256(raw).hexdigest()
        usual = ResolvedTarget(target.service, target.serverless_stage, target.aws.region, target.stack)
        return Package(
            str(folder), ((TEMPLATE, digest),), digest, self.resolved or usual, reports_commit=commit in raw.decode()
        )

    def submission(self, folder: Path, target: Target) -> Submission:
        """Return the template."""
        return Submission(json.dumps(json.loads((folder / TEMPLATE).read_text())))

    def manifest(self, job: Job) -> Manifest:
        """Name no code."""
        return Manifest(node=self.node)

    def command(self, job: Job) -> tuple[str, ...]:
        """Return what would be run."""
        return ("sam", "deploy", "--stack-name", job.target.stack, "--template-file", str(job.folder / TEMPLATE))

    def failure_reason(self, log: Path) -> str:
        """Return the log's last line."""
        lines = log.read_text(encoding="utf-8").splitlines()
        return lines[-1] if lines else ""
