"""A package folder as the Serverless CLI leaves it: completing, reading and digesting it.

What is deployed from it is `compiledCloudFormationTemplate` in serverless-state.json, so this is
where the commit output goes, and into the update template, which people and tools read. The create
template stays as it is: a failed first deploy must not leave a stack that names the commit. A commit
tag is on the stack from its creation on, so an output that says the same goes with it: without that
output, the tag of a stack that holds nothing but its bucket is not believed (`core.stacks.cells`).

A note of ours lies in the folder too: it says where the commit is to be found in the stack, and
which artifacts the service names that are outside the folder and are shipped with it.
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
from promote_tui.core.changes.template_limits import exceeded_limits
from promote_tui.core.errors import DeployError
from promote_tui.core.model.commit_names import kind_of
from promote_tui.core.model.pipeline import CommitSource, StackOutput, StackTag, Target
from promote_tui.core.package.package import Checkout, Package, ResolvedTarget, Submission
from promote_tui.core.value import replace
from promote_tui.private_files import write_private

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from promote_tui.adapters.serverless.artifacts import Scan
    from promote_tui.core.package.manifest import Manifest
    from promote_tui.core.value import Json

STATE = "serverless-state.json"
UPDATE_TEMPLATE = "cloudformation-template-update-stack.json"
NOTE = "promote-tui.json"
_DESCRIPTIONS = ("serverless-state.json", "cloudformation-template-", "compiled-cloudformation-template", NOTE)
_CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM")
_INDENT = 2


def complete_package(folder: Path, target: Target, commit: str, source: CommitSource, service: Path) -> None:
    """Make the package private and make it report its commit; raises DeployError.

    `service` is the folder that it was packaged in. An output is added as long as CloudFormation takes it: a tag does
    without it, and a commit that nothing else would name is refused.
    """
    state = _load(folder / STATE, target)
    _make_private(folder)
    provider = _provider(state, target)
    full = ""
    match source:
        case StackTag(name=name):
            tags = {name: commit, **(templates.to_plain(provider.get("stackTags"), state) or {})}
            provider["stackTags"] = tags
            _save(folder / STATE, state)
            full = _add_output(folder, target, state, (templates.DEFAULT_OUTPUT,), str(tags[name]))
        case StackOutput():
            full = _add_output(folder, target, state, source.names, commit)
            if full:
                raise _no_room(target, full)
    remark = f"by its tag only: with one more output the template would have {full}" if full else ""
    _save(folder / NOTE, _note(folder, state, source, service) | ({"remark": remark} if remark else {}))


def read(folder: Path, target: Target, commit: str) -> Package:
    """Return the package that lies in a folder, all of it read afresh; raises DeployError."""
    try:
        return _read(folder, target, commit)
    except OSError as problem:
        raise _unreadable(target, f"{problem.filename}: {problem.strerror}") from problem


def submission(folder: Path, target: Target) -> Submission:
    """Return what a deploy of the package hands to CloudFormation; raises DeployError.

    As the CLI does it: the stage and `provider.stackTags` as tags, `provider.stackParameters`, and the
    capabilities that every one of its stacks gets.
    """
    state = _load(folder / STATE, target)
    provider, template = _provider(state, target), templates.to_plain(_compiled(state, target), state)
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
        state = _load(folder / STATE, target)
        template = templates.to_plain(_compiled(state, target), state)
        found = _scanned(folder, _Note.load(folder, target), dict(_digests(folder)))
        listed = archives.manifest(template, _by_name(found), _artifact_folder(state))
        name, digest = archives.nearest_lockfile(Path(checkout.service), Path(checkout.root))
    except OSError as problem:
        raise _unreadable(target, f"{problem.filename}: {problem.strerror}") from problem
    return replace(listed, lockfile=name, lockfile_digest=digest, node=node)


def _read(folder: Path, target: Target, commit: str) -> Package:
    state = _load(folder / STATE, target)
    note = _Note.load(folder, target)
    template = templates.to_plain(_compiled(state, target), state)
    files = dict(_digests(folder)) | {path: sha256(Path(path)) for path in note.outside}
    found = _scanned(folder, note, files)
    patterns = note.source.names if isinstance(note.source, StackOutput) else (templates.DEFAULT_OUTPUT,)
    return Package(
        folder=str(folder),
        files=tuple(sorted(files.items())),
        content=_content(found, templates.to_comparable(template, patterns, _artifact_folder(state))),
        resolved=_resolved(state, target),
        reports_commit=_reports(note.source, template, _provider(state, target), state, commit),
        artifacts=archives.artifacts(template, _by_name(found), _artifact_folder(state)),
        remark=note.remark,
    )


@dataclass(frozen=True, slots=True)
class _Note:
    source: CommitSource
    outside: tuple[str, ...]
    remark: str = ""

    @classmethod
    def load(cls, folder: Path, target: Target) -> _Note:
        raw = _load(folder / NOTE, target)
        first, *others = raw.get("outputs") or [raw.get("output", "")]
        source: CommitSource = StackTag(raw["tag"]) if raw.get("tag") else StackOutput(first, tuple(others))
        return cls(source, tuple(raw.get("outside", ())), str(raw.get("remark", "")))


def _note(folder: Path, state: Json, source: CommitSource, service: Path) -> Json:
    named_by = {"tag": source.name} if isinstance(source, StackTag) else {"outputs": list(source.names)}
    ours = folder.resolve()
    named = {path for path in _named_artifacts(state, service) if ours not in path.parents and path.is_file()}
    return {**named_by, "outside": sorted(map(str, named))}


def _named_artifacts(state: Json, service: Path) -> Iterator[Path]:
    """Yield the artifacts that serverless.yml names: the CLI ships them from where they are."""
    inside = templates.to_plain(state["service"], state)
    owners = [inside.get("initialServerlessConfig") or {}]
    for group in ("functions", "layers"):
        members = inside.get(group) or {}
        owners += members.values() if isinstance(members, dict) else []
    for owner in owners:
        package = owner.get("package") if isinstance(owner, dict) else None
        artifact = package.get("artifact") if isinstance(package, dict) else None
        if isinstance(artifact, str) and "://" not in artifact:
            yield (service / artifact).resolve()


def _add_output(folder: Path, target: Target, state: Json, patterns: Sequence[str], commit: str) -> str:
    """Add the output where it is missing; return of what there would be too much with it, and add nothing then."""
    compiled = _compiled(state, target)
    compiled["Outputs"] = templates.to_plain(compiled.get("Outputs") or {}, state)
    grown = dict(compiled)
    if not templates.add_output(grown, patterns, commit):
        return ""
    if full := exceeded_limits(templates.to_plain(grown, state)):
        return full
    compiled["Outputs"] = grown["Outputs"]
    _save(folder / STATE, state)
    update = _load(folder / UPDATE_TEMPLATE, target)
    templates.add_output(update, patterns, commit)
    _save(folder / UPDATE_TEMPLATE, update)
    return ""


def _no_room(target: Target, full: str) -> DeployError:
    cause = "the package cannot be deployed as it is: "
    cause += f"there is no room for an output that names the commit: with it the template would have {full}"
    return DeployError(
        str(target), cause, "set `output: {tag: commit}`, or let `output` name one that holds the commit"
    )


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


def _resolved(state: Json, target: Target) -> ResolvedTarget:
    """Return where the package goes; the stage is that of the artifacts' folder: PREFIX/SERVICE/STAGE/TIME.

    `provider.stage` is what serverless.yml says, and `--stage` wins over it.
    """
    provider = _provider(state, target)
    stage = ([""] * 2 + _artifact_folder(state).split("/"))[-2] or str(provider.get("stage", ""))
    return resolved_target(state["service"], provider, stage)


def resolved_target(service: Json, provider: Json, stage: str) -> ResolvedTarget:
    """Return the CLI's target from its service and provider blocks; without a `stackName` it is SERVICE-STAGE."""
    name = service.get("service") or ""
    name = str(name.get("name", "") if isinstance(name, dict) else name)
    stack = str(provider.get("stackName") or f"{name}-{stage}")
    return ResolvedTarget(name, stage, str(provider.get("region") or ""), stack)


