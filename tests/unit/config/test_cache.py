"""Facts about the cache of validated configurations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from promote_tui.config import cache as cached
from promote_tui.config.loader import load
from promote_tui.core.errors import ConfigError
from tests.support.configs import BASE, edited, write

BEGINNING = b'{"type": "Config"'
"""What follows the texts that a configuration was read from."""

PROBE = """\
import json, sys
from pathlib import Path
from promote_tui.config.loader import find, load
config = load(find(None, Path(sys.argv[1]), {}), Path(sys.argv[2]))
heavy = ("pydantic", "pydantic_core", "yaml", "boto3", "git", "click", "textual")
print(json.dumps([config.pipeline.project, [name for name in heavy if name in sys.modules]]))
"""


def probe(folder: Path, cache: Path) -> tuple[str, list[str]]:
    """Load in a fresh interpreter; return the project and which heavy modules that imported."""
    argv = [sys.executable, "-c", PROBE, str(folder), str(cache)]
    done = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=300)
    project, imported = json.loads(done.stdout)
    return project, imported


def entries(cache: Path) -> list[Path]:
    return sorted((cache / "config").iterdir())


def test_the_second_start_imports_neither_pydantic_nor_yaml(tmp_path: Path) -> None:
    write(tmp_path)
    cache = tmp_path / "cache"
    assert probe(tmp_path, cache) == ("acme", ["pydantic", "pydantic_core", "yaml"])
    assert probe(tmp_path, cache) == ("acme", [])


def test_a_hit_is_what_a_miss_was(tmp_path: Path) -> None:
    path = write(tmp_path)
    first = load(path, tmp_path / "cache")
    assert load(path, tmp_path / "cache") == first == load(path)


def test_an_entry_is_private(tmp_path: Path) -> None:
    load(write(tmp_path), tmp_path / "cache")
    (entry,) = entries(tmp_path / "cache")
    assert entry.stat().st_mode & 0o777 == 0o600
    assert entry.parent.stat().st_mode & 0o777 == 0o700


def test_what_has_the_same_name_is_another_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "crc32", lambda _origin: 7)
    path, cache = write(tmp_path), tmp_path / "cache"
    assert load(path, cache).pipeline.project == "acme"
    path.write_text(path.read_text(encoding="utf-8").replace("acme", "other"), encoding="utf-8")
    assert [load(path, cache).pipeline.project, load(path, cache).pipeline.project] == ["other", "other"]
    assert [entry.name for entry in entries(cache)] == ["00000007.json"]


@pytest.mark.parametrize("junk", [b"", b"{", b"[]", b"null", b'{"type": "Config"}', b"\xff", b"[" * 100_000])
def test_a_damaged_entry_is_ignored_and_written_anew(junk: bytes, tmp_path: Path) -> None:
    path, cache = write(tmp_path), tmp_path / "cache"
    first = load(path, cache)
    (entry,) = entries(cache)
    whole = entry.read_bytes()
    origin, _, _ = whole.rpartition(BEGINNING)
    for damaged in (junk, origin + junk):
        entry.write_bytes(damaged)
        assert load(path, cache) == first
        assert entries(cache) == [entry]
        assert entry.read_bytes() == whole


def test_a_changed_file_or_local_file_is_read_again(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    load(write(tmp_path), cache)
    assert load(write(tmp_path, edited("2 = project: other")), cache).pipeline.project == "other"
    assert load(write(tmp_path, BASE, "user: ana\n"), cache).user == "ana"
    (tmp_path / "promote-tui.local.yml").unlink()
    assert load(tmp_path / "promote-tui.yml", cache).user is None
    assert len(entries(cache)) == 3


def test_the_same_file_elsewhere_is_another_configuration(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        found = load(write(tmp_path / name), tmp_path / "cache")
        assert found.pipeline.services[0].repo == str(tmp_path / name)


def test_another_version_of_the_program_reads_the_file_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = write(tmp_path), tmp_path / "cache"
    load(path, cache)
    monkeypatch.setattr(cached, "__version__", "999")
    load(path, cache)
    assert len(entries(cache)) == 2


def test_a_refused_file_leaves_no_entry(tmp_path: Path) -> None:
    path = write(tmp_path, edited("2 -"))
    for _ in range(2):
        with pytest.raises(ConfigError):
            load(path, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in its place")
    assert load(write(tmp_path), tmp_path / "cache").pipeline.project == "acme"


def test_old_entries_are_forgotten(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    (cache / "config").mkdir(parents=True)
    for number in range(cached.KEPT + 5):
        old = cache / "config" / f"{number}.json"
        old.write_text("{}")
        os.utime(old, (number, number))
    load(write(tmp_path), cache)
    assert len(entries(cache)) == cached.KEPT
    assert not (cache / "config" / "0.json").exists()


def test_every_key_of_the_example_survives_the_cache(tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / "config.example.yml"
    first = load(example, tmp_path / "cache")
    assert load(example, tmp_path / "cache") == first
    assert entries(tmp_path / "cache")


@pytest.mark.parametrize("place", ["services", "stages"])
def test_an_entry_with_a_wrong_type_inside_is_ignored(place: str, tmp_path: Path) -> None:
    path, cache = write(tmp_path), tmp_path / "cache"
    first = load(path, cache)
    (entry,) = entries(cache)
    origin, _, text = entry.read_bytes().rpartition(BEGINNING)
    raw = json.loads(BEGINNING + text)
    raw["pipeline"][place][0] = 7
    entry.write_bytes(origin + json.dumps(raw).encode())
    assert load(path, cache) == first
