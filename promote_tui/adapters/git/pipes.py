"""Reading the beginning of what a child prints, however much more it would print."""

from __future__ import annotations

import os
import selectors
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_CHUNK = 65536


def first_bytes(process: subprocess.Popen[bytes], limit: int, seconds: float) -> tuple[bytes, bytes]:
    """Return output and errors of a child with two pipes; reading stops behind `limit` bytes of output.

    Both are read, so that a child that complains at length never waits for us. Raises TimeoutError
    where they did not end within `seconds`.
    """
    out, err = bytearray(), bytearray()
    end = time.monotonic() + seconds
    with selectors.DefaultSelector() as waiting:
        for pipe, kept in ((process.stdout, out), (process.stderr, err)):
            if pipe is not None:
                waiting.register(pipe, selectors.EVENT_READ, kept)
        while waiting.get_map() and len(out) <= limit:
            ready = waiting.select(max(0.0, end - time.monotonic()))
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK)
                key.data.extend(chunk)
                if not chunk:
                    waiting.unregister(key.fileobj)
    return bytes(out), bytes(err)
