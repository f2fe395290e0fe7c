"""An AWS emulator of our own on a free loopback port; it forgets everything when it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator; an access key of twelve digits is the account that it speaks for."""

    url: str
    pid: int

    def environment(self, account: str, region: str = "eu-west-1") -> dict[str, str]:
        """Return the AWS variables with which any client reaches `account` here and nowhere else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


@contextlib.contextmanager
def emulator(log: Path) -> Iterator[Emulator]:
    """Start an emulator, wait until it answers, and end it on the way out; raises AwsError.

    All that it writes is in the log's folder.
    """
    port = free_port()
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            env=_environment(port, log.parent),
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        _wait(process, port)
        yield Emulator(f"http://127.0.0.1:{port}", process.pid)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of the dead
            os.killpg(process.pid, signal.SIGKILL)  # with the functions that it runs
        process.wait()


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(port: int, home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return kept | {
        "HOME": str(home),
        "TMPDIR": str(home),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": "0",
    }


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait for the health page of the process that we started, not of a stranger on the same port."""
    deadline = time.monotonic() + _START_SECONDS
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AwsError("AWS emulator", f"it ended with exit code {process.returncode}", "see its log")
        with contextlib.suppress(OSError, ValueError):
            url = f"http://127.0.0.1:{port}/_ministack/health"
            with direct.open(url, timeout=1) as answer:
                json.load(answer)
                return
        time.sleep(0.05)
    raise AwsError("AWS emulator", f"no answer within {_START_SECONDS:.0f} s", "try again, or see its log")
