"""The process that works on a release: `python -m promote_tui.release_runner NAME CONFIG`.

It outlives the terminal. What it does is in the ledger; why it would not begin is written beside its log.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from promote_tui.adapters.process.launcher import read_handed_over
from promote_tui.bootstrap import open_engine
from promote_tui.core.errors import PromoteError
from promote_tui.engine.process_log import log
from promote_tui.engine.releases.execution import ReleaseExecution
from promote_tui.engine.runs.control import REFUSAL_FILE, encode_refusal
from promote_tui.engine.state_dir import Folders, write_private
from promote_tui.paths import state_folder


def main(argv: list[str]) -> int:
    """Work on the release until it ends or waits for a person."""
    name, config = argv
    os.umask(0o077)
    handed = read_handed_over()
    for unheard in (signal.SIGHUP, signal.SIGINT):
        signal.signal(unheard, lambda *_: None)  # not SIG_IGN: the deployer would inherit that
    try:
        engine = open_engine(Path(config))
        engine.context.accounts.take_over(handed)
        ReleaseExecution(engine.governance, name, engine.me).execute()
    except PromoteError as error:
        log(str(error))
        folders = Folders(state_folder())
        write_private(folders.make(folders.release(name)) / REFUSAL_FILE, encode_refusal(error))
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
