"""What npm, pnpm and yarn say when an installation fails: the code, the package, and what would help.

Each of them writes much around the one line that tells: npm its code first, pnpm a note for CI after it, yarn a stack.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_NPM = re.compile(r"npm (?:error|ERR!)(?: (.*)|)$")
_NPM_CODE = re.compile(r"code (E\w+)$")
_NPM_LABEL = re.compile(r"(?:\d{3}|engine|notsup|network|ERESOLVE) +")
_NPM_NOT_SAID = re.compile(r"$|\d{3}$|(?:code|path|errno|syscall|dest|cwd) |A complete log of this run")
_BUILDS = frozenset({"ELIFECYCLE"})
"""A script of the project failed; what it said itself tells more."""
_PNPM = re.compile(r"\s*\[?(ERR_PNPM_\w+)\]?:?\s+(\S.*)$")
_PNPM_MORE = re.compile(
    r"\s*(\* .*|Your \w+ version is incompatible with .*|Expected version: .*|Got: .*"
    r"|.+ is not in the npm registry, or .*)$"
)
_BERRY = re.compile(r".{1,2} (YN\d{4}): [│├└┌·| ]*(\S.*)$")
_BERRY_ERRORS = frozenset({"YN0001", "YN0009", "YN0016", "YN0018", "YN0022", "YN0028", "YN0035", "YN0041", "YN0082"})
_YARN = re.compile(r"error (?:Error: )?(?!Command failed with exit code)(\S.*)$")
_VARIABLE = re.compile(r"\$\{(\w+)(?:\?|[:-][^}]*)?\}")
_REFUSED = re.compile(
    r"\bE40[13]\b|\bENEEDAUTH\b|_40[13]\b|\bYN0041\b|\b40[13] (?:Unauthorized|Forbidden)|\bUnauthorized\b"
)
_PERHAPS_REFUSED = re.compile(r"\bE404\b|_404\b|Not [Ff]ound|Package not found|Failed to replace env")
_OUTDATED = re.compile(r"\bEUSAGE\b|_NO_LOCKFILE\b|_OUTDATED_LOCKFILE\b|\bYN0028\b|--frozen-lockfile")
_ENGINE = re.compile(r"\bEBADENGINE\b|_UNSUPPORTED_ENGINE\b|engine \"node\" is incompatible")


def reason_in(text: str) -> str:
    """Return in one line what a package manager says that failed, with the package; empty where none says it."""
    lines = text.splitlines()
    return _npm(lines) or _pnpm(lines) or _first(_berry(line) for line in lines) or _yarn(lines)


def remedy_for(reason: str, read: Collection[str], absent: Collection[str], passed: Collection[str]) -> str:
    """Return what would help against a failure; empty where nothing is known.

    `read` are the variables that .npmrc and .yarnrc.yml read, `absent` those of them that the command was not given,
    `passed` those that `deploy.pass_env` and `deploy.env` name.
    """
    if (_REFUSED.search(reason) or _PERHAPS_REFUSED.search(reason)) and absent:
        return _hand_on(absent, passed)
    if _REFUSED.search(reason):
        names = f"; it is read from {' and '.join(read)}" if read else " by a variable that deploy.pass_env names"
        return f"give .npmrc a token that the registry accepts{names}"
    if _OUTDATED.search(reason):
        return "commit a lockfile that fits package.json, or set deploy.install to a command of your own"
    if _ENGINE.search(reason):
        return "promote with the version of Node.js that it asks for"
    if "ERESOLVE" in reason:
        return "resolve it in package.json, or set deploy.install, such as [npm, ci, --legacy-peer-deps]"
    return ""


def variables_in(text: str) -> tuple[str, ...]:
    """Return the variables that a .npmrc or a .yarnrc.yml reads; those with a value to fall back to are none."""
    return tuple(dict.fromkeys(found[1] for found in _VARIABLE.finditer(text) if found[0] == f"${{{found[1]}}}"))


def _hand_on(absent: Collection[str], passed: Collection[str]) -> str:
    unset = [name for name in absent if name in passed]
    unnamed = [name for name in absent if name not in passed]
    steps = [
        f"name {' and '.join(unnamed)} in deploy.pass_env: .npmrc reads it, but the command does not get it"
    ] * bool(unnamed)
    steps += [f"export {' and '.join(unset)}, which .npmrc reads and deploy.pass_env names"] * bool(unset)
    return "; ".join(steps)


def _npm(lines: Sequence[str]) -> str:
    said = [found[1] or "" for line in lines if (found := _NPM.match(line))]
    code = _first(found[1] for line in said if (found := _NPM_CODE.match(line)))
    if not code or code in _BUILDS:
        return ""
    match code:
        case "E404":
            told = [_first(line for line in said if re.match(r"404 +.*'.+'", line)) or _told(said)]
        case "ERESOLVE":
            told = [line for line in said if line.startswith(("While resolving:", "Found:"))] + _unresolved(said)
        case "EBADENGINE":
            told = [line for line in said if line.startswith("notsup ")]
        case "EUSAGE":
            told = [_paragraph(said), *[line for line in said if line.startswith(("Missing:", "Invalid:"))][:3]]
        case _:
            told = [_told(said)]
    return f"{code} {'; '.join(' '.join(_NPM_LABEL.sub('', line, count=1).split()) for line in told if line)}".strip()


def _told(said: Sequence[str]) -> str:
    return _first(line for line in said if not _NPM_NOT_SAID.match(line))


def _paragraph(said: Sequence[str]) -> str:
    begin = next((number for number, line in enumerate(said) if not _NPM_NOT_SAID.match(line)), len(said))
    return " ".join(takewhile(bool, said[begin:]))


def _unresolved(said: Sequence[str]) -> list[str]:
    at = next((number for number, line in enumerate(said) if line.startswith("Could not resolve dependency")), None)
    return [f"could not resolve {said[at + 1]}"] if at is not None and len(said) > at + 1 else []


def _pnpm(lines: Sequence[str]) -> str:
    for number, line in enumerate(lines):
        if found := _PNPM.match(line):
            more = [each[1] for below in lines[number + 1 :] if (each := _PNPM_MORE.match(below))]
            return "; ".join([f"{found[1]} {found[2].strip()}", *more[:4]])
    return ""


def _berry(line: str) -> str:
    found = _BERRY.match(line)
    return f"{found[1]} {found[2]}" if found and found[1] in _BERRY_ERRORS else ""


def _yarn(lines: Sequence[str]) -> str:
    return _first(found[1] for line in lines if (found := _YARN.match(line)))


def _first(found: Iterable[str]) -> str:
    return next((each for each in found if each), "")
