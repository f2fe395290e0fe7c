"""The program, started hundreds of times: one process has imported all of it, and is forked for each run.

What runs is the program from `main` on, in a process of its own with its own arguments, folder, environment and
streams; only the half second in which Python starts and imports is not spent each time, nor what it takes to undo that
at the end. The same goes for the runners that it launches.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import promote_tui.cli.commands
from promote_tui.__main__ import main
from promote_tui.adapters.aws.session import AwsSession, Limits
from promote_tui.config.model import Config
from promote_tui.core.model.pipeline import Aws
from promote_tui.core.planning.plan import Plan
from promote_tui.core.releases import events as release_events
from promote_tui.core.runs import events
from promote_tui.core.value import decode
from tests.support import forked_runners
from tests.support.forked_runners import ForkedRunners, become
from tests.support.process_title import SPARE_ARGUMENT, SPARE_ENVIRONMENT
from tests.support.quick_exit import QuickExit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Programs:
    """Runs the program to its end, one run at a time; `runners` leads to what forks runners."""

    line: socket.socket
    runners: socket.socket

    def run(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run it with these arguments; one that was killed has the negative signal as its code, as everywhere."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            request = json.dumps([list(words), str(folder), dict(environment)]).encode()
            socket.send_fds(self.line, [len(request).to_bytes(4, "big")], [out.fileno(), err.fileno()])
            self.line.sendall(request)
            code = int.from_bytes(_read(self.line, 4), "big", signed=True)
            argv = [sys.executable, "-m", "promote_tui", *words]
            return subprocess.CompletedProcess(argv, code, _text(out), _text(err))

    def launcher(self, _user: str = "") -> ForkedRunners:
        """Return a Launcher of forked runners for an engine of the test's own."""
        return ForkedRunners(self.runners.fileno())


@contextlib.contextmanager
def programs() -> Iterator[Programs]:
    """Start the process that is forked; it ends with us, whatever happens."""
    ours, its = socket.socketpair()
    asking, asked = forked_runners.make_line()
    with ours, asking:
        with its, asked:
            lines = [each.fileno() for each in (its, asking, asked)]
            child = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", __name__, *map(str, lines), SPARE_ARGUMENT],
                pass_fds=lines,
                env=os.environ | SPARE_ENVIRONMENT,
            )
        yield Programs(ours, asking)
    child.wait()


def serve(line: socket.socket, asking: socket.socket, asked: socket.socket) -> int:
    """Fork for each request; return 0 once nobody asks any more, and in a forked process what the program returns."""
    leaving = QuickExit()
    _prepare()
    forked_runners.begin(leaving, asking, asked, line)
    while True:
        size, streams, _, _ = socket.recv_fds(line, 4, 2)
        if not size:
            return 0
        words, folder, environment = json.loads(_read(line, int.from_bytes(size, "big")))
        pid = os.fork()
        if not pid:
            line.close()
            argv = [sys.executable, "-m", "promote_tui", *words]
            become(argv, folder, environment, (os.open(os.devnull, os.O_RDONLY), *streams))
            return leaving.with_code(main(words))
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(pid, 0)
        line.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))


def _prepare() -> None:
    """Import what any command imports, and learn what each would: of the values it reads, the services it asks."""
    for module in pkgutil.iter_modules(promote_tui.cli.commands.__path__, "promote_tui.cli.commands."):
        importlib.import_module(module.name)
    for name in ("promote_tui.bootstrap", "git"):
        importlib.import_module(name)
    for kind in (Config, Plan, *events.KIND_NAMES, *release_events.KIND_NAMES):
        with contextlib.suppress(ValueError):
            decode(kind, {})
    os.environ |= {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing"}
    session = AwsSession(Aws("eu-west-1", "0" * 12), Limits())
    session.sts().close()
    session.cloudformation().close()
    session.client("lambda").close()
    gc.freeze()


def _read(line: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        part = line.recv(size - len(found))
        assert part, "the process that is forked has ended"
        found += part
    return found


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode()


if __name__ == "__main__":
    with contextlib.ExitStack() as lines:
        sys.exit(serve(*(lines.enter_context(socket.socket(fileno=int(number))) for number in sys.argv[1:4])))
