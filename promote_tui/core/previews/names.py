"""The name of a preview, made from its branch alone: the same each time, on each machine, and no other branch's."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import quote, unquote

PREFIX = "pv-"
"""How every preview's name begins, and no configured stage's: policies of IAM can go by it."""
LONGEST = 22
"""Characters of a name: a role SERVICE-NAME-eu-west-1-lambdaRole has room for a service of 20 (IAM takes 64)."""
MARK = "PreviewBranch"
"""The output that says of a stack that it belongs to a preview, and of which branch."""
_DIGEST = 6
_ROOM = LONGEST - len(PREFIX)
_LIKE_A_DIGEST = re.compile(rf"(?:.*-)?[0-9a-f]{{{_DIGEST}}}")
_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def preview_name(branch: str) -> str:
    """Return the stage's name: lower case letters, digits and dashes, at most `LONGEST` of them.

    A branch that is not of that form gets a digest, so that no two come to one name.
    """
    if _PLAIN.fullmatch(branch) and len(branch) <= _ROOM and not _LIKE_A_DIGEST.fullmatch(branch):
        return f"{PREFIX}{branch}"
    digest = hashlib.sha256(branch.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGEST]
    readable = _readable(branch)[: _ROOM - _DIGEST - 1].strip("-")
    return f"{PREFIX}{readable}-{digest}" if readable else f"{PREFIX}{digest}"


def _readable(branch: str) -> str:
    """Return what people know the branch by: the end of it, as far as letters and digits are left of that."""
    return _cleaned(branch.rpartition("/")[2]) or _cleaned(branch)


def _cleaned(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")


def mark_of(branch: str) -> str:
    """Return what the output `MARK` says: the branch, with what CloudFormation would not keep escaped."""
    return quote(branch, safe="/", errors="surrogateescape")


def marked_branch(outputs: tuple[tuple[str, str], ...]) -> str | None:
    """Return the branch that a stack's outputs name; None where it is no preview's."""
    said = dict(outputs).get(MARK)
    return unquote(said, errors="surrogateescape") if said else None
