"""The review of a promotion's changes, from a change set or from two templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from promote_tui.core.changes.environment import emptied_variables
from promote_tui.core.changes.iam import permission_notes
from promote_tui.core.changes.model import (
    NEW_CODE,
    ChangeReview,
    PropertyChange,
    Replacement,
    ResourceChange,
    SetChange,
    Template,
)
from promote_tui.core.changes.redaction import is_public, redact
from promote_tui.core.changes.replacement import settle_replacements
from promote_tui.core.changes.stateful import holds_data
from promote_tui.core.package.artifact_diff import deployed_code
from promote_tui.core.text import list_first, plural

if TYPE_CHECKING:
    from promote_tui.core.value import Json

CREATE_ONLY: Mapping[str, frozenset[str]] = {
    "AWS::Cognito::UserPool": frozenset({"AliasAttributes", "UsernameAttributes", "UsernameConfiguration"}),
    "AWS::DynamoDB::Table": frozenset({"KeySchema", "LocalSecondaryIndexes", "TableName"}),
    "AWS::Events::Rule": frozenset({"Name"}),
    "AWS::IAM::Role": frozenset({"Path", "RoleName"}),
    "AWS::Kinesis::Stream": frozenset({"Name"}),
    "AWS::Lambda::Function": frozenset({"FunctionName", "PackageType"}),
    "AWS::Logs::LogGroup": frozenset({"LogGroupName"}),
    "AWS::RDS::DBInstance": frozenset({"DBInstanceIdentifier", "DBName", "Engine", "MasterUsername"}),
    "AWS::S3::Bucket": frozenset({"BucketName"}),
    "AWS::SNS::Topic": frozenset({"FifoTopic", "TopicName"}),
    "AWS::SQS::Queue": frozenset({"FifoQueue", "QueueName"}),
}
"""Properties that CloudFormation can only change by making the resource anew; see its resource reference.

Of types that are not here it is not known: their changes are conditional.
"""

CODE = {"AWS::Lambda::Function": "Code", "AWS::Lambda::LayerVersion": "Content"}
CHURN = {
    "AWS::Lambda::Version": "Lambda version",
    "AWS::Lambda::LayerVersion": "layer version",
    "AWS::ApiGateway::Deployment": "API deployment",
}
_NAMED = 4
_ORDER = {"remove": 1, "modify": 2, "add": 3}


def from_change_set(
    rows: Iterable[SetChange], deployed: Template, packaged: Template, bucket: str = ""
) -> ChangeReview:
    """Return the review of a change set; the templates say what the changed properties were and will be.

    `bucket` is the logical id of the bucket that the deployer keeps packages in, empty where it makes none.
    """
    return _review(settle_replacements(rows, deployed, packaged), deployed, packaged, bucket, predicted="")


def predict(deployed: Template, packaged: Template, why: str, bucket: str = "") -> ChangeReview:
    """Return the review from comparing templates, where there is no change set, and `why` there is none."""
    return _review([*_rows(deployed, packaged)], deployed, packaged, bucket, predicted=why)


def removed_exports(exports: Mapping[str, str], deployed: Template, packaged: Template) -> tuple[str, ...]:
    """Return the names of exports (by output) that the packaged template no longer has, or has under another name."""
    before, after = deployed.get("Outputs") or {}, packaged.get("Outputs") or {}
    kept = {name for name in exports if _export(after, name) and _export(after, name) == _export(before, name)}
    return tuple(sorted(exports[name] for name in exports if name not in kept))


def _export(outputs: Mapping[str, Any], name: str) -> object:
    output = outputs.get(name)
    return output.get("Export") if isinstance(output, Mapping) else None


def _review(
    rows: Sequence[SetChange], deployed: Template, packaged: Template, bucket: str, *, predicted: str
) -> ChangeReview:
    told = [_told(row, deployed, packaged, bucket, predicted=bool(predicted)) for row in rows]
    noise = [each for each in told if _is_noise(each)]
    changes = [each for each in told if not _is_noise(each)]
    folded = (*_new_code(deployed, packaged), *_folded(noise))
    ordered = tuple(sorted(changes, key=_place))
    return ChangeReview(ordered, folded, predicted=predicted, warnings=emptied_variables(deployed, packaged))


def _new_code(deployed: Template, packaged: Template) -> tuple[str, ...]:
    """Return whose code really changes, by the digests of the functions' versions: artifact keys always change."""
    before, after = deployed_code(deployed).code, deployed_code(packaged).code
    both = sorted({*before} & {*after})
    changed = [name for name in both if before[name] != after[name]]
    if changed:
        return (f"{NEW_CODE}{list_first(changed, _NAMED)}",)
    return (f"no new code: {plural(len(both), 'function')} as deployed",) if both else ()


