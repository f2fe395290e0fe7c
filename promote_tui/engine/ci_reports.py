"""Tells the host of a commit how a run stands, in a thread and for a bounded time; a failure stops nothing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.runs.ci_reports import ci_report

if TYPE_CHECKING:
    from promote_tui.core.model.ci import CiReport
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.context import Context

PATIENCE = 8.0
"""How many seconds to wait for the host."""


class CiDelivery:
    """A report on its way to the host; nothing is sent where the configuration does not ask."""

    def __init__(self, context: Context, run: Run, after: CiDelivery | None = None) -> None:
        self._context, self._after = context, after
        self._problem = ""
        self._thread: threading.Thread | None = None
        report = ci_report(run) if context.pipeline.ci.writes else None
        if report:
            self._thread = threading.Thread(target=self._write, args=(report,), daemon=True)
            self._thread.start()

    def _write(self, report: CiReport) -> None:
        if self._after:
            self._after.end()  # a later report would be overwritten by an earlier one
        try:
            remote = self._context.graph.remote_url(self._context.pipeline.service(report.service))
            self._context.ports.ci.write(remote, self._context.pipeline.ci, report)
        except PromoteError as error:
            self._problem = error.cause
        except Exception as error:  # noqa: BLE001 - whatever the host does, the run goes on
            self._problem = f"unexpected {type(error).__name__}"

    def end(self) -> tuple[tuple[str, str], ...]:
        """Wait for the host, for a few seconds, and return (ci, why) where it was not told."""
        if self._thread is None:
            return ()
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            return (("ci", f"the host did not answer within {PATIENCE:g} s"),)
        return (("ci", self._problem),) if self._problem else ()
