"""What stands in braces in settings: `{stage}`, `{service}`, `{region}`, `{user}`, and `${NAME}` of the environment.

Only a word in single braces is a placeholder: `{"a": 1}`, `%{http_code}` and `{{x}}` are text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("stage", "service", "region", "user")
_VARIABLE = r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}"
_PLACEHOLDER = r"(?<![$%{])\{([A-Za-z_][A-Za-z0-9_]*)\}"


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names of the placeholders in a text, each once."""
    return tuple(dict.fromkeys(re.findall(_PLACEHOLDER, text)))


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    """Return the text with the placeholders that have a value replaced by it."""
    return re.sub(_PLACEHOLDER, lambda found: values.get(found[1], found[0]), text)


def variables(text: str) -> tuple[str, ...]:
    """Return the names of the variables in a text, in their order."""
    return tuple(re.findall(_VARIABLE, text))


def fill_variables(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its variables replaced; raises KeyError with the name of one that has no value."""
    return re.sub(_VARIABLE, lambda found: values[found[1]], text)
