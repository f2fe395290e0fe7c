"""Values that come from JSON, or from a library that says no more of what it answers."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A value as it was read: who reads it checks what it is."""
