"""A command line in this process, on a scripted engine."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from promote_tui.cli.context import CliContext
from promote_tui.cli.errors import run_guarded
from promote_tui.cli.main import run
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine
from tests.support.json_outputs import hold_to_schema

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.aliases import Json


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Json:
        return json.loads(self.out)


class CommandLine:
    """Runs commands on `engine`; `types` sets what a person at the terminal answers."""

    def __init__(self, engine: FakeEngine, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.engine = engine
        self._capsys = capsys
        self._patch = patch

    def __call__(self, *words: str) -> Answer:
        self._capsys.readouterr()
        code = run_guarded(lambda: run(words, lambda settings: self._engine(read_only=settings.read_only)))
        said = self._capsys.readouterr()
        hold_to_schema(words, said.out)
        return Answer(code, said.out, said.err)

    def types(self, text: str) -> None:
        self._patch.setattr(CliContext, "interactive", True)
        self._patch.setattr(sys, "stdin", io.StringIO(text))

    def _engine(self, *, read_only: bool) -> FakeEngine:
        assert read_only == self.engine.pipeline.read_only
        return self.engine


def calls(engine: FakeEngine, method: str) -> list[tuple[object, ...]]:
    """Return what a method of the engine was called with, call by call."""
    return [tuple(details) for details in engine.called(method)]


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(folder=tmp_path)


@pytest.fixture
def cli(engine: FakeEngine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    return CommandLine(engine, capsys, monkeypatch)


@pytest.fixture
def owned(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A command line whose services have owners."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    return CommandLine(FakeEngine(world.owned_pipeline(), folder=tmp_path), capsys, monkeypatch)


@pytest.fixture
def past(engine: FakeEngine) -> FakeEngine:
    """The engine with a run that was rolled back, one that succeeded, and one that goes on."""
    engine.add_run("gk2m3p", world.plan(world.draft("orders", "prod")), "rolled_back")
    engine.add_run("hq7xyz", world.plan(world.draft("billing", "staging")), "succeeded")
    engine.add_run("m4tt0c", world.plan(world.draft("emails", "dev")), None)
    return engine
