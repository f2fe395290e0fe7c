"""A package folder as the Serverless CLI leaves it: read and digested.

A note of ours lies in it too, see `completion`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.serverless import artifacts as archives
from promote_tui.adapters.serverless import template as templates
from promote_tui.adapters.serverless.artifacts import sha256
from promote_tui.adapters.serverless.state import (
    STATE,
    artifact_folder,
    compiled_template,
    load_json,
    provider_of,
    resolved_of,
    unreadable,
)
from promote_tui.core.model.commit_names import kind_of
from promote_tui.core.model.pipeline import CommitSource, StackOutput, StackTag, Target
from promote_tui.core.package.package import Checkout, Package, Submission
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promote_tui.adapters.serverless.artifacts import Scan
    from promote_tui.core.package.manifest import Manifest
    from promote_tui.core.value import Json

NOTE = "promote-tui.json"
_DESCRIPTIONS = ("serverless-state.json", "cloudformation-template-", "compiled-cloudformation-template", NOTE)
_CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM")


def read(folder: Path, target: Target, commit: str) -> Package:
    """Return the package that lies in a folder, all of it read afresh; raises DeployError."""
    try:
        return _read(folder, target, commit)
    except OSError as problem:
        raise unreadable(target, f"{problem.filename}: {problem.strerror}") from problem


def submission(folder: Path, target: Target) -> Submission:
    """Return what a deploy of the package hands to CloudFormation; raises DeployError.

    As the CLI does it: the stage and `provider.stackTags` as tags, `provider.stackParameters`, and the
    capabilities that every one of its stacks gets.
    """
    state = load_json(folder / STATE, target)
    provider, template = provider_of(state, target), templates.to_plain(compiled_template(state, target), state)
    tags = {"STAGE": target.serverless_stage}
    for name, value in (templates.to_plain(provider.get("stackTags"), state) or {}).items():
        tags = {key: each for key, each in tags.items() if key.lower() != name.lower() or key == name}
        tags[name] = str(value)
    role = (templates.to_plain(provider.get("iam"), state) or {}).get("deploymentRole") or provider.get("cfnRole")
    bucket = templates.to_plain(provider.get("deploymentBucket"), state)
    name = bucket.get("name") if isinstance(bucket, dict) else bucket
    return Submission(
        template=json.dumps(template, ensure_ascii=False, separators=(",", ":")),
        parameters=tuple(
            (str(each.get("ParameterKey", "")), str(each.get("ParameterValue", "")))
            for each in templates.to_plain(provider.get("stackParameters"), state) or ()
        ),
        tags=tuple(tags.items()),
        capabilities=(*_CAPABILITIES, *(("CAPABILITY_AUTO_EXPAND",) if template.get("Transform") else ())),
        role_arn=role if isinstance(role, str) else None,
        notification_arns=tuple(map(str, templates.to_plain(provider.get("notificationArns"), state) or ())),
        bucket=name if isinstance(name, str) else None,
    )


def manifest(folder: Path, target: Target, checkout: Checkout, node: str) -> Manifest:
    """Return what is in each archive of the package, and what it was built with; raises DeployError."""
    try:
        state = load_json(folder / STATE, target)
        template = templates.to_plain(compiled_template(state, target), state)
        found = _scanned(folder, _Note.load(folder, target), dict(_digests(folder)))
        listed = archives.manifest(template, _by_name(found), artifact_folder(state))
        name, digest = archives.nearest_lockfile(Path(checkout.service), Path(checkout.root))
    except OSError as problem:
        raise unreadable(target, f"{problem.filename}: {problem.strerror}") from problem
    return replace(listed, lockfile=name, lockfile_digest=digest, node=node)


def _read(folder: Path, target: Target, commit: str) -> Package:
    state = load_json(folder / STATE, target)
    note = _Note.load(folder, target)
    template = templates.to_plain(compiled_template(state, target), state)
    files = dict(_digests(folder)) | {path: sha256(Path(path)) for path in note.outside}
    found = _scanned(folder, note, files)
    patterns = note.source.names if isinstance(note.source, StackOutput) else (templates.DEFAULT_OUTPUT,)
    return Package(
        folder=str(folder),
        files=tuple(sorted(files.items())),
        content=_content(found, templates.to_comparable(template, patterns, artifact_folder(state))),
        resolved=resolved_of(state, target),
        reports_commit=_reports(note.source, template, provider_of(state, target), state, commit),
        artifacts=archives.artifacts(template, _by_name(found), artifact_folder(state)),
        remark=note.remark,
    )


@dataclass(frozen=True, slots=True)
class _Note:
    source: CommitSource
    outside: tuple[str, ...]
    remark: str = ""

    @classmethod
    def load(cls, folder: Path, target: Target) -> _Note:
        raw = load_json(folder / NOTE, target)
        first, *others = raw.get("outputs") or [raw.get("output", "")]
        source: CommitSource = StackTag(raw["tag"]) if raw.get("tag") else StackOutput(first, tuple(others))
        return cls(source, tuple(raw.get("outside", ())), str(raw.get("remark", "")))


def _reports(source: CommitSource, template: Json, provider: Json, state: Json, commit: str) -> bool:
    match source:
        case StackTag(name=name):
            tags = templates.to_plain(provider.get("stackTags"), state) or {}
            values = templates.outputs(template, templates.DEFAULT_OUTPUT).values()
            return bool(tags.get(name) == commit) and all(value == commit for value in values)
        case StackOutput():
            values = templates.outputs(template, *source.names).values()
            return commit in values and all(value == commit or _yields(value) for value in values)


def _yields(value: Json) -> bool:
    """Tell whether a full hash beside this value is what counts; what CloudFormation computes may be one itself."""
    return isinstance(value, str) and kind_of(value) not in {"full", "dirty"}


def _digests(folder: Path) -> Iterator[tuple[str, str]]:
    for path in _files(folder):
        yield path.relative_to(folder).as_posix(), sha256(path)


def _scanned(folder: Path, note: _Note, digests: Mapping[str, str]) -> list[tuple[str, Scan]]:
    """Return the archives in the package and those outside that are shipped with it, as (place, what was read)."""
    inside = [path for path in _files(folder) if not path.name.startswith(_DESCRIPTIONS)]
    places = [(path.relative_to(folder).as_posix(), path) for path in inside]
    return [(place, archives.scan(path, digests[place])) for place, path in places] + [
        (Path(path).name, archives.scan(Path(path), digests.get(path) or sha256(Path(path)))) for path in note.outside
    ]


def _by_name(found: list[tuple[str, Scan]]) -> dict[str, Scan]:
    """Return them by the name that they get in S3; what the package holds itself goes first."""
    return {place.rpartition("/")[2]: each for place, each in reversed(found)}


def _content(found: list[tuple[str, Scan]], template: str) -> str:
    parts = sorted((place, each.content) for place, each in found)
    return hashlib.sha256(json.dumps([template, parts]).encode()).hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
