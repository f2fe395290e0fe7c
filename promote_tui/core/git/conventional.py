"""What a commit's message says in the form of Conventional Commits: `feat(cart)!: Take vouchers`."""

from __future__ import annotations

import re

from promote_tui.core.value import Value

KINDS = ("feat", "fix", "perf", "revert", "refactor", "docs", "test", "style", "build", "ci", "chore")
_SUBJECT = re.compile(r"(?P<kind>[A-Za-z]+)(?:\((?P<scope>[^()]{1,60})\))?(?P<loud>!)?: +(?P<text>\S.*)")
_BREAKING = re.compile(r"(?m)^BREAKING[ -]CHANGE: *(?P<what>\S.*(?:\n(?![A-Za-z][\w-]*(?:: | #)|\n).+)*)")
_REVERTS = re.compile(r"\bThis reverts commit ([0-9a-f]{40})\b")
_REVERT = re.compile(r'(?i)revert:? "?(?P<what>[^"]+)"?')


class Message(Value):
    """A message by its parts; `kind` is empty where its subject has another form.

    `breaking` says what breaks, None where nothing does. `reverts` is the full hash or the subject of
    the commit that it takes back.
    """

    kind: str
    scope: str
    text: str
    breaking: str | None = None
    reverts: str | None = None


def parse_message(subject: str, body: str = "") -> Message:
    """Return a message by its parts."""
    found = _SUBJECT.fullmatch(subject.strip())
    kind = found["kind"].lower() if found else ""
    if not found or kind not in KINDS:
        return Message("", "", subject.strip(), _breaking(body, ""), _reverts(subject, body))
    text = found["text"].strip()
    reverts = _reverts(text if kind != "revert" else f"revert {text}", body)
    return Message(kind, (found["scope"] or "").strip(), text, _breaking(body, text if found["loud"] else ""), reverts)


def _breaking(body: str, loud: str) -> str | None:
    found = _BREAKING.search(body)
    said = " ".join(found["what"].split()) if found else loud
    return said or None


def _reverts(subject: str, body: str) -> str | None:
    by_hash = _REVERTS.search(body)
    if by_hash:
        return by_hash[1]
    by_name = _REVERT.fullmatch(subject.strip())
    return by_name["what"].strip() if by_name else None
