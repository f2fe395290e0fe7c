"""Facts about which configuration file is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from promote_tui.config.loader import find
from promote_tui.core.errors import ConfigError


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_the_nearest_sign_wins(tmp_path: Path) -> None:
    here = tmp_path / "work" / "deep"
    here.mkdir(parents=True)
    own = touch(tmp_path / "xdg" / "promote-tui" / "config.yml")
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "xdg")}
    assert find(None, here, environ) == own
    above = touch(tmp_path / "work" / "promote-tui.yml")
    assert find(None, here, environ) == above
    near = touch(here / "promote-tui.yml")
    assert find(None, here, environ) == near
    named = touch(tmp_path / "named.yml")
    environ["PROMOTE_TUI_CONFIG"] = str(named)
    assert find(None, here, environ) == named
    given = touch(tmp_path / "given.yml")
    assert find(given, here, environ) == given


def test_without_xdg_the_users_own_is_in_the_home_folder(tmp_path: Path) -> None:
    own = touch(tmp_path / ".config" / "promote-tui" / "config.yml")
    assert find(None, tmp_path, {"HOME": str(tmp_path)}) == own


@pytest.mark.parametrize("given", [Path("x.yml"), Path("../here/x.yml")])
def test_a_relative_file_is_looked_for_where_one_stands(given: Path, tmp_path: Path) -> None:
    expected = touch(tmp_path / "here" / "x.yml")
    assert find(given, tmp_path / "here", {}) == expected
    assert find(None, tmp_path / "here", {"PROMOTE_TUI_CONFIG": str(given)}) == expected


def test_a_relative_folder_to_stand_in_is_searched_upward_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = touch(tmp_path / "promote-tui.yml")
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert find(None, Path(), {}) == expected
    assert find(None, Path("../b"), {}) == expected


def test_where_none_is_found_the_message_says_where_it_looked_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        find(None, tmp_path, {"XDG_CONFIG_HOME": "/nowhere"})
    assert str(caught.value) == (
        f"no configuration: looked for promote-tui.yml in {tmp_path} and its parents, and for"
        " /nowhere/promote-tui/config.yml; write one (see config.example.yml), or name one with --config FILE"
    )


def test_a_folder_of_the_files_name_is_said_to_be_one(tmp_path: Path) -> None:
    touch(tmp_path / "promote-tui.yml")
    folder = tmp_path / "deep" / "promote-tui.yml"
    folder.mkdir(parents=True)
    with pytest.raises(ConfigError) as caught:
        find(None, tmp_path / "deep", {})
    assert str(caught.value) == f"{folder}: it is a folder; put a file in its place, or name another with --config FILE"


MISTAKES = [
    (Path("none.yml"), {}, "{here}/none.yml: --config names it, but it does not exist; correct the path"),
    (Path(), {}, "{here}: --config names a folder; name the file, such as {here}/promote-tui.yml"),
    (
        None,
        {"PROMOTE_TUI_CONFIG": "none.yml"},
        "{here}/none.yml: $PROMOTE_TUI_CONFIG names it, but it does not exist; correct the path",
    ),
]


@pytest.mark.parametrize(("given", "environ", "message"), MISTAKES)
def test_a_file_that_was_named_is_never_replaced_by_another(
    given: Path | None, environ: dict[str, str], message: str, tmp_path: Path
) -> None:
    touch(tmp_path / "promote-tui.yml")
    with pytest.raises(ConfigError) as caught:
        find(given, tmp_path, environ)
    assert str(caught.value) == message.format(here=tmp_path)
