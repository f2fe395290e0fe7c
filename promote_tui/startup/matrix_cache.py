"""The last matrix, kept between two starts: the first frame shows it with its age, and AWS is asked afterwards.

One file for each configuration in the private cache folder, written whole or not at all: a line of JSON
that says which cells they are, and a line for each of them. It holds what the matrix shows and no stack
outputs. A file that is missing, damaged, of another version or of another state of the configuration is as
good as none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from promote_tui import __version__
from promote_tui.config.cache import file_name, write_whole
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import CellKey, Unreachable
from promote_tui.core.value import Value, decode_json, encode, field, replace

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


class CachedMatrix(Value):
    """What an earlier start has read, and when; `headline` is what the screen noted of all cells together."""

    taken_at: datetime
    views: Mapping[CellKey, CellView]
    headline: Mapping[str, Any] = field(default_factory=dict)


def load_matrix(cache: Path, pipeline: Pipeline) -> CachedMatrix | None:
    """Return the last matrix of this very configuration; None where there is none that can be read."""
    try:
        head, *lines = _file(cache, pipeline).read_bytes().split(b"\n")
        raw = json.loads(head)
        if (raw["program"], raw["path"], raw["config"]) != (__version__, pipeline.path, pipeline.digest):
            return None
        keys = [(str(service), str(stage)) for service, stage in raw["cells"]]
        views = _Views(dict(zip(keys, lines, strict=True)))
        taken_at = datetime.fromisoformat(raw["taken_at"])
        if taken_at.tzinfo is None:
            return None
        return CachedMatrix(taken_at, views, dict(raw["headline"]))
    except _WRONG:
        return None


def save_matrix(cache: Path, pipeline: Pipeline, snapshot: Snapshot, headline: Mapping[str, Any]) -> None:
    """Write the matrix for the next start; a cache that cannot be written is done without."""
    head = {
        "program": __version__,
        "path": pipeline.path,
        "config": pipeline.digest,
        "taken_at": snapshot.taken_at.isoformat(),
        "headline": dict(headline),
        "cells": list(snapshot.cells),
    }
    cells = (encode(_without_outputs(view)) for view in snapshot.cells.values())
    lines = [json.dumps(value) for value in (head, *cells)]  # which breaks no line
    write_whole(_file(cache, pipeline), "\n".join(lines).encode())


def _without_outputs(view: CellView) -> CellView:
    """Return the view without what the matrix does not show: outputs may hold anything."""
    cell = view.cell
    if isinstance(cell, Unreachable) or cell.stack is None:
        return view
    return replace(view, cell=replace(cell, stack=replace(cell.stack, outputs=())))


def _file(cache: Path, pipeline: Pipeline) -> Path:
    return cache / "matrix" / file_name(os.fsencode(pipeline.path))
