"""Which of the replacements that CloudFormation calls conditional cannot happen.

A change set does not look behind a reference: where a function gets new code, all that refers to its ARN "may" be
replaced. A name that AWS gave stays while its resource does, so such a change set row is settled here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promote_tui.core.value import Json, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promote_tui.core.changes.model import Cause, SetChange, Template

_NAME_OF_ITSELF = re.compile(r"(?!(?:Latest)?StreamArn$|PublicDnsName$|VersionId$)[A-Za-z]*(?:Arn|Id|Name|Url|URL)")
"""Attributes that say which resource it is; a table's stream and an instance's public name come and go."""
_OTHERS_CODE = ("AWS::CloudFormation::", "Custom::")
"""What these answer is somebody else's: each update may bring another value."""


def settle_replacements(rows: Iterable[SetChange], deployed: Template, packaged: Template) -> tuple[SetChange, ...]:
    """Return the rows, with those not replaced whose every cause is a name that stays as it is."""
    by_id = {row.logical_id: row for row in rows}
    while True:
        stay = [
            row for row in by_id.values() if row.replacement == "conditional" and _stays(row, by_id, deployed, packaged)
        ]
        if not stay:
            return tuple(by_id.values())
        by_id |= {row.logical_id: replace(row, replacement="false") for row in stay}


def _stays(row: SetChange, rows: Mapping[str, SetChange], deployed: Template, packaged: Template) -> bool:
    own = [each for each in row.causes if not each.entity]
    others = [each for each in row.causes if each.entity]
    alike = all(_property(deployed, row, each) == _property(packaged, row, each) for each in own)
    return bool(others) and alike and all(_is_stable(each.entity, rows) for each in others)


def _is_stable(entity: str, rows: Mapping[str, SetChange]) -> bool:
    name, _, attribute = entity.partition(".")
    row = rows.get(name)
    if row is None or row.action != "modify" or row.replacement != "false":
        return False
    if row.resource_type.startswith(_OTHERS_CODE):
        return False
    return not attribute or bool(_NAME_OF_ITSELF.fullmatch(attribute))


def _property(template: Template, row: SetChange, cause: Cause) -> Json:
    resource = (template.get("Resources") or {}).get(row.logical_id) or {}
    return (resource.get("Properties") or {}).get(cause.property)
