"""The values that a deploy is given, by name and source, beside those of the stage before; never the values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.model.deploy_values import OutputValue, is_literal, source_words
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.model.deploy_values import DeployValue, NamedValues
    from promote_tui.core.model.pipeline import Service

ValueKind: TypeAlias = Literal["param", "env"]
ValueComparison: TypeAlias = Literal["none", "same", "differs", "separate", "added", "absent"]
"""How a value stands beside that of the stage before; none: there is no stage before.

separate: both name the same thing, of which each stage has its own (an account, a stack, an environment), so it is
not known whether the values differ. absent: the stage before has it, and this one does not.
"""


class PlannedValue(Value):
    """A value that a deploy is given: its name, where it comes from in words, and how it compares with `before`."""

    kind: ValueKind
    name: str
    source: str
    compared: ValueComparison = "none"
    before: str = ""

    @property
    def compared_words(self) -> str:
        """How it stands beside that of the stage before, in words; empty where there is no such stage."""
        return _WORDS[self.compared].format(self.before)


_WORDS: dict[ValueComparison, str] = {
    "none": "",
    "same": "as in {}",
    "differs": "differs from {}",
    "separate": "read for each stage",
    "added": "not given in {}",
    "absent": "only in {}",
}


def list_values(service: Service, stage: str, before: str | None) -> tuple[PlannedValue, ...]:
    """Return the values of a service in a stage, beside those in the stage before: parameters first, by name."""
    return (*_listed("param", service, stage, before), *_listed("env", service, stage, before))


def _listed(kind: ValueKind, service: Service, stage: str, before: str | None) -> Iterator[PlannedValue]:
    ours = _values(kind, service, stage)
    theirs = _values(kind, service, before) if before else {}
    for name in sorted({**ours, **theirs}):
        if name not in ours:
            yield PlannedValue(kind, name, source_words(theirs[name]), "absent", before or "")
            continue
        value = ours[name]
        compared = _compare(service, (stage, value), (before, theirs.get(name))) if before else "none"
        yield PlannedValue(kind, name, source_words(value), compared, before or "")


def _values(kind: ValueKind, service: Service, stage: str) -> dict[str, DeployValue]:
    settings = service.at(stage).deploy
    named: NamedValues = settings.params if kind == "param" else settings.env
    return dict(named)


def _compare(
    service: Service, ours: tuple[str, DeployValue], theirs: tuple[str, DeployValue | None]
) -> ValueComparison:
    (stage, value), (before, other) = ours, theirs
    if other is None:
        return "added"
    if value != other:
        return "differs"
    if is_literal(value):
        return "same"
    here, there = service.target(stage).aws, service.target(before).aws
    is_kept_in_account = not isinstance(value, str | OutputValue)
    is_one_account = (here.account, here.region) == (there.account, there.region)
    return "same" if is_kept_in_account and is_one_account else "separate"
