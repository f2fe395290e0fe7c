"""How much is read of a long history: the first screen of a service needs one page of its hundred thousand commits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from promote_tui.adapters.git import parse
from promote_tui.adapters.git.command import Git, GitAnswer
from promote_tui.adapters.git.graph import GitGraph
from promote_tui.core.value import replace
from promote_tui.tui.state import commits
from promote_tui.tui.state.branch_log import PAGE
from tests.support.engine_world import engine_on
from tests.support.fakes import world
from tests.support.repositories import Repository, service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from promote_tui.core.model.pipeline import Commit
    from promote_tui.engine.context import Ports

COMMITS = 100_000


def long_history() -> Iterator[bytes]:
    """Yield a history for fast-import, of a file that each commit changes."""
    yield b"blob\nmark :1\ndata 1\na\nblob\nmark :2\ndata 1\nb\n"
    for at in range(COMMITS):
        yield b"commit refs/heads/main\ncommitter ana <ana@example.com> %d +0000\n" % (1_700_000_000 + 60 * at)
        yield b"data 6\nChange\nM 100644 :%d f\n\n" % (1 + at % 2)


class Counter:
    """Counts what comes out of git from now on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commits = self.bytes = 0
        make, answer = parse.make_commit, Git.answer

        def counted(*fields: str) -> Commit:
            self.commits += 1
            return make(*fields)

        def weighed(git: Git, *words: str, **options: object) -> GitAnswer:
            found = answer(git, *words, **options)  # type: ignore[arg-type]
            self.bytes += len(found.out)
            return found

        monkeypatch.setattr(parse, "make_commit", counted)
        monkeypatch.setattr(Git, "answer", weighed)


def test_of_a_hundred_thousand_commits_the_first_screen_reads_one_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository(tmp_path / "r.git", bare=True)
    repository.git("fast-import", "--quiet", "--date-format=raw", feed=b"".join(long_history()))
    pipeline = replace(world.pipeline(), services=(service(repository.path),))
    ports = cast("Ports", SimpleNamespace(graph=GitGraph(tmp_path / "cache", fetch_timeout=120)))
    engine = engine_on(ports, pipeline)
    deployed = {"dev": repository.git("rev-parse", "main~3"), "prod": repository.git("rev-parse", "main~99999")}
    read = Counter(monkeypatch)
    page = commits.read_page(engine, commits.PageRequest("orders", None, None, 0, PAGE))
    stands = commits.read_standings(engine, "orders", "main", deployed)
    about = commits.read_branch_facts(engine, "orders", "main", count=False)
    assert (len(page.commits), page.more, about.branches) == (PAGE, True, 1)
    assert [one.here for one in stands.values()] == [True, True]
    assert read.commits == PAGE + 1 + len(deployed)
    assert read.bytes < 500 * read.commits
    before = read.commits
    assert len(commits.read_page(engine, commits.PageRequest("orders", None, None, PAGE, PAGE)).commits) == PAGE
    assert read.commits == before + PAGE + 1
