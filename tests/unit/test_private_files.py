"""Facts about private_files: only the user reads them, and they are there whole or not at all."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from promote_tui.private_files import create_private, write_private

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("durable", [True, False])
def test_only_the_user_reads_what_is_written_also_where_others_read_it_before(tmp_path: Path, durable: bool) -> None:
    file = tmp_path / "plan.json"
    file.write_text("old")
    file.chmod(0o644)
    write_private(file, b"new", durable=durable)
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"new", 0o600)
    assert [each.name for each in tmp_path.iterdir()] == ["plan.json"]


def test_a_link_is_replaced_and_what_it_points_to_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs")
    (tmp_path / "ours").symlink_to(tmp_path / "theirs")
    write_private(tmp_path / "ours", b"ours")
    assert (tmp_path / "theirs").read_text() == "theirs"
    assert not (tmp_path / "ours").is_symlink()


def test_what_cannot_take_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "plan.json").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_private(tmp_path / "plan.json", b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["plan.json"]


def test_a_new_file_is_never_made_where_something_is(tmp_path: Path) -> None:
    os.close(create_private(tmp_path / "crash.txt"))
    assert stat.S_IMODE((tmp_path / "crash.txt").stat().st_mode) == 0o600
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for taken in ("crash.txt", "link"):
        with pytest.raises(FileExistsError):
            create_private(tmp_path / taken)
    assert not (tmp_path / "nowhere").exists()
