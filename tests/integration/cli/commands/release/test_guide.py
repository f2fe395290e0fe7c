"""Every command of docs/releases.md does what the page says, in its order."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.releases import events as e
from tests.integration.cli.commands.release.conftest import done, failed, verified

if TYPE_CHECKING:
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

TOP = Path(__file__).parents[5]
GUIDE = (TOP / "docs" / "releases.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]


def rolled_back(engine: FakeEngine, *services: str) -> tuple[e.ReleaseEvent, ...]:
    now = engine.clock.now()
    begun = [e.MemberStarted(now, each, f"back-{each}", "rollback") for each in services]
    ended = [e.MemberEnded(now, each, f"back-{each}", "verified", purpose="rollback") for each in services]
    return (*begun, *ended, e.ReleaseEnded(now, "rolled_back"))


def test_the_commands_of_the_page_are_run_in_its_order(cli: CommandLine, engine: FakeEngine) -> None:
    engine.time.at = datetime(2026, 11, 27, 20, tzinfo=UTC)
    ends = [
        ("release plan friday", (), 0),
        ("release show friday", (), 0),
        ("release approve friday", (), 0),
        ("release check friday", (), 0),
        ("release run friday", (*verified(engine, "catalog"), *failed(engine, "orders")), 1),
        ("release list", (), 0),
        ("release show friday --watch", (), 1),
        ("release resume friday --retry orders", failed(engine, "orders"), 1),
        ("release resume friday --skip orders", verified(engine, "billing"), 1),
        ("release resume friday", (e.ReleaseEnded(engine.clock.now(), "done"),), 0),
        ("release rollback friday", rolled_back(engine, "billing", "catalog"), 0),
        ("release run saturday", (), 0),
        ("release list", (), 0),
        ("release stop saturday", (), 0),
        ("runs", (), 0),
        ("runs --release saturday", (), 0),
        ("notes --release saturday", (), 0),
        ("release compare friday saturday", (), 0),
        ("why orders prod", (), 0),
        ("status --at", (), 0),
    ]
    assert len(LINES) == len(ends)
    for line, (begins, story, code) in zip(LINES, ends, strict=True):
        words = shlex.split(line, comments=True)[1:]
        assert " ".join(words).startswith(begins)
        engine.script.me = "bob" if "approve" in words else "ana"
        engine.script.release_story = story
        if "--skip" in words:
            engine.script.dead.add("friday")
        said = cli(*words)
        assert (said.code, line) == (code, line), said.err


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)[^)]*\)", GUIDE))
def test_links_lead_somewhere(link: str) -> None:
    assert (TOP / "docs" / link).exists()


def test_what_the_page_names_as_a_command_is_one(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.release_story = done(engine)
    named = re.findall(r"`promote-tui (release \w+)", GUIDE)
    assert {*named} >= {"release plan", "release stop"}
    assert {cli(*each.split(), "--help").code for each in named} == {0}