def _artifact_folder(state: Json) -> str:
    package = state.get("package")
    return str(package.get("artifactDirectoryName") or "") if isinstance(package, dict) else ""


def _provider(state: Json, target: Target) -> Json:
    service = state.get("service")
    provider = service.get("provider") if isinstance(service, dict) else None
    if not isinstance(provider, dict):
        raise _unreadable(target, f"{STATE} names no provider")
    return provider


def _compiled(state: Json, target: Target) -> Json:
    template = _provider(state, target).get("compiledCloudFormationTemplate")
    if not isinstance(template, dict):
        raise _unreadable(target, f"{STATE} holds no compiled template")
    return template


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


def _make_private(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)


def _load(path: Path, target: Target) -> Json:
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise _unreadable(target, f"it has no {path.name}") from problem
    except (OSError, ValueError) as problem:
        raise _unreadable(target, f"{path.name} cannot be read") from problem
    if not isinstance(loaded, dict):
        raise _unreadable(target, f"{path.name} is not an object")
    return loaded


def _save(path: Path, content: Json) -> None:
    write_private(path, json.dumps(content, indent=_INDENT, ensure_ascii=False).encode())


def _unreadable(target: Target, cause: str) -> DeployError:
    return DeployError(str(target), f"the package cannot be used: {cause}", "plan again, or see `deploy.command`")
