"""The order of an inbox, its count, and what of it is mine."""

from __future__ import annotations

from datetime import timedelta

from promote_tui.core.inbox.item import KIND_WORDS, KINDS, InboxItem, ItemKind, sort_items
from tests.support.values import NOW


def item(kind: ItemKind, service: str = "orders", *, hours: int | None = 1, is_mine: bool = False) -> InboxItem:
    since = None if hours is None else NOW - timedelta(hours=hours)
    return InboxItem(kind, (service,), "prod", "words", "command", since, is_mine)


def test_what_holds_up_most_comes_first_then_the_own_then_what_waits_longest() -> None:
    wanted = [
        item("release"),
        item("approval", is_mine=True),
        item("approval", hours=9),
        item("approval", hours=2),
        item("approval", "web", hours=2),
        item("approval", hours=None),
        item("hold", "web", hours=2, is_mine=True),
        item("hold", hours=90),
        item("unread"),
    ]
    assert [*sort_items(reversed(wanted)).items] == wanted


def test_what_could_not_be_read_is_shown_and_not_counted() -> None:
    inbox = sort_items([item("hold"), item("unread"), item("tick")])
    assert (inbox.count, len(inbox.items)) == (2, 3)
    assert sort_items([]).count == 0


def test_mine_leaves_out_what_is_somebody_elses_but_never_what_could_not_be_read() -> None:
    inbox = sort_items([item("hold"), item("tick", is_mine=True), item("unread")])
    assert [each.kind for each in inbox.mine().items] == ["tick", "unread"]


def test_every_kind_has_its_words() -> None:
    assert {*KIND_WORDS} == {*KINDS}
    assert [each.kind for each in sort_items([item("hold"), item("tick")]).of_kind("tick")] == ["tick"]
