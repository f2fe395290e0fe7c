"""What `L` does: find out which log-in is missing, let the person do it, and read everything again."""

from __future__ import annotations

from shlex import join
from shutil import which
from typing import TYPE_CHECKING, assert_never

from textual.app import SuspendNotSupported

from promote_tui.core.login import Advice, CodeLogin, CommandLogin
from promote_tui.core.model.cells import Unreachable
from promote_tui.core.text import advice
from promote_tui.tui.action import NOT_OPEN
from promote_tui.tui.dialogs.finder import FinderDialog, FinderRow
from promote_tui.tui.dialogs.login import MfaCodeDialog
from promote_tui.tui.terminal.suspend import INTERRUPTED, run_in_terminal
from promote_tui.tui.timers import call_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.login import LoginNeed
    from promote_tui.core.model.cells import CellKey
    from promote_tui.tui.action import FrontScreen
    from promote_tui.tui.host import Host

_SLOW_SECONDS = 0.5
_USAGE_ERRORS = (2, 252)
"""How the AWS CLI ends, version 1 and 2, where it does not know the command or an option."""


def why_no_login(cell: Unreachable) -> str:
    """Return why logging in would not help, and what would, in one line."""
    words = f"{cell.target}: {cell.reason}; logging in would not help"
    return f"{words}: {cell.remedy}" if cell.remedy else words


class LogIn:
    """Logs in to AWS for the cell that the screen is about, or for whatever waits for it."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._asking = False

    def why_not(self, _view: FrontScreen | None) -> str:
        """Return that there is no engine yet."""
        return NOT_OPEN if self._host.engine is None else ""

    def run(self, view: FrontScreen | None) -> None:
        """Log in for what the screen is about."""
        self.begin(view.current_cell() if view is not None else None)

    def begin(self, key: CellKey | None) -> None:
        """Find out which log-in is missing; where one would not help, say what would."""
        views = self._host.cells.views
        cell = views[key].cell if key is not None and key in views else None
        if isinstance(cell, Unreachable) and not cell.login:
            self._host.say(why_no_login(cell), failed=True)
            return
        wanted = {at for at, each in views.items() if isinstance(each.cell, Unreachable) and each.cell.login}
        if key is not None and cell is not None:
            wanted.add(key)
        if not wanted:
            self._host.say("no cell waits for a log-in")
        elif not self._asking:
            self._ask(key, sorted(wanted))

    def _ask(self, key: CellKey | None, wanted: Sequence[CellKey]) -> None:
        self._asking = True
        host, engine, screen = self._host, self._host.the_engine, self._host.screen
        slow = call_after(host, _SLOW_SECONDS, lambda: host.say("asking AWS which log-in is missing"))

        def answered() -> None:
            slow.stop()
            self._asking = False

        def found(needs: Sequence[LoginNeed]) -> None:
            answered()
            self._found(key, screen, needs)

        def failed(error: PromoteError) -> None:
            answered()
            host.say(str(error), failed=True)

        host.background.run(host, lambda: engine.logins(wanted), found, failed)

    def _found(self, key: CellKey | None, screen: Screen[object], needs: Sequence[LoginNeed]) -> None:
        """Log in where it is clear to what, else let the person choose."""
        host = self._host
        mine = [need for need in needs if any((it.service, it.stage) == key for it in need.targets)]
        if not needs:
            host.say("nothing is missing; reading again")
            host.refresh_cells()
        elif host.screen is not screen:
            host.say(f"to log in to {needs[0].login.serves}, press {host.key_of('app.login')} again")
        elif mine or len(needs) == 1:
            self._log_in((mine or list(needs))[0])
        else:
            self._choose(needs)

    def _choose(self, needs: Sequence[LoginNeed]) -> None:
        rows = [FinderRow("", need.login.serves, ", ".join(need.stages), need) for need in needs]
        finder: FinderDialog[LoginNeed] = FinderDialog("Log in to", rows, marks=self._host.marks)
        self._host.push_screen(finder, lambda need: self._log_in(need) if need else None)

    def _log_in(self, need: LoginNeed) -> None:
        match need.login:
            case CommandLogin() as login:
                self._by_command(need, login)
            case CodeLogin() as login:
                self._host.push_screen(MfaCodeDialog(need, login, lambda dialog, code: self._give(dialog, need, code)))
            case Advice() as step:
                words = f"{', '.join(need.stages)}: {step.cause}"
                self._host.say(advice(words, step.remedy), failed=True)
            case never:
                assert_never(never)

    def _by_command(self, need: LoginNeed, login: CommandLogin) -> None:
        """Lend the terminal to the AWS CLI; whatever comes of it, everything is read again."""
        host, program = self._host, login.argv[0]
        again = f"or run `{join(login.argv)}` elsewhere, then press {host.key_of('pipeline.refresh')}"
        if which(program) is None:
            words = f"{program} is not installed, or not on PATH: install the AWS CLI, version 2, {again}"
            host.say(words, failed=True)
            return
        try:
            code = run_in_terminal(host, login.argv)
        except (OSError, SuspendNotSupported) as error:
            host.say(f"{program} could not be started: {error}; fix that, {again}", failed=True)
            return
        host.say(_outcome(need, login, code, host.key_of("app.login")), failed=code != 0)
        host.refresh_cells()

    def _give(self, dialog: MfaCodeDialog, need: LoginNeed, code: str) -> None:
        """Hand a code to AWS; the dialog may be closed until it answers."""
        host, engine = self._host, self._host.the_engine

        def taken(_nothing: None) -> None:
            if dialog in host.screen_stack:
                dialog.accept_code()
            host.say(f"logged in to {need.login.serves}: {', '.join(need.stages)}")
            host.refresh_cells()

        def refused(error: PromoteError) -> None:
            if dialog in host.screen_stack:
                dialog.show_refusal(error)
            else:
                host.say(str(error), failed=True)

        host.background.run(host, lambda: engine.give_code(need, code), taken, refused)


def _outcome(need: LoginNeed, login: CommandLogin, code: int, again: str) -> str:
    command = join(login.argv)
    if code == 0:
        return f"logged in to {login.serves}: {', '.join(need.stages)}"
    if code in INTERRUPTED:
        return f"`{command}` was interrupted; {again} begins again"
    if code in _USAGE_ERRORS:
        return f"`{command}` ended with {code}: the AWS CLI does not know it; install version 2.22 or later"
    return f"`{command}` ended with {code}; {again} begins again"
