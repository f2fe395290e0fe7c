"""Web addresses of what is shown."""

from __future__ import annotations

from urllib.parse import quote


def console_url(region: str, stack_id: str) -> str:
    """Return the CloudFormation console's page of a stack."""
    at = f"https://{region}.console.aws.amazon.com/cloudformation/home?region={region}"
    return f"{at}#/stacks/stackinfo?stackId={quote(stack_id, safe='')}"
