"""Safeguards on permissions: what the stack's roles may do, and who may read its buckets.

See "IAM JSON policy elements" in the AWS IAM User Guide, and "Blocking public access" in the Amazon S3 User Guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.safeguards.model import Finding
from promote_tui.core.safeguards.template import UNKNOWN, blocks, items, possible, referred_id, resources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.model.team_rules import Safeguard
    from promote_tui.core.safeguards.model import PackagedStack
    from promote_tui.core.value import Json

_WITH_ONE_POLICY = (
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
)
_PRINCIPALS = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
_POWERFUL = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")
_PUBLIC_ACL = ("PublicRead", "PublicReadWrite", "AuthenticatedRead")
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def find_wildcard_iam(stack: PackagedStack, _wanted: Safeguard) -> Iterator[Finding]:
    """Yield the resources that grant everything, or everything of a service on every resource."""
    for name, properties in resources(stack.template, *_WITH_ONE_POLICY):
        yield from _in_document(name, properties.get("PolicyDocument"))
    for name, properties in resources(stack.template, *_PRINCIPALS):
        for policy in blocks(properties.get("Policies")):
            yield from _in_document(name, policy.get("PolicyDocument"))
        for arn in items(properties.get("ManagedPolicyArns")):
            if isinstance(arn, str) and arn.endswith(tuple(f"/{each}" for each in _POWERFUL)):
                yield Finding(name, f"has the managed policy {arn.rpartition('/')[2]}")


def _in_document(name: str, document: Json) -> Iterator[Finding]:
    for each in possible(document):
        if each is UNKNOWN:
            yield Finding(name, "its policy is known only to the deploy", unknown=True)
        for statement in blocks(each.get("Statement") if isinstance(each, dict) else None):
            if "Allow" in possible(statement.get("Effect")):
                yield from _in_statement(name, statement)


def _in_statement(name: str, statement: dict[str, Json]) -> Iterator[Finding]:
    if "NotAction" in statement:
        yield Finding(name, "allows everything but what NotAction names")
    everywhere = "*" in items(statement.get("Resource")) or "NotResource" in statement
    for action in items(statement.get("Action")):
        if action is UNKNOWN:
            yield Finding(name, "an action is known only to the deploy", unknown=True)
        elif action == "*" or (everywhere and isinstance(action, str) and action.endswith(":*")):
            yield Finding(name, f"allows {action} on {'*' if everywhere else 'resources'}")


def find_public_buckets(stack: PackagedStack, _wanted: Safeguard) -> Iterator[Finding]:
    """Yield the buckets that anybody may read, and those whose block of public access is switched off."""
    for name, properties in resources(stack.template, "AWS::S3::Bucket"):
        yield from _in_bucket(name, properties)
    for name, properties in resources(stack.template, "AWS::S3::BucketPolicy"):
        bucket = referred_id(properties.get("Bucket")) or name
        for document in possible(properties.get("PolicyDocument")):
            for statement in blocks(document.get("Statement") if isinstance(document, dict) else None):
                yield from _in_bucket_statement(bucket, statement)


def _in_bucket(name: str, properties: dict[str, Json]) -> Iterator[Finding]:
    for acl in possible(properties.get("AccessControl")):
        if acl is UNKNOWN:
            yield Finding(name, "its access control list is known only to the deploy", unknown=True)
        elif acl in _PUBLIC_ACL:
            yield Finding(name, f"has the access control list {acl}")
    for block in possible(properties.get("PublicAccessBlockConfiguration")):
        given = block if isinstance(block, dict) else {}
        for each in _BLOCKS:
            found = possible(given.get(each, True))
            if {False, "false"} & {value for value in found if isinstance(value, bool | str)}:
                yield Finding(name, f"{each} is switched off")
            elif UNKNOWN in found:
                yield Finding(name, f"{each} is known only to the deploy", unknown=True)


def _in_bucket_statement(bucket: str, statement: dict[str, Json]) -> Iterator[Finding]:
    if "Allow" not in possible(statement.get("Effect")) or not _is_everybody(statement):
        return
    if statement.get("Condition"):
        yield Finding(bucket, "its policy allows everybody under a condition", unknown=True)
    else:
        yield Finding(bucket, "its policy allows everybody")


def _is_everybody(statement: dict[str, Json]) -> bool:
    if "NotPrincipal" in statement:
        return True
    principal = statement.get("Principal")
    named = principal.get("AWS") if isinstance(principal, dict) else principal
    return "*" in items(named)
