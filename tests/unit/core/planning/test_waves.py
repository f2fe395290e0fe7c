"""The order of a release: what depends on nothing first, and never a service before what it depends on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from promote_tui.core.planning.waves import Wave, first_wave, waves
from promote_tui.core.value import replace
from tests.support.fakes.world import service

NAMES = tuple("abcdefgh")


def with_needs(**needs: str) -> tuple[Wave, ...]:
    return waves([replace(service(name), depends_on=tuple(words.split())) for name, words in needs.items()])


def test_services_that_depend_on_nothing_are_one_wave_in_the_order_of_the_configuration() -> None:
    assert with_needs(orders="", billing="", catalog="") == (Wave(1, ("orders", "billing", "catalog")),)


def test_no_service_makes_no_wave() -> None:
    assert waves([]) == ()


def test_a_service_comes_after_everything_that_it_depends_on() -> None:
    found = with_needs(checkout="billing orders", billing="catalog", orders="catalog", catalog="", emails="")
    assert found == (
        Wave(1, ("catalog", "emails")),
        Wave(2, ("billing", "orders"), ("catalog",)),
        Wave(3, ("checkout",), ("billing", "orders")),
    )


def test_a_service_waits_for_the_longest_way_to_it() -> None:
    found = with_needs(a="", b="a", c="b", d="a c")
    assert [wave.services for wave in found] == [("a",), ("b",), ("c",), ("d",)]


def test_a_dependency_that_is_not_part_of_it_is_not_waited_for() -> None:
    assert with_needs(orders="billing") == (Wave(1, ("orders",)),)


def test_a_circle_ends_in_one_last_wave() -> None:
    found = with_needs(a="", b="c", c="b", d="d")
    assert [wave.services for wave in found] == [("a",), ("b", "c", "d")]


def test_the_first_wave_of_what_is_wanted_keeps_its_number() -> None:
    every = with_needs(a="", b="", c="a", d="c")
    assert first_wave(every, {"d", "c"}) == Wave(2, ("c",), ("a",))
    assert first_wave(every, {"b"}) == Wave(1, ("b",))
    assert first_wave(every, ()) is None


@given(st.lists(st.lists(st.integers(0, len(NAMES) - 1), max_size=3), max_size=len(NAMES)))
def test_every_service_is_in_exactly_one_wave_behind_what_it_depends_on(needs: list[list[int]]) -> None:
    """Each service may depend on earlier ones only, so that there is no circle."""
    services = [
        replace(service(NAMES[number]), depends_on=tuple(NAMES[need] for need in wanted if need < number))
        for number, wanted in enumerate(needs)
    ]
    at = {name: wave.number for wave in waves(services) for name in wave.services}
    assert sorted(name for wave in waves(services) for name in wave.services) == sorted(one.name for one in services)
    assert all(at[need] < at[one.name] for one in services for need in one.depends_on)
    assert all(at[one.name] == 1 + max((at[need] for need in one.depends_on), default=0) for one in services)
