"""Reads which code serves a stack's requests, and relates it to the commits on record.

A stack without aliases costs no call. Of each function that has some, its aliases are listed once, and each version's
code is read once for a deploy: what may not be read is said, and nothing raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.core.errors import AwsError
from promote_tui.core.model.cells import Deployed
from promote_tui.core.package.artifact_diff import DeployedCode
from promote_tui.core.traffic.model import RoutedVersion, ServedAlias, Traffic
from promote_tui.core.value import replace
from promote_tui.engine.context import Context
from promote_tui.engine.manifest_store import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.runs.run import Run
    from promote_tui.core.traffic.model import AliasRouting


_UNPUBLISHED = "$LATEST"
VersionKey: TypeAlias = tuple[str, datetime | None, str, str]
"""A stack's id and when it was updated, a function and a version: a function that was made anew counts anew."""


@dataclass(frozen=True, slots=True)
class TrafficReader:
    """Reads traffic, and remembers the code of versions: one that was published never changes."""

    versions: dict[VersionKey, str] = field(default_factory=dict)

    def read(self, context: Context, cell: Deployed, shipped: DeployedCode, runs: Sequence[Run]) -> Traffic | None:
        """Return what serves the requests of a deployed stack; None where its aliases are not on record.

        `runs` are those of the stack whose packages are on record, newest first.
        """
        if shipped.aliases is None:
            return None
        work = _StackTraffic(context, cell, shipped, self.versions)
        for function, names in shipped.aliases.items():
            work.read(function, names)
        found = Traffic(tuple(work.served), "; ".join(work.unread))
        return _with_commits(context, found, runs) if found.agrees is False else found


@dataclass(frozen=True, slots=True)
class _StackTraffic:
    """What is read of one stack: the aliases that serve, and in words what could not be read."""

    context: Context
    cell: Deployed
    shipped: DeployedCode
    versions: dict[VersionKey, str]
    served: list[ServedAlias] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def read(self, function: str, aliases: Sequence[str]) -> None:
        """Read the aliases of a function, which is given by its logical id."""
        name, code = self.shipped.names.get(function), self.shipped.code.get(function)
        if name is None or code is None:
            self.unread.append(f"the deployed code of {name or function} is unknown")
            return
        try:
            there = {each.name: each for each in self.context.ports.functions.aliases(self.cell.target, name)}
            for alias in aliases:
                self._serve(name, alias, code, there.get(alias))
        except AwsError as error:
            self.unread.append(f"the aliases of {name}: {error.cause}")

    def _serve(self, function: str, alias: str, code: str, routing: AliasRouting | None) -> None:
        if routing is None:
            self.unread.append(f"{function} has no alias {alias}")
            return
        routed = tuple(
            RoutedVersion(version, share, self._code(function, version)) for version, share in routing.versions
        )
        self.served.append(ServedAlias(function, alias, routed, code))
        gone = (each.version for each in routed if each.share > 0 and not each.code)
        self.unread.extend(f"{function} has no version {version}" for version in gone)

    def _code(self, function: str, version: str) -> str:
        key = (self.cell.stack.id, self.cell.stack.updated_at, function, version)
        if key not in self.versions or version == _UNPUBLISHED:
            self.versions[key] = self.context.ports.functions.version_code(self.cell.target, function, version)
        return self.versions[key]


def _with_commits(context: Context, found: Traffic, runs: Sequence[Run]) -> Traffic:
    """Return the traffic with the commits whose runs have deployed the code that serves it."""
    known: dict[tuple[str, str], str] = {}
    for run in runs:
        manifest = load(context, run.artifacts, files=False)
        for each in manifest.artifacts if manifest else ():
            known.setdefault((each.name, each.code), run.to_commit)
    aliases = tuple(
        replace(
            served,
            routed=tuple(
                replace(each, commit=known.get((served.function, each.code), ""))
                if each.code and each.code != served.deployed_code
                else each
                for each in served.routed
            ),
        )
        for served in found.aliases
    )
    return replace(found, aliases=aliases)
