"""The last matrix, kept between two starts: the first frame shows it with its age, and AWS is asked afterwards.

One file for each configuration in the private cache folder, written whole or not at all: a line of JSON
that says which cells they are, and a line for each of them. It holds what the matrix shows and no stack
outputs. A file that is missing, damaged, of another version or of another state of the configuration is as
good as none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from promote_tui import __version__
from promote_tui.config.cache import file_name, write_whole
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import CellKey, Unreachable
from promote_tui.core.value import Moment, Value, decode_json, encode_json, field, replace

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.matrix import Snapshot
    from promote_tui.core.model.pipeline import Pipeline

_WRONG = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


class _Views(Mapping[CellKey, CellView]):
    """The cells of a file, each decoded when it is first asked for: a first frame shows a few of hundreds."""

    def __init__(self, lines: Mapping[CellKey, bytes]) -> None:
        self._lines = lines
        self._known: dict[CellKey, CellView] = {}

    def __getitem__(self, key: CellKey) -> CellView:
        if key not in self._known:
            self._known[key] = _decoded(self._lines[key])
        return self._known[key]

    def __iter__(self) -> Iterator[CellKey]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _decoded(text: bytes) -> CellView:
    """Return the cell; one that cannot be read any more is shown as not known."""
    try:
        return decode_json(CellView, text)
    except _WRONG:
        raise KeyError(text) from None


class _Head(Value):
    """The first line: whose matrix it is, when it was read, which cells follow in which order."""

    program: str
    path: str
    config: str
    taken_at: Moment
    cells: tuple[CellKey, ...]
    headline: Mapping[str, Any]


class CachedMatrix(Value):
    """What an earlier start has read, and when; `headline` is what the screen noted of all cells together."""

    taken_at: Moment
    views: Mapping[CellKey, CellView]
    headline: Mapping[str, Any] = field(default_factory=dict)


def load_matrix(cache: Path, pipeline: Pipeline) -> CachedMatrix | None:
    """Return the last matrix of this very configuration; None where there is none that can be read."""
    try:
        head, *lines = _file(cache, pipeline).read_bytes().split(b"\n")
        kept = decode_json(_Head, head)
        if (kept.program, kept.path, kept.config) != _origin(pipeline):
            return None
        return CachedMatrix(kept.taken_at, _Views(dict(zip(kept.cells, lines, strict=True))), kept.headline)
    except _WRONG:
        return None


def save_matrix(cache: Path, pipeline: Pipeline, snapshot: Snapshot, headline: Mapping[str, Any]) -> None:
    """Write the matrix for the next start; a cache that cannot be written is done without."""
    head = _Head(*_origin(pipeline), snapshot.taken_at, tuple(snapshot.cells), headline)
    cells = (_without_outputs(view) for view in snapshot.cells.values())
    lines = [encode_json(value) for value in (head, *cells)]  # which breaks no line
    write_whole(_file(cache, pipeline), "\n".join(lines).encode())


def _without_outputs(view: CellView) -> CellView:
    """Return the view without what the matrix does not show: outputs may hold anything."""
    cell = view.cell
    if isinstance(cell, Unreachable) or cell.stack is None:
        return view
    return replace(view, cell=replace(cell, stack=replace(cell.stack, outputs=())))


def _origin(pipeline: Pipeline) -> tuple[str, str, str]:
    return __version__, pipeline.path, pipeline.digest


def _file(cache: Path, pipeline: Pipeline) -> Path:
    return cache / "matrix" / file_name(os.fsencode(pipeline.path))
