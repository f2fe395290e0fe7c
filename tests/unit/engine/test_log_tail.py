"""A log's lines are complete and in order, and reading keeps up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.engine.log_tail import PASSED_OVER, LogTail

if TYPE_CHECKING:
    from pathlib import Path


def test_only_complete_lines_are_read_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    tail = LogTail(path)
    assert tail.read() == []
    assert not tail.there
    path.write_bytes("one\ntwo and ä".encode()[:-1])
    assert tail.read() == [b"one"]
    assert tail.there
    with path.open("ab") as file:
        file.write("ä".encode()[1:] + b"\nthree")
    assert tail.read() == ["two and ä".encode()]
    assert tail.read(last=True) == [b"three"]
    assert tail.read(last=True) == []


def test_a_large_log_comes_in_pieces_and_says_that_there_is_more(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    path.write_bytes(b"x" * 99 + b"\n" + (b"y" * 99 + b"\n") * 20_000 + b"end")
    tail = LogTail(path)
    found = tail.read(last=True)
    assert tail.more
    assert b"end" not in found
    while tail.more:
        found += tail.read(last=True)
    assert len(found) == 20_002
    assert found[-1] == b"end"


def test_reading_that_is_far_behind_passes_over_what_is_old_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    with path.open("wb") as file:
        file.write(b"old\n")
        file.truncate(64 << 20)
        file.seek(0, 2)
        file.write(b"\nnew\n")
    tail = LogTail(path)
    found = tail.read()
    while tail.more:
        found += tail.read()
    assert found[0] == PASSED_OVER
    assert b"old" not in found
    assert found[-1] == b"new"


def test_a_line_that_never_ends_is_given_out_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    path.write_bytes(b"x" * (3 << 20))
    tail = LogTail(path)
    parts = [tail.read()]
    while tail.more:
        parts.append(tail.read())
    assert sum(len(line) for lines in parts for line in lines) + len(tail._rest) == 3 << 20  # noqa: SLF001 - what is left


def test_all_of_a_log_is_read_where_the_whole_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    with path.open("wb") as file:
        file.write(b"old\n")
        file.truncate(33 << 20)
    assert LogTail(path, whole=True).read()[0] == b"old"
    assert LogTail(path).read()[0] == PASSED_OVER


def test_a_file_that_cannot_be_read_says_why_and_one_that_is_not_there_yet_does_not(tmp_path: Path) -> None:
    tail = LogTail(tmp_path / "run.log")
    assert (tail.read(), tail.there, tail.problem) == ([], False, "")
    (tmp_path / "run.log").mkdir()
    assert (tail.read(), tail.there, tail.problem) == ([], False, "Is a directory")