def _told(row: SetChange, deployed: Template, packaged: Template, bucket: str, *, predicted: bool) -> ResourceChange:
    before, after = _resource(deployed, row.logical_id), _resource(packaged, row.logical_id)
    names = [name for name, _ in row.properties]
    old, new = _properties(before), _properties(after)
    found = [each for name in names for each in _differences(row.resource_type, name, old.get(name), new.get(name))]
    leaving = before.get("DeletionPolicy" if row.action == "remove" else "UpdateReplacePolicy")
    return ResourceChange(
        logical_id=row.logical_id,
        resource_type=row.resource_type,
        action=row.action,
        replacement=row.replacement,
        properties=(*found, *(PropertyChange(name) for name in row.attributes)),
        holds_data=holds_data(row.resource_type, row.logical_id, bucket),
        predicted=predicted,
        notes=permission_notes(row.resource_type, old, new),
        kept=leaving in {"Retain", "RetainExceptOnCreate"},
    )


def _resource(template: Template, logical_id: str) -> Mapping[str, Any]:
    found = (template.get("Resources") or {}).get(logical_id)
    return found if isinstance(found, Mapping) else {}


def _properties(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    found = resource.get("Properties")
    return found if isinstance(found, Mapping) else {}


def _differences(kind: str, path: str, before: Json, after: Json) -> Iterator[PropertyChange]:
    """Yield what differs at and below a path; a property that only CloudFormation sees change is named itself."""
    if before != after and isinstance(before, Mapping) and isinstance(after, Mapping) and not is_public(kind, path):
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                yield from _differences(kind, f"{path}.{key}", before.get(key), after.get(key))
    elif is_public(kind, path) and before != after:
        yield PropertyChange(path, *("" if side is None else redact(side) for side in (before, after)))
    else:
        yield PropertyChange(path)


def _rows(deployed: Template, packaged: Template) -> Iterator[SetChange]:
    before, after = deployed.get("Resources") or {}, packaged.get("Resources") or {}
    moved = any((deployed.get(part) or {}) != (packaged.get(part) or {}) for part in ("Conditions", "Mappings"))
    for name in sorted({*before, *after}):
        old, new = _resource(deployed, name), _resource(packaged, name)
        if not new:
            yield SetChange(name, str(old.get("Type", "")), "remove")
        elif not old:
            yield SetChange(name, str(new.get("Type", "")), "add")
        elif old != new or (moved and "Condition" in new):
            yield _modified(name, old, new)


def _modified(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> SetChange:
    kind, was, now = str(new.get("Type", "")), _properties(old), _properties(new)
    names = [each for each in sorted({*was, *now}) if was.get(each) != now.get(each)]
    others = [each for each in sorted({*old, *new} - {"Type", "Properties"}) if old.get(each) != new.get(each)]
    replacement = "true" if old.get("Type") != new.get("Type") else _replacement(kind, names)
    return SetChange(name, kind, "modify", replacement, tuple((each, "Never") for each in names), tuple(others))


def _replacement(kind: str, names: Iterable[str]) -> Replacement:
    if kind not in CREATE_ONLY:
        return "conditional" if [*names] else "false"
    return "true" if CREATE_ONLY[kind] & {*names} else "false"


def _is_noise(change: ResourceChange) -> bool:
    """Tell whether it is what every deploy changes: versions, artifact keys, API deployments."""
    if change.resource_type in CHURN:
        return True
    code = CODE.get(change.resource_type)
    return (
        code is not None
        and change.action == "modify"
        and {each.path.partition(".")[0] for each in change.properties} == {code}
    )


def _folded(noise: Sequence[ResourceChange]) -> tuple[str, ...]:
    if not noise:
        return ()
    functions = sum(each.resource_type == "AWS::Lambda::Function" for each in noise)
    parts = [f"the artifact key of {plural(functions, 'function')}"] if functions else []
    for kind, words in CHURN.items():
        count = sum(each.resource_type == kind for each in noise if each.action != "remove")
        parts += [plural(count, words)] if count else []
    return (f"as in every deploy: {', '.join(parts) or 'removed versions'}",)


def _place(change: ResourceChange) -> tuple[int, int, str]:
    first = 0 if change.loses_data else 1 if change.replacement != "false" else 2
    return first, _ORDER[change.action], change.logical_id
