"""Work that blocks, in threads that the app owns; the answer comes back on the message loop of whoever asked."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from promote_tui.core.errors import PromoteError

if TYPE_CHECKING:
    from collections.abc import Callable

    Heard: TypeAlias = Callable[[PromoteError], object]

T = TypeVar("T")


def ignore_error(_error: PromoteError) -> None:
    """Ignore an expected error, as `failed` of a `run`: another place reports it. A bug is still reported."""


class Loop(Protocol):
    """What has a message loop: a widget, a screen, the app."""

    def call_later(self, callback: Callable[..., object], *args: object) -> bool:
        """Call it on the loop, from any thread; False where the loop has ended."""
        ...


class Background:
    """Runs work in threads; nobody waits for one when the program is left.

    What it was about is a run's, which has a process of its own, or is read again. Only a thread that `tidies` up
    behind itself has so many seconds for it, once `leaving` is set.
    """

    def __init__(self, trouble: Heard) -> None:
        self.leaving = threading.Event()
        self._trouble = trouble
        self._tidying: list[tuple[threading.Thread, float]] = []

    def run(
        self,
        owner: Loop,
        work: Callable[[], T],
        then: Callable[[T], object] | None = None,
        failed: Heard | None = None,
        *,
        tidies: float = 0.0,
    ) -> None:
        """Run `work` in a thread, then `then` with its value, or `failed` with its error, on the loop of `owner`.

        Without `failed` an error is said in a toast. An owner that is gone by then hears nothing.
        """

        def go() -> None:
            try:
                value = work()
            except PromoteError as error:
                owner.call_later(failed or self._trouble, error)
            except Exception as error:  # noqa: BLE001 - whatever it is, the screen must not wait for it
                heard = self._trouble if failed is None or failed is ignore_error else failed
                owner.call_later(heard, _bug(error))
            else:
                if then is not None:
                    owner.call_later(then, value)

        thread = threading.Thread(target=go, name="background", daemon=True)
        thread.start()
        if tidies:
            self._tidying = [*(one for one in self._tidying if one[0].is_alive()), (thread, tidies)]

    def finish(self) -> None:
        """Give the threads that tidy up a moment to finish, once the screen is gone."""
        self.leaving.set()
        begun = time.monotonic()
        for thread, seconds in self._tidying:
            thread.join(max(0.0, begun + seconds - time.monotonic()))


def _bug(error: Exception) -> PromoteError:
    cause = f"unexpected {type(error).__name__}: {error}"
    return PromoteError("promote-tui", cause, "this is a bug; runs continue")
