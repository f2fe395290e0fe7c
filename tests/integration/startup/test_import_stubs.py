"""Starting without Textual's command palette and without OpenSSL: whoever wants them later gets the real ones."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from textual.command import CommandPalette

from promote_tui.startup.import_stubs import without_what_is_not_used
from promote_tui.tui.app import PromoteApp

ROOT = Path(__file__).parents[3]
START = """
import sys
from promote_tui.startup.import_stubs import without_what_is_not_used
with without_what_is_not_used():
    from promote_tui.tui.app import PromoteApp
print([name for name in ("textual.command", "textual.fuzzy", "ssl", "_ssl") if name in sys.modules])
from textual.command import CommandPalette, Provider
from textual.screen import Screen
print(issubclass(CommandPalette, Screen), Provider.__module__)
import ssl, urllib3
print(ssl.create_default_context().verify_mode.name, urllib3.util.ssl_.SSLContext is not None)
"""


def test_neither_is_imported_with_the_app_and_whoever_imports_it_later_gets_the_real_one() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT,
        env={**os.environ},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert answer.stdout.splitlines() == ["[]", "True textual.command", "CERT_REQUIRED True"]


def test_what_was_imported_before_stays() -> None:
    import ssl  # noqa: PLC0415 - it is about the moment of the import

    with without_what_is_not_used():
        assert sys.modules["textual.command"].CommandPalette is CommandPalette
        assert sys.modules["ssl"] is ssl
    assert sys.modules["textual.command"].CommandPalette is CommandPalette
    assert sys.modules["ssl"] is ssl


def test_the_app_never_opens_what_it_starts_without() -> None:
    """Textual's own palette and its theme search would be made of the stand-ins."""
    assert PromoteApp.ENABLE_COMMAND_PALETTE is False
    assert not {"command_palette", "change_theme"} & {binding.action for binding in PromoteApp.BINDINGS}  # type: ignore[union-attr]
