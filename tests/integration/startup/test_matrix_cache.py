"""The last matrix between two starts: what comes back, what does not, and who may read it."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.cell_state import CellState, state_of
from promote_tui.core.git.relation import Behind, Diverged, NotApplicable, Unknown
from promote_tui.core.matrix import CellView, Snapshot
from promote_tui.core.model.cells import Deployed, InProgress, Never, Unreachable, Unreported
from promote_tui.core.model.pipeline import Pipeline
from promote_tui.core.runs.verification import NotVerified, ObservedDeploy, VerifiedBy
from promote_tui.core.value import replace
from promote_tui.startup import matrix_cache
from promote_tui.startup.matrix_cache import load_matrix, save_matrix
from promote_tui.tui.state.cell_store import CellStore
from tests.support.values import ACCOUNT, NOW, STAGING, TARGET, A, B, commit, stack

if TYPE_CHECKING:
    from pathlib import Path

PIPELINE = Pipeline("acme", (STAGING,), (), "d" * 64, "/work/acme/promote-tui.yml")
PLANTED = "postgres://admin:hunter2@db"
STACK = replace(stack(), outputs=(("DatabaseUrl", PLANTED),))
VIEWS = {
    ("orders", "staging"): CellView(
        Deployed(TARGET, STACK, A), Behind(3), "dev", commit(A), VerifiedBy("r1", A, NOW), altered=("hello",)
    ),
    ("orders", "prod"): CellView(Never(TARGET), NotApplicable(), verification=NotVerified("never")),
    ("billing", "staging"): CellView(InProgress(TARGET, STACK, B), run="r2", run_since=NOW, usual=90.0),
    ("billing", "prod"): CellView(Unreported(TARGET, STACK, "no output", "promote once"), Unknown("gone")),
    ("mail\u2028\n\x85é", "staging"): CellView(
        Deployed(TARGET, STACK, B), Diverged(1, 2), "dev", None, ObservedDeploy(B, None)
    ),
    ("mail", "prod"): CellView(Unreachable(TARGET, "denied\nby policy", "ask for it", why="denied")),
}
HEADLINE = {"states": {"behind": 1}, "oldest": None}


def _kept(cache: Path) -> Path:
    (file,) = (cache / "matrix").iterdir()
    return file


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    save_matrix(tmp_path, PIPELINE, Snapshot(NOW, VIEWS), HEADLINE)
    return tmp_path


def _without_outputs(view: CellView) -> CellView:
    cell = view.cell
    if isinstance(cell, Unreachable) or cell.stack is None:
        return view
    return replace(view, cell=replace(cell, stack=replace(cell.stack, outputs=())))


def test_every_cell_comes_back_as_it_was_but_for_the_stacks_outputs(cache: Path) -> None:
    found = load_matrix(cache, PIPELINE)
    assert found is not None
    assert (found.taken_at, found.headline) == (NOW, HEADLINE)
    assert dict(found.views) == {key: _without_outputs(view) for key, view in VIEWS.items()}


def test_no_output_of_a_stack_is_in_the_file(cache: Path) -> None:
    text = _kept(cache).read_text(encoding="utf-8")
    assert ACCOUNT in text
    assert PLANTED not in text
    assert "DatabaseUrl" not in text


def test_the_file_is_private(cache: Path) -> None:
    file = _kept(cache)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_another_state_of_the_configuration_recalls_nothing(cache: Path) -> None:
    assert load_matrix(cache, replace(PIPELINE, digest="e" * 64)) is None


def test_the_same_configuration_elsewhere_has_a_matrix_of_its_own(cache: Path) -> None:
    elsewhere = replace(PIPELINE, path="/work/copy/promote-tui.yml")
    assert load_matrix(cache, elsewhere) is None
    save_matrix(cache, elsewhere, Snapshot(NOW, {}), HEADLINE)
    assert len(list((cache / "matrix").iterdir())) == 2


def test_a_configuration_whose_file_has_the_same_name_recalls_nothing(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _kept(cache).name
    monkeypatch.setattr(matrix_cache, "file_name", lambda _path: name)
    assert load_matrix(cache, replace(PIPELINE, path="/work/copy/promote-tui.yml")) is None
    assert load_matrix(cache, PIPELINE) is not None


def test_another_version_of_the_program_recalls_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix_cache, "__version__", "0.0.0")
    assert load_matrix(cache, PIPELINE) is None


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"program": 1}\n{}',
        b"[" * 100_000,
        b"\x00" * 4096,
        b"9" * 5000,
    ],
)
def test_a_damaged_file_recalls_nothing(junk: bytes, cache: Path) -> None:
    _kept(cache).write_bytes(junk)
    assert load_matrix(cache, PIPELINE) is None


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_file_that_was_cut_off_shows_nothing_wrong(part: float, cache: Path) -> None:
    """Where whole lines are missing there is none; where the last one is cut, that cell is not known."""
    whole = _kept(cache).read_bytes()
    _kept(cache).write_bytes(whole[: int(len(whole) * part)])
    found = load_matrix(cache, PIPELINE)
    assert found is None or all(found.views.get(key) in {None, _without_outputs(VIEWS[key])} for key in VIEWS)


def test_a_cell_that_cannot_be_read_is_shown_as_loading_beside_the_others(cache: Path) -> None:
    lines = _kept(cache).read_text(encoding="utf-8").split("\n")
    lines[1:3] = ['{"type": "CellView", "cell": {"type": "Sunken"}}', "[" * 100_000]
    _kept(cache).write_text("\n".join(lines), encoding="utf-8")
    found = load_matrix(cache, PIPELINE)
    assert found is not None
    cells = CellStore()
    cells.show_cached(found.views, found.taken_at)
    states = [state_of(cells.views.get(key)) for key in VIEWS]
    assert states == [
        CellState.LOADING,
        CellState.LOADING,
        CellState.RUNNING,
        CellState.UNREPORTED,
        CellState.DIVERGED,
        CellState.DENIED,
    ]


def test_only_a_cell_that_is_looked_at_is_read(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    read = matrix_cache._decoded  # noqa: SLF001 - what is counted

    def decoded(text: bytes) -> CellView:
        asked.append(text)
        return read(text)

    monkeypatch.setattr(matrix_cache, "_decoded", decoded)
    found = load_matrix(cache, PIPELINE)
    assert found is not None
    assert len(found.views) == len(VIEWS)
    assert list(found.views) == list(VIEWS)
    assert asked == []
    assert found.views["orders", "prod"] is found.views["orders", "prod"]
    assert len(asked) == 1


def test_a_matrix_of_ten_thousand_cells_is_recalled_without_reading_one(tmp_path: Path) -> None:
    view = VIEWS["orders", "staging"]
    views = {(f"service-{number}", "staging"): view for number in range(10_000)}
    save_matrix(tmp_path, PIPELINE, Snapshot(NOW, views), HEADLINE)
    found = load_matrix(tmp_path, PIPELINE)
    assert found is not None
    assert len(found.views) == 10_000
    assert found.views["service-9999", "staging"] == _without_outputs(view)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "matrix").write_text("a file where the folder should be", encoding="utf-8")
    save_matrix(tmp_path, PIPELINE, Snapshot(NOW, VIEWS), HEADLINE)
    assert load_matrix(tmp_path, PIPELINE) is None
