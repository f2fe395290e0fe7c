"""Which commits a change of a resource comes from, by the files that it is written in.

A file is only ever named where the resource's name stands in it as a key, or where the Serverless Framework makes the
resource of a function or of the provider that is written there. Of what a plugin or a program makes, nothing is known.
Files are read as lines, not as YAML: keys and indentation are enough, and nothing that a file says is carried out.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.core.changes import ResourceChange
    from promote_tui.core.model import Commit

MAIN = ("serverless.yml", "serverless.yaml", "serverless.json")
"""Where a service's configuration begins, one of them, in its folder."""
_INCLUDED = re.compile(r"\$\{file\(\s*['\"]?(?P<path>[^)'\"\n$]{1,300}?)['\"]?\s*\)")
_KEY = re.compile(r"^(?P<indent>[ \t]*)(?:-[ \t]+)?['\"]?(?P<key>[A-Za-z0-9_-]{1,255})['\"]?[ \t]*:", re.MULTILINE)
_OF_THE_PROVIDER = frozenset(
    {"IamRoleLambdaExecution", "ServerlessDeploymentBucket", "ServerlessDeploymentBucketPolicy"}
)


def included(text: str, folder: str) -> tuple[str, ...]:
    """Return the files that a configuration includes by `${file(...)}`, from the repository's top, each once.

    They are relative to the service's `folder`, whichever file includes them; none is outside of the repository.
    """
    paths = (posixpath.normpath(posixpath.join(folder, found["path"].strip())) for found in _INCLUDED.finditer(text))
    return tuple(dict.fromkeys(path for path in paths if not path.startswith(("../", "/")) and path != ".."))


@dataclass(frozen=True, slots=True)
class Written:
    """A service's configuration at one commit: the texts of its files by their paths, `main` among them."""

    main: str
    files: Mapping[str, str]

    def file_of(self, logical_id: str) -> str | None:
        """Return the one file that a resource comes from; None where that is not known."""
        named = [path for path, text in self.files.items() if logical_id in set(_keys(text))]
        if named:
            return named[0] if len(named) == 1 else None
        if logical_id in _OF_THE_PROVIDER:
            return self.main
        made_of = [name for name in self.functions() if _makes(name, logical_id)]
        return self.functions()[max(made_of, key=len)] if made_of else None

    def functions(self) -> dict[str, str]:
        """Return the file that each function is written in, by the function's name."""
        block = list(_block(self.files.get(self.main, ""), "functions"))
        found = dict.fromkeys(_top(block), self.main)
        for path in included("\n".join(block), posixpath.dirname(self.main)):
            found |= dict.fromkeys(_top(self.files.get(path, "").splitlines()), path)
        return found


def _keys(text: str) -> Iterator[str]:
    return (found["key"] for found in _KEY.finditer(text))


def _block(text: str, name: str) -> Iterator[str]:
    """Yield the lines of a top-level block, what stands behind its key first."""
    inside = False
    for row in text.splitlines():
        if row[:1].strip() and not row.startswith(("#", "-")):
            inside = re.match(rf"['\"]?{name}['\"]?[ \t]*:", row) is not None
            if inside:
                yield row.partition(":")[2]
        elif inside:
            yield row


def _top(rows: Sequence[str]) -> list[str]:
    """Return the keys of the least indentation among the rows."""
    found = [(len(each["indent"]), each["key"]) for row in rows if (each := _KEY.match(row))]
    least = min((indent for indent, _ in found), default=0)
    return [key for indent, key in found if indent == least]


def _makes(function: str, logical_id: str) -> bool:
    """Tell whether the framework names this resource after the function; see its "AWS - Resources" documentation."""
    normalized = function.replace("-", "Dash").replace("_", "Underscore")
    start = normalized[:1].upper() + normalized[1:]
    return logical_id.startswith(start) and logical_id[len(start) : len(start) + 1].isupper()


def traced(
    changes: Sequence[ResourceChange],
    commits: Sequence[Commit],
    touched: Mapping[str, Sequence[str]],
    after: Written | None,
    before: Written | None,
) -> tuple[ResourceChange, ...]:
    """Return the changes with the commits that touched their files, newest first.

    `touched` are hashes by file; `after` is what the promotion brings, `before` what is deployed, if they can be read.
    """
    return tuple(replace(each, origins=tuple(_origins(each, commits, touched, after, before))) for each in changes)


def _origins(
    change: ResourceChange,
    commits: Sequence[Commit],
    touched: Mapping[str, Sequence[str]],
    after: Written | None,
    before: Written | None,
) -> Iterator[Commit]:
    sides = (before, after) if change.action == "remove" else (after,)
    files = {side.file_of(change.logical_id) for side in sides if side is not None} - {None}
    hashes = {sha for file in files for sha in touched.get(file or "", ())}
    return (commit for commit in commits if commit.sha in hashes)
