"""Whose commits wait, and by which names the person at the keyboard is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import CredentialsError
from promote_tui.core.matrix_filter import FactsWanted, FilterFacts

if TYPE_CHECKING:
    import pytest

    from tests.support.engine_world import World


def test_the_authors_of_what_waits_are_named_once_and_a_lost_commit_names_nobody(world: World) -> None:
    base = world.commit("one")
    for number, author in enumerate(("Ana <ana@example.com>", "Ben <ben@example.com>", "Ana <ana@example.com>")):
        head = world.repository.commit({"orders/handler.js": str(number)}, "More", author=author)
    wanted = FactsWanted(authors=frozenset({("orders", base, head), ("orders", "f" * 40, head)}))
    found = world.engine.commits.filter_facts(wanted)
    assert found == FilterFacts(authors={("orders", base, head): ("Ana", "Ben")})


def test_the_person_at_the_keyboard_is_known_to_aws_and_to_git(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.repository.introduce("Ana Lima", "ana@example.com")
    assert world.engine.commits.filter_facts(FactsWanted(viewer=True)).viewer == {
        "role deploy",
        "ana lima",
        "ana@example.com",
    }

    def expired(*_: object) -> None:
        raise CredentialsError("dev", "the SSO session has expired", "log in")

    monkeypatch.setattr(type(world.ports.accounts), "identity", expired)
    assert world.engine.commits.filter_facts(FactsWanted(viewer=True)).viewer == {"ana lima", "ana@example.com"}
