"""Who somebody is: a person, not an ARN."""

from __future__ import annotations

_SSO = "AWSReservedSSO_"
_ASSUMED = "assumed-role"


def person(arn: str, trusted_sessions: tuple[str, ...] = ()) -> str:
    """Return who an ARN stands for, such that two of the same person are equal.

    A user of IAM Identity Center is one person whatever the permission set: AWS writes the session name of its roles.
    Whoever assumes another role chooses the session name, so the role is the person, unless its session names are
    trusted. Source: "IAM identifiers" and "AWS STS: GetCallerIdentity", AWS documentation.
    """
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    if kind != _ASSUMED:
        return rest.rpartition("/")[2] or kind
    role, _, session = rest.partition("/")
    return session.lower() if role.startswith(_SSO) else session if role in trusted_sessions else f"role {role}"
