"""What `L` does: find out which log-in is missing, let the person do it, and read everything again."""

from __future__ import annotations

from shlex import join
from shutil import which
from typing import TYPE_CHECKING, assert_never

from textual.app import SuspendNotSupported

from promote_tui.core.login import Advice, CodeLogin, CommandLogin
from promote_tui.core.model.pipeline import Unreachable
from promote_tui.core.text import advice
from promote_tui.tui.dialogs.finder import Finder, Found
from promote_tui.tui.dialogs.login import GiveCode
from promote_tui.tui.terminal.suspend import INTERRUPTED, lend
from promote_tui.tui.timers import once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.login import LoginNeed
    from promote_tui.core.model.pipeline import CellKey
    from promote_tui.tui.app import PromoteApp
    from promote_tui.tui.dialogs.login import GiveCode

_SLOW_SECONDS = 0.5
_USAGE_ERRORS = (2, 252)
"""How the AWS CLI ends, version 1 and 2, where it does not know the command or an option."""


def begin(app: PromoteApp, key: CellKey | None) -> None:
    """Log in for a cell, or for whatever waits for it; where that would not help, say what would."""
    cell = app.board.views[key].cell if key is not None and key in app.board.views else None
    if isinstance(cell, Unreachable) and not cell.login:
        app.say(no_help(cell), failed=True)
        return
    asked = {at for at, view in app.board.views.items() if isinstance(view.cell, Unreachable) and view.cell.login}
    if key is not None and cell is not None:
        asked.add(key)
    if not asked:
        app.say("no cell waits for a log-in")
        return
    if app.logging_in:
        return
    app.logging_in = True
    engine, screen = app.the_engine, app.screen
    slow = once(app, _SLOW_SECONDS, lambda: app.say("asking AWS which log-in is missing"))

    def answered() -> None:
        slow.stop()
        app.logging_in = False

    def found(needs: Sequence[LoginNeed]) -> None:
        answered()
        _found(app, key, screen, needs)

    def failed(error: PromoteError) -> None:
        answered()
        app.say(str(error), failed=True)

    app.background.run(app, lambda: engine.logins(sorted(asked)), found, failed)


def no_help(cell: Unreachable) -> str:
    """Return why logging in would not help, and what would, in one line."""
    words = f"{cell.target}: {cell.reason}; logging in would not help"
    return f"{words}: {cell.remedy}" if cell.remedy else words


def _found(app: PromoteApp, key: CellKey | None, screen: Screen[object], needs: Sequence[LoginNeed]) -> None:
    """Log in where it is clear to what, else let the person choose."""
    mine = [need for need in needs if any((it.service, it.stage) == key for it in need.targets)]
    if not needs:
        app.say("nothing is missing; reading again")
        app.refresh_board()
    elif app.screen is not screen:
        app.say(f"to log in to {needs[0].login.serves}, press {app.key_of('app.login')} again")
    elif mine or len(needs) == 1:
        _log_in(app, (mine or list(needs))[0])
    else:
        _choose(app, needs)


def _choose(app: PromoteApp, needs: Sequence[LoginNeed]) -> None:
    rows = [Found("", need.login.serves, ", ".join(need.stages), need) for need in needs]
    finder: Finder[LoginNeed] = Finder("Log in to", rows, marks=app.marks)
    app.push_screen(finder, lambda need: _log_in(app, need) if need else None)


def _log_in(app: PromoteApp, need: LoginNeed) -> None:
    match need.login:
        case CommandLogin() as login:
            _by_command(app, need, login)
        case CodeLogin() as login:
            app.push_screen(GiveCode(need, login, lambda dialog, code: _give_code(app, dialog, need, code)))
        case Advice() as step:
            words = f"{', '.join(need.stages)}: {step.cause}"
            app.say(advice(words, step.remedy), failed=True)
        case never:
            assert_never(never)


def _by_command(app: PromoteApp, need: LoginNeed, login: CommandLogin) -> None:
    """Lend the terminal to the AWS CLI; whatever comes of it, everything is read again."""
    program = login.argv[0]
    again = f"or run `{join(login.argv)}` elsewhere, then press {app.key_of('pipeline.refresh')}"
    if which(program) is None:
        app.say(f"{program} is not installed, or not on PATH: install the AWS CLI, version 2, {again}", failed=True)
        return
    try:
        code = lend(app, login.argv)
    except (OSError, SuspendNotSupported) as error:
        app.say(f"{program} could not be started: {error}; fix that, {again}", failed=True)
        return
    app.say(_outcome(app, need, login, code), failed=code != 0)
    app.refresh_board()


def _outcome(app: PromoteApp, need: LoginNeed, login: CommandLogin, code: int) -> str:
    command = join(login.argv)
    if code == 0:
        return f"logged in to {login.serves}: {', '.join(need.stages)}"
    if code in INTERRUPTED:
        return f"`{command}` was interrupted; {app.key_of('app.login')} begins again"
    if code in _USAGE_ERRORS:
        return f"`{command}` ended with {code}: the AWS CLI does not know it; install version 2.22 or later"
    return f"`{command}` ended with {code}; {app.key_of('app.login')} begins again"


def _give_code(app: PromoteApp, dialog: GiveCode, need: LoginNeed, code: str) -> None:
    """Hand a code to AWS; the dialog may be closed until it answers."""
    engine = app.the_engine

    def taken(_nothing: None) -> None:
        if dialog in app.screen_stack:
            dialog.taken()
        app.say(f"logged in to {need.login.serves}: {', '.join(need.stages)}")
        app.refresh_board()

    def refused(error: PromoteError) -> None:
        if dialog in app.screen_stack:
            dialog.refused(error)
        else:
            app.say(str(error), failed=True)

    app.background.run(app, lambda: engine.give_code(need, code), taken, refused)
