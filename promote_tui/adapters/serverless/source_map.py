"""Where the resources of a service are written, by the files of its configuration.

A file is only ever named where the resource stands in it, or where the Serverless Framework makes the resource of a
function, or of the provider, that is written there. Of what a plugin or a program makes, nothing is known.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from promote_tui.adapters.serverless.facts import FACTS, READABLE
from promote_tui.adapters.serverless.yaml_outline import OutlineEntry, entries
from promote_tui.core.changes.source_map import SourceMap, SourcePlace
from promote_tui.core.value import Value, field, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INCLUDE = r"\$\{file\((?P<path>[^)\n$]{1,300})\)"
_INCLUDED = re.compile(_INCLUDE)
_BODY = re.compile(rf"['\"]?{_INCLUDE}(?::(?P<at>[\w.-]{{1,200}}))?(?=[,}}])")
_FLOW = re.compile(r"\{ ?['\"]?(?P<key>[\w:<]{1,40})['\"]?:")
_HANDLER = re.compile(r"['\"]?(?P<stem>[\w./@+-]+)\.\w+['\"]?,?(?:\s+#.*)?")
_DEEPEST = 5
"""Resources stand two or three levels below the top."""
_OF_A_RESOURCE = frozenset(
    {
        *("Type", "Properties", "Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata"),
        *("UpdatePolicy", "UpdateReplacePolicy", "Fn::Transform", "<<"),
    }
)
_OF_A_FUNCTION = re.compile(
    r"LambdaFunction(?:Url|InvokePermission)?|LogGroup|LambdaVersion\w+|(?:ProvConc|SnapStart|Durable)LambdaAlias"
    r"|LambdaEvConf|LambdaPermission\w+|EventBridgeLambdaPermission\d+|Custom(?:EventBridge|S3|CognitoUserPool)\d+"
    r"|EventsRule(?:Schedule|CloudWatchEvent)\d+|SchedulerSchedule\d+|EventSourceMapping\w+|SnsSubscription\w+"
    r"|Iot(?:TopicRule\d+|ProvisioningTemplate)|LogsSubscriptionFilterCloudWatchLog\d+|WebsocketsIntegration"
    r"|Alb(?:ListenerRule\d+|(?:MultiValue)?TargetGroup\w+)"
)
"""What the framework appends to a function's name; see "AWS - Resources" in its documentation, and its `naming.js`."""
_OF_THE_PROVIDER = frozenset({FACTS.bucket, f"{FACTS.bucket}Policy"})
_ROLE = "IamRoleLambdaExecution"
_OF_EVENTS = re.compile(
    r"HttpApi(?:Stage|LogGroup|(?:Route|Authorizer)\w+)?|ApiGateway(?:RestApi|Stage|LogGroup|(?:Resource|Method)\w+)"
    r"|Websockets(?:Api|DeploymentStage|LogGroup)"
)
"""What functions and provider make together: known where all of them stand in one file."""


def config_candidates(file: str) -> tuple[str, ...]:
    """Return the names of which the first one found in the service's folder is its configuration (empty: the CLI's).

    Of other kinds, which are programs, there is nothing to read.
    """
    names = (file,) if file else READABLE
    return tuple(name for name in names if name.endswith((".yml", ".yaml", ".json")) and "/" not in name)


def file_references(text: str, folder: str) -> tuple[str, ...]:
    """Return the files that a configuration includes by `${file(...)}`, from the repository's top, each once.

    They are relative to the service's `folder`, whichever file includes them; none is outside of the repository.
    """
    paths = (_from_the_top(found["path"], folder) for found in _INCLUDED.finditer(text) if found["path"].strip(" '\""))
    return tuple(dict.fromkeys(path for path in paths if not path.startswith(("../", "/")) and path != ".."))


def _from_the_top(path: str, folder: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path.strip(" '\"")))


class ServerlessSourceMap(SourceMap):
    """A service's configuration at one commit, with what the framework makes resources of."""

    functions: Mapping[str, SourcePlace] = field(default_factory=dict)
    provider: SourcePlace = SourcePlace(())
    role: SourcePlace = SourcePlace(())

    def source_of(self, logical_id: str) -> SourcePlace | None:
        """Return what the framework makes a resource of: a function, the provider, or both."""
        if logical_id == _ROLE:
            return self.role
        if logical_id in _OF_THE_PROVIDER:
            return self.provider
        makers = [name for name in self.functions if _makes(name, logical_id)]
        if makers:
            maker = self.functions[max(makers, key=len)]
            return maker if logical_id.endswith("LambdaFunction") else replace(maker, handler="")
        together = {each.paths[0] for each in (*self.functions.values(), self.provider)}
        return SourcePlace(tuple(together)) if _OF_EVENTS.fullmatch(logical_id) and len(together) == 1 else None


