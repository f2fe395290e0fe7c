"""Config drift: what the templates of two stages set differently, once the stages' own names are taken out of them.

A stage's name, account, region and stack name stand for the stage itself, and what every deploy changes
(Lambda versions, artifact keys, API deployments) for nothing: neither is a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from promote_tui.core.changes.changeset import CHURN, CODE
from promote_tui.core.changes.model import Template
from promote_tui.core.changes.redaction import is_public, redact
from promote_tui.core.model.pipeline import Target
from promote_tui.core.value import Json, Value

Part: TypeAlias = Literal["resource", "property", "environment", "parameter", "output"]
PresentIn: TypeAlias = Literal["here", "before", "both"]
_VARIABLES = "Environment.Variables."


class Difference(Value):
    """Something that two stages have differently: `name` is a logical id, or that of a parameter or an output.

    `path` is the property's, or the environment's key; `holder` who has it at all. `here` and `before`
    are short texts of values where they are public, else None: changed.
    """

    part: Part
    name: str
    holder: PresentIn
    resource_type: str = ""
    path: str = ""
    here: str | None = None
    before: str | None = None


class ConfigDrift(Value):
    """What a stage's template has differently from the one before; `unknown` says why that cannot be told."""

    differences: tuple[Difference, ...] = ()
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class StageTemplate:
    """A deployed template and where it is deployed; `ignored` are outputs that name the commit."""

    template: Template
    target: Target
    ignored: frozenset[str] = frozenset()
    _words: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _churn: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make ready to take the stage's own names out of texts."""
        target = self.target
        names = {target.stack, target.aws.account, target.aws.region, target.stage, target.serverless_stage}
        either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        object.__setattr__(self, "_words", re.compile(rf"(?<![A-Za-z0-9])(?:{either})(?![A-Za-z0-9])"))
        every = _mapping(self.template.get("Resources"))
        churn = {name for name, raw in every.items() if _mapping(raw).get("Type") in CHURN}
        object.__setattr__(self, "_churn", frozenset(churn))

    def without_stage_names(self, text: str) -> str:
        """Return a text without the stage's own names."""
        return "(every deploy)" if text in self._churn else self._words.sub("(stage)", text)

    def section(self, name: str) -> dict[str, Any]:
        """Return a section of the template by plain names, without what every deploy changes."""
        found = _mapping(self.template.get(name))
        return {
            self.without_stage_names(key): raw for key, raw in found.items() if key not in self._churn | self.ignored
        }


def normalize(side: StageTemplate) -> Template:
    """Return the template without the stage's own names, code, and what every deploy changes, ready to be compared."""
    resources = {name: _without_code(raw) for name, raw in side.section("Resources").items()}
    return {
        "Resources": {name: _plain(side, raw) for name, raw in resources.items()},
        "Outputs": {name: _plain(side, raw) for name, raw in side.section("Outputs").items()},
    }


def _without_code(resource: Json) -> Json:
    code = CODE.get(str(_mapping(resource).get("Type")))
    if code is None or not isinstance(resource, Mapping):
        return resource
    properties = {key: value for key, value in _mapping(resource.get("Properties")).items() if key != code}
    return {**resource, "Properties": properties}


def _plain(side: StageTemplate, value: Json) -> Json:
    match value:
        case str():
            return side.without_stage_names(value)
        case Mapping():
            return {side.without_stage_names(str(key)): _plain(side, item) for key, item in value.items()}
        case list():
            return [_plain(side, item) for item in value]
        case _:
            return value


def compare(here: StageTemplate, before: StageTemplate) -> tuple[Difference, ...]:
    """Return what two deployed templates of one service set differently."""
    return (
        *_resources(here, before),
        *_names("parameter", here.section("Parameters"), before.section("Parameters")),
        *_names("output", here.section("Outputs"), before.section("Outputs")),
    )


def _names(part: Part, here: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[Difference]:
    for name in sorted({*here} ^ {*before}):
        yield Difference(part, name, "here" if name in here else "before")


def _resources(here: StageTemplate, before: StageTemplate) -> Iterator[Difference]:
    mine, theirs = here.section("Resources"), before.section("Resources")
    for name in sorted({*mine, *theirs}):
        kind = str(_mapping(mine.get(name, theirs.get(name))).get("Type", ""))
        if name not in mine or name not in theirs:
            yield Difference("resource", name, "here" if name in mine else "before", kind)
            continue
        old, new = (_mapping(_mapping(raw).get("Properties")) for raw in (theirs[name], mine[name]))
        code = CODE.get(kind)
        found = _ResourcePair(here, before, name, kind)
        for path in sorted({*old, *new} - {code}):
            yield from found.differences(path, new.get(path), old.get(path))


class _ResourcePair(Value):
    """A resource that both stages have."""

    here: StageTemplate
    before: StageTemplate
    name: str
    kind: str

    def differences(self, path: str, mine: Json, theirs: Json) -> Iterator[Difference]:
        if self._same(mine, theirs):
            return
        deep = isinstance(mine, Mapping) and isinstance(theirs, Mapping) and not is_public(self.kind, path)
        if deep and not _is_function(mine) and not _is_function(theirs):
            for key in sorted({*mine, *theirs}):
                yield from self.differences(f"{path}.{key}", mine.get(key), theirs.get(key))
            return
        yield self._difference(path, mine, theirs)

    def _difference(self, path: str, mine: Json, theirs: Json) -> Difference:
        holder: PresentIn = "before" if mine is None else "here" if theirs is None else "both"
        if path.startswith(_VARIABLES):
            return Difference("environment", self.name, holder, self.kind, path.removeprefix(_VARIABLES))
        values = [None, None]
        if is_public(self.kind, path):
            values = ["" if each is None else redact(each) for each in (mine, theirs)]  # type: ignore[misc]
        return Difference("property", self.name, holder, self.kind, path, *values)

    def _same(self, mine: Json, theirs: Json) -> bool:
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            one = {self.here.without_stage_names(str(key)): value for key, value in mine.items()}
            two = {self.before.without_stage_names(str(key)): value for key, value in theirs.items()}
            return one.keys() == two.keys() and all(self._same(one[key], two[key]) for key in one)
        if isinstance(mine, list) and isinstance(theirs, list):
            return len(mine) == len(theirs) and all(self._same(*pair) for pair in zip(mine, theirs, strict=True))
        if isinstance(mine, str) and isinstance(theirs, str):
            return mine == theirs or self.here.without_stage_names(mine) == self.before.without_stage_names(theirs)
        return bool(mine == theirs)


def _is_function(value: Mapping[str, Any]) -> bool:
    """Tell whether a mapping is an intrinsic function: below it there are no properties."""
    return len(value) == 1 and all(str(key) == "Ref" or str(key).startswith("Fn::") for key in value)


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
