"""How much CloudFormation takes of a template; see its quotas."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promote_tui.core.changes.model import Template

BODY = 1_000_000
"""Bytes of a template, from a bucket."""
_MOST = {"Outputs": 200, "Resources": 500, "Parameters": 200, "Mappings": 200}


def exceeded_limits(template: Template) -> str:
    """Return in words what is more than CloudFormation takes; empty where all of it is taken."""
    counts = {part: len(template.get(part) or {}) for part in _MOST}
    over = [
        f"{count} {part.lower()}, at most {_MOST[part]} are allowed"
        for part, count in counts.items()
        if count > _MOST[part]
    ]
    size = len(json.dumps(template, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
    over += [f"{size:,} bytes, at most {BODY:,} are allowed"] if size > BODY else []
    return " and ".join(over)
