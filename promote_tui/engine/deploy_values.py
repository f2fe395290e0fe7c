"""Reads the values that a deploy is given and that AWS keeps: late, for one deploy, and never written down."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError, PromoteError
from promote_tui.core.model.deploy_values import KnownValue, OutputValue, Reference, SecretValue, SsmValue
from promote_tui.core.text import join_words, list_first
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from promote_tui.core.model.deploy_values import NamedValues
    from promote_tui.core.model.pipeline import DeploySettings, Service, Target
    from promote_tui.engine.context import Context

_NAMED = 20
_NONE = ": there is none"
_NO_OUTPUT = ", which that stack has not got"


def resolve_service(context: Context, service: Service, stage: str) -> Service:
    """Return the service as it is deployed to a stage, with every value that AWS keeps.

    Raises DeployError, which names all that are missing, CredentialsError or AwsError.
    """
    resolved = service.at(stage)
    wanted = resolved.deploy.references
    if not wanted:
        return resolved
    found = _Values(context, service.target(stage)).read(wanted)
    missing = list(_missing(resolved.deploy, found))
    if missing:
        where = service.target(stage).aws
        looked = f"values are missing in {where.account}, {where.region}: {list_first(missing, _NAMED)}"
        raise DeployError(f"{service.name}/{stage}", looked, _remedy(wanted, found, stage))
    settings = resolved.deploy
    filled = replace(settings, env=_filled(settings.env, found), params=_filled(settings.params, found))
    return replace(resolved, deploy=filled)


def find_secrets(context: Context, service: Service, stage: str) -> tuple[str, ...]:
    """Return the secrets that AWS keeps for a deploy; none of a value that is not there any more or may not be read."""
    try:
        settings = resolve_service(context, service, stage).deploy
    except PromoteError:
        return ()
    values = (value for _, value in (*settings.params, *settings.env))
    return tuple(value.text for value in values if isinstance(value, KnownValue) and value.secret)


def _remedy(wanted: Iterable[Reference], found: Mapping[Reference, KnownValue | str], stage: str) -> str:
    """Return the next step: what is not deployed yet may be all that is missing."""
    missing = [each for each in wanted if isinstance(found[each], str)]
    late = [each for each in missing if isinstance(each, OutputValue) and found[each] != _NO_OUTPUT]
    services = dict.fromkeys(each.service for each in late)
    steps = [f"deploy {join_words([*services])} to {stage} first"] if services else []
    if len(late) < len(missing):
        steps.append("create what is missing, or correct where the configuration looks for it")
    return "; ".join(steps)


def _filled(values: NamedValues, found: Mapping[Reference, KnownValue | str]) -> NamedValues:
    return tuple((name, found[value] if isinstance(value, Reference) else value) for name, value in values)


def _missing(settings: DeploySettings, found: Mapping[Reference, KnownValue | str]) -> Iterator[str]:
    """Yield what is missing, each with where it was looked for: what stands in place of a value is the reason."""
    for kind, values in (("params", settings.params), ("env", settings.env)):
        for name, value in values:
            if isinstance(value, Reference) and isinstance(why := found[value], str):
                yield f"{kind} {name} ({value}{why})"


class _Values:
    """Reads what references name, for one target; in place of a value that is missing stands the reason, if any."""

    def __init__(self, context: Context, target: Target) -> None:
        self._context = context
        self._target = target

    def read(self, wanted: tuple[Reference, ...]) -> dict[Reference, KnownValue | str]:
        names = sorted({each.name for each in wanted if isinstance(each, SsmValue)})
        kept = self._context.ports.values.parameters(self._target, names) if names else {}
        secrets = {each.name for each in wanted if isinstance(each, SecretValue)}
        texts = {name: self._context.ports.values.secret(self._target, name) for name in sorted(secrets)}
        return {each: self._value(each, kept, texts) for each in wanted}

    def _value(self, each: Reference, kept: Mapping[str, str], texts: Mapping[str, str | None]) -> KnownValue | str:
        match each:
            case SsmValue(name=name):
                return _usable(kept[name]) if name in kept else _NONE
            case SecretValue(name=name, key=key):
                text = texts[name]
                return _NONE if text is None else _entry(text, key)
            case OutputValue(output=output, service=service):
                return self._output(service, output)

    def _output(self, service: str, output: str) -> KnownValue | str:
        stack = self._context.stacks.stack(self._context.pipeline.service(service).target(self._target.stage))
        if stack is None:
            return f", which is not deployed to {self._target.stage}"
        value = dict(stack.outputs).get(output)
        return _NO_OUTPUT if value is None else KnownValue(value, secret=False)


def _entry(text: str, key: str) -> KnownValue | str:
    if not key:
        return _usable(text)
    try:
        entries = json.loads(text)
    except ValueError:
        return ", which is not a JSON object"
    if not isinstance(entries, dict):
        return ", which is not a JSON object"
    value = entries.get(key)
    if value is None:
        return ", which the secret has not got"
    return _usable(value if isinstance(value, str) else json.dumps(value))


def _usable(text: str) -> KnownValue | str:
    """Return the value, or why no environment of a process can hold it."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        return ", which holds a character that is no text"
    return KnownValue(text)
