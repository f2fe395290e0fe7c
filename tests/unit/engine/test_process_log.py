"""A process whose disk is full goes on with its work, whatever it has to say."""

from __future__ import annotations

import errno
import io
import sys
from typing import TYPE_CHECKING

from promote_tui.core.errors import LedgerError
from promote_tui.engine.patience import Patience
from promote_tui.engine.process_log import log, log_exception
from tests.support.engine_world import FakeClock

if TYPE_CHECKING:
    import pytest


class FullDisk(io.StringIO):
    """A log on a disk that is full."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def fail() -> None:
    """Fail with what nobody expected, and write it down."""
    try:
        int("one")
    except ValueError:
        log_exception()


def test_what_a_full_disk_refuses_is_lost_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", FullDisk())
    clock = FakeClock()
    log("a line")
    fail()
    Patience(clock).bear(LedgerError("ledger", "the disk is full"))
    assert clock.slept > 0


def test_what_is_said_is_there_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    log("a line")
    fail()
    first, *rest = capfd.readouterr().err.splitlines()
    assert (first, rest[-1]) == ("a line", "ValueError: invalid literal for int() with base 10: 'one'")
