"""Asks for the code of an MFA device; what AWS says of it stands below the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from promote_tui.core.login import is_code
from promote_tui.tui.bindings import bind
from promote_tui.tui.dialogs.base import Dialog
from promote_tui.tui.presentation.style import BLANK, ink, line, wrap
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.login import CodeLogin, LoginNeed

_AT = 10
_ONCE = "The code stays in this program's memory. Each can be used once."


class MfaCodeDialog(Dialog[bool]):
    """Returns True once AWS has taken the code, False for esc; a code that it refuses is asked for again.

    `give` hands a code to AWS, and calls `taken` or `refused` once there is an answer.
    """

    AUTO_FOCUS = "#code"
    BINDINGS: ClassVar[list[BindingType]] = [bind("login.back", "back", "Cancel")]

    def __init__(self, need: LoginNeed, login: CodeLogin, give: Callable[[MfaCodeDialog, str], None]) -> None:
        super().__init__()
        self._give_to_aws = give
        self._need = need
        self._login = login
        self._asking = False
        self._taken = False
        self._said = ink(_ONCE, "muted")

    def compose(self) -> ComposeResult:
        """Return what the code is for over the field and the answers."""
        with Vertical(id="box") as box:
            box.border_title = ink("Log in with an MFA code", "strong")
            box.border_subtitle = ink("enter logs in, esc goes back", "muted")
            yield LinesView(self._facts, "facts")
            with Horizontal(id="coding"):
                yield LinesView(lambda _width: [ink("CODE", "label")], "label")
                yield Input(id="code", max_length=6, restrict=r"[0-9]*", placeholder="6 digits", compact=True)
            yield LinesView(lambda width: wrap(self._said, width), "said")
            with Horizontal(id="answers"):
                yield Button(Content("Cancel"), id="cancel", compact=True)
                yield Button(Content("Log in"), id="give", compact=True)

    def _facts(self, width: int) -> list[Content]:
        login = self._login
        facts = (
            ("PROFILE", login.profile),
            ("ROLE", login.role),
            ("DEVICE", login.device),
            ("FOR", ", ".join(self._need.stages)),
        )
        rows = (line(ink(name.ljust(_AT), "label"), ink(value)) for name, value in facts)
        return [*(part for row in rows for part in wrap(row, width, _AT)), BLANK]

    def on_input_submitted(self) -> None:
        """Give the code."""
        self._give()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Give the code, or go back."""
        if event.button.id == "give":
            self._give()
        else:
            self.action_back()

    def _give(self) -> None:
        code = self.query_one("#code", Input).value
        if self._asking:
            return
        if not is_code(code):
            self._say(ink(f"The device shows 6 digits; these are {len(code)}.", "warn"))
            return
        self._asking = True
        self._say(ink("asking AWS", "muted"))
        self._give_to_aws(self, code)

    def show_refusal(self, error: PromoteError) -> None:
        """Say why AWS did not take the code, and wait for another one."""
        self._asking = False
        field = self.query_one("#code", Input)
        field.value = ""
        field.focus()
        self._say(ink(error.advice, "warn"))

    def _say(self, words: Content) -> None:
        self._said = words
        self.query_one("#said", LinesView).redraw()

    def accept_code(self) -> None:
        """Close; under another screen, once that one is gone."""
        self._taken = True
        if self.is_active:
            self.dismiss(result=True)

    def on_screen_resume(self) -> None:
        """Close if the code was taken meanwhile."""
        if self._taken:
            self.dismiss(result=True)

    def action_back(self) -> None:
        """Go back without; a code that was given goes on being asked about."""
        self.dismiss(result=False)
