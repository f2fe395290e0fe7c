"""What is to be done is a key in the terminal UI: no picture of a screen tells to type a command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from promote_tui.cli.main import main
from promote_tui.core.errors import CredentialsError, GitError, LockHeld, PromoteError, Refused
from promote_tui.core.next_steps import NextStep
from promote_tui.tui.presentation.next_steps import error_words
from tests.support.golden import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

ALLOWED: dict[str, str] = {}
"""Pictures that may name a command, each with the reason why no key can do it."""
_OURS = "|".join(sorted(main.commands))
COMMAND = re.compile(rf"promote-tui (?:{_OURS})\b|\bgit (?:fetch|remote|config|push)\b|\baws (?:sso|login|configure)\b")


def named(picture: Path) -> list[str]:
    return COMMAND.findall(picture.read_text(encoding="utf-8"))


def test_no_picture_of_a_screen_names_a_command_as_the_next_step() -> None:
    found = {picture.name: named(picture) for picture in sorted(FOLDER.glob("*.txt"))}
    assert len(found) > 100
    assert {name: words for name, words in found.items() if words and name not in ALLOWED} == {}
    assert [name for name in ALLOWED if not found.get(name)] == []


@pytest.mark.parametrize(
    "words", ["promote-tui adopt orders prod", "promote-tui runs reconcile g1", "git fetch", "aws sso login"]
)
def test_a_command_would_be_found(words: str, tmp_path: Path) -> None:
    picture = tmp_path / "picture.txt"
    picture.write_text(f" NEXT  {words} ", encoding="utf-8")
    assert named(picture)


RUN = NextStep("run", ("g1",))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CredentialsError("acme", "expired", "aws sso login"), "acme: expired; <app.login> logs in"),
        (GitError("acme", "too old", "git fetch").by(NextStep("fetch")), "acme: too old; <app.fetch> fetches"),
        (LockHeld("acme", "held", "promote-tui attach g1").by(RUN), "acme: held; <app.runs> opens Runs, with g1"),
        (GitError("acme", "not a repository", "clone it again"), "acme: not a repository; clone it again"),
        (Refused("acme", "not on main", "merge it first").by(NextStep("choose")), "acme: not on main; merge it first"),
    ],
)
def test_an_error_names_a_key_that_works_everywhere_in_the_place_of_a_command(error: PromoteError, words: str) -> None:
    assert error_words(error, lambda action: f"<{action}>") == words


def test_on_its_own_page_a_run_whose_runner_is_gone_is_reconciled_with_the_key_of_that_page() -> None:
    gone = Refused("run g1", "its runner is gone", "promote-tui runs reconcile g1").by(NextStep("reconcile", ("g1",)))
    words = "run g1: its runner is gone; <run.reconcile> reconciles the run"
    assert error_words(gone, lambda action: f"<{action}>", "run") == words
