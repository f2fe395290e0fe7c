"""Traffic agrees with what was deployed where every request reaches that code, and says so where it does not."""

from __future__ import annotations

import pytest

from promote_tui.core.traffic.model import RoutedVersion, ServedAlias, Traffic, percent

OLD, OLDER = "02d198b" + "0" * 33, "a81be07" + "0" * 33


def alias(*routed: RoutedVersion, name: str = "live") -> ServedAlias:
    return ServedAlias("orders-hello", name, routed, "new")


@pytest.mark.parametrize(
    ("traffic", "agrees", "headline"),
    [
        (Traffic(), True, ""),
        (Traffic(unread="denied"), None, ""),
        (Traffic((alias(RoutedVersion("42", 1, "new")),)), True, ""),
        (Traffic((alias(RoutedVersion("42", 1, "new")),), "denied"), None, ""),
        (Traffic((alias(RoutedVersion("41", 1, "old", OLD)),)), False, "traffic 100 % on 02d198b"),
        (Traffic((alias(RoutedVersion("41", 1, "old", OLD)),), "denied"), False, "traffic 100 % on 02d198b"),
        (
            Traffic((alias(RoutedVersion("42", 0.1, "new"), RoutedVersion("41", 0.9, "old", OLD)),)),
            False,
            "traffic 90 % on 02d198b",
        ),
        (Traffic((alias(RoutedVersion("41", 0.0, "old", OLD), RoutedVersion("42", 1, "new")),)), True, ""),
        (Traffic((alias(RoutedVersion("41", 1, "old")),)), False, "traffic 100 % on other code"),
        (
            Traffic((alias(RoutedVersion("41", 0.5, "old", OLD), RoutedVersion("40", 0.5, "older", OLDER)),)),
            False,
            "traffic 100 % on other code",
        ),
        (
            Traffic(
                (alias(RoutedVersion("41", 0.2, "old", OLD)), alias(RoutedVersion("40", 0.6, "older", OLDER), name="b"))
            ),
            False,
            "traffic 60 % on a81be07",
        ),
        (Traffic((alias(RoutedVersion("41", 1, "")),), "orders-hello has no version 41"), None, ""),
    ],
)
def test_the_largest_share_of_other_code_is_the_headline(traffic: Traffic, agrees: bool | None, headline: str) -> None:
    assert (traffic.agrees, traffic.headline) == (agrees, headline)
    assert bool(traffic.details) == (agrees is False)


def test_each_alias_that_sends_requests_elsewhere_is_named_with_its_versions() -> None:
    split = alias(RoutedVersion("42", 0.1, "new"), RoutedVersion("40", 0.3, "x"), RoutedVersion("41", 0.6, "old", OLD))
    assert Traffic((split, alias(RoutedVersion("42", 1, "new")))).details == (
        "live of orders-hello: 60 % on version 41 (02d198b), 30 % on version 40",
    )


@pytest.mark.parametrize(
    ("share", "words"), [(0, "0 %"), (0.001, "1 %"), (0.1, "10 %"), (0.999, "99 %"), (1, "100 %"), (1.0, "100 %")]
)
def test_no_request_and_every_request_are_never_rounded_to(share: float, words: str) -> None:
    assert percent(share) == words
