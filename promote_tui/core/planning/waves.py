"""The order in which several services go into a stage: each after those that it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from promote_tui.core.model.pipeline import Service


class Wave(Value):
    """Services that wait for no other of their wave; `after` are the services that one of them depends on.

    `number` starts at 1; both tuples are in the order of the configuration.
    """

    number: int
    services: tuple[str, ...]
    after: tuple[str, ...] = ()


def waves(services: Sequence[Service]) -> tuple[Wave, ...]:
    """Return the services in waves, each service in the first wave that it may be in.

    Dependencies on services that are not among these are not waited for. Services that go round in a
    circle, which the configuration refuses, come together in the last wave.
    """
    left = {service.name: {*service.depends_on} for service in services}
    found: list[Wave] = []
    while left:
        ready = [name for name, needs in left.items() if not needs & left.keys()] or list(left)
        found.append(Wave(len(found) + 1, tuple(ready), _needed(services, ready)))
        for name in ready:
            del left[name]
    return tuple(found)


def _needed(services: Sequence[Service], wave: Collection[str]) -> tuple[str, ...]:
    needs = {need for service in services if service.name in wave for need in service.depends_on}
    return tuple(service.name for service in services if service.name in needs)


def first_wave(every: Sequence[Wave], wanted: Collection[str]) -> Wave | None:
    """Return the first wave that holds one of the wanted services, with nothing but those; None where none does."""
    for wave in every:
        kept = tuple(name for name in wave.services if name in wanted)
        if kept:
            return Wave(wave.number, kept, wave.after)
    return None
