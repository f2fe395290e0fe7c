"""Reads error responses of AWS: their code, their message, and the kinds that several calls can get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.text import clean, mask

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_THROTTLED = frozenset({
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
})  # fmt: skip
_DENIED = frozenset({
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "Forbidden",
    "ForbiddenException",
    "UnauthorizedOperation",
})  # fmt: skip


def code(error: ClientError) -> str:
    """Return AWS's name for the failure."""
    return str(error.response.get("Error", {}).get("Code", ""))


def message(error: ClientError) -> str:
    """Return AWS's message as one line that is safe to show."""
    return one_line(str(error.response.get("Error", {}).get("Message", "")))


def is_throttled(error: ClientError) -> bool:
    """Tell whether AWS throttles the call."""
    return code(error) in _THROTTLED


def is_denied(error: ClientError) -> bool:
    """Tell whether the credentials are valid but not allowed to do this."""
    return code(error) in _DENIED


def is_missing(error: ClientError) -> bool:
    """Tell whether CloudFormation says that there is no such stack."""
    return code(error) == "ValidationError" and "does not exist" in message(error)


def one_line(text: str) -> str:
    """Return the first line that is not blank, shortened and without secrets."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return mask(clean(line, limit=200))
