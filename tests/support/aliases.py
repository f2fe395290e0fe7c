"""Names for what tests take and hand on without looking at its shape."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A value of a JSON or YAML document, a part of a template, an answer of AWS."""

Argument: TypeAlias = Any
"""An argument that is handed on as it is."""

AwsClient: TypeAlias = Any
"""A client of boto3: which one is decided by a name."""
