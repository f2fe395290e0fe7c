"""Tells a template that CloudFormation refuses from a call that failed for another reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promote_tui.adapters.aws.refusals import code, message, one_line
from promote_tui.core.errors import AwsError, TemplateError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_VALIDATION = frozenset({"ValidationError", "InsufficientCapabilitiesException"})
_ELSE = re.compile(
    r"(?i)not authorized|access ?denied|S3 error|TemplateURL|throttl|rate exceeded|internal (?:error|failure)"
    r"|timed? ?out|No updates are to be performed|didn't contain changes"
    r"|\bstack\b.* (?:does not exist|is in \w+ state)"
)
"""What is refused whatever the template says: rights, the bucket, AWS' own trouble, the stack's state."""


def template_refusal(error: ClientError, subject: str) -> TemplateError | None:
    """Return the refusal where a call failed because of the template, else None."""
    if code(error) not in _VALIDATION or _ELSE.search(message(error)):
        return None
    return _of_the_template(subject, message(error))


def change_set_failure(reason: str, subject: str) -> AwsError:
    """Return why a change set could not be made: a TemplateError where that is the template."""
    if not reason or _ELSE.search(reason):
        return AwsError(subject, one_line(reason) or "CloudFormation could not make a change set", "plan again")
    return _of_the_template(subject, one_line(reason))


def _of_the_template(subject: str, reason: str) -> TemplateError:
    return TemplateError(subject, reason, "fix the service's template, then plan again")