def _makes(function: str, logical_id: str) -> bool:
    normalized = function.replace("-", "Dash").replace("_", "Underscore")
    start = normalized[:1].upper() + normalized[1:]
    rest = logical_id.removeprefix(start)
    return (rest != logical_id and _OF_A_FUNCTION.fullmatch(rest) is not None) or (
        logical_id == f"HttpApiIntegration{start}"
    )


def read_source_map(main: str, files: Mapping[str, str]) -> ServerlessSourceMap:
    """Return what is known of a configuration by the texts of its files, of which `main` is the first."""
    folder = posixpath.dirname(main)
    includers: dict[str, frozenset[str]] = dict.fromkeys(files, frozenset())
    for path, text in files.items():
        for other in file_references(text, folder):
            includers[other] = includers.get(other, frozenset()) | {path}
    reader = _Reader(folder, {path: entries(text.removeprefix("\ufeff").splitlines()) for path, text in files.items()})
    resources: dict[str, frozenset[SourcePlace]] = {}
    for name, place in reader.resources():
        resources[name] = resources.get(name, frozenset()) | {place}
    provider, rows = reader.block(main, "provider")
    rights = [reader.place(provider, each) for each in rows if each.key in {"iam", "iamRoleStatements", "role"}]
    role = (provider, *(path for each in rights for path in each.paths))
    return ServerlessSourceMap(
        includers, resources, dict(reader.functions(main)), SourcePlace((provider,)), SourcePlace(role)
    )


class _Reader(Value):
    """The outlines of a configuration's files by their paths."""

    folder: str
    outlines: Mapping[str, tuple[OutlineEntry, ...]]

    def body(self, path: str, entry: OutlineEntry) -> tuple[str, tuple[OutlineEntry, ...]]:
        """Return the file that holds what an entry is made of, and that: another file where it is included whole."""
        found = _BODY.match(entry.value)
        if found is None:
            return path, entries(entry.rows)
        inner = self.outlines.get(_from_the_top(found["path"], self.folder), ())
        for key in (found["at"] or "").split(".") if found["at"] else ():
            inner = next((entries(each.rows) for each in inner if each.key == key), ())
        return next(iter(file_references(entry.value, self.folder)), path), inner

    def block(self, path: str, name: str) -> tuple[str, tuple[OutlineEntry, ...]]:
        """Return where a block of the uppermost level is written, and what stands in it."""
        return next((self.body(path, each) for each in self.outlines.get(path, ()) if each.key == name), (path, ()))

    def place(self, path: str, entry: OutlineEntry) -> SourcePlace:
        """Return the file of what an entry is made of, and those that its lines include."""
        where, _ = self.body(path, entry)
        named = file_references("\n".join((entry.value, *entry.rows)), self.folder)
        return SourcePlace(tuple(dict.fromkeys((where, *named))))

    def resources(self) -> Iterator[tuple[str, SourcePlace]]:
        """Yield each name under which something like a resource stands, with its place."""
        for path, rows in self.outlines.items():
            yield from self._resources(path, rows, _DEEPEST)

    def _resources(self, path: str, rows: Sequence[OutlineEntry], deep: int) -> Iterator[tuple[str, SourcePlace]]:
        for each in rows:
            where, inner = self.body(path, each)
            if each.key.isalnum() and _is_resource(each, inner):
                yield each.key, self.place(path, each)
            elif where == path and deep:
                yield from self._resources(path, inner, deep - 1)

    def functions(self, main: str) -> Iterator[tuple[str, SourcePlace]]:
        """Yield each function with its place and its handler."""
        for path, each in self._members(*self.block(main, "functions"), _DEEPEST):
            _, inner = self.body(path, each)
            named = (_HANDLER.fullmatch(one.value) for one in inner if one.key == "handler")
            stems = [_from_the_top(found["stem"], self.folder) for found in named if found]
            yield each.key, replace(self.place(path, each), handler=stems[0] if stems else "")

    def _members(self, path: str, rows: Sequence[OutlineEntry], deep: int) -> Iterator[tuple[str, OutlineEntry]]:
        for each in rows:
            if each.key:
                yield path, each
            elif deep:
                yield from self._members(*self.body(path, each), deep - 1)


def _is_resource(entry: OutlineEntry, inner: Sequence[OutlineEntry]) -> bool:
    """Tell it from outputs, variables and functions of the same name, by the keys that it has."""
    flow = _FLOW.match(entry.value)
    keys = {flow["key"]} if flow else {each.key for each in inner}
    return bool(keys) and keys <= _OF_A_RESOURCE
