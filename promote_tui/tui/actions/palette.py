"""The palette: services, branches, commits, runs, releases, screens and actions, each found by its name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.core.cell_state import CellState, state_of
from promote_tui.ports import RunFilter
from promote_tui.tui.action import NOT_OPEN
from promote_tui.tui.actions import navigation
from promote_tui.tui.actions.stage_holds import StageHolds
from promote_tui.tui.background import ignore_error
from promote_tui.tui.bindings import MOVE
from promote_tui.tui.dialogs.finder import FinderDialog, FinderRow
from promote_tui.tui.presentation.release.guided.listing import status_words
from promote_tui.tui.presentation.wording import age, drift_brief
from promote_tui.tui.registry import ShowCommits
from promote_tui.tui.widgets.key_bar import key_name, why_not

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.model.pipeline import Commit, SavedView, Service
    from promote_tui.core.releases.release import Release
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.engine import Engine
    from promote_tui.tui.action import FrontScreen
    from promote_tui.tui.host import Host

Go: TypeAlias = Callable[[], None]
PaletteRow: TypeAlias = FinderRow[Go]
_APART = {CellState.BEHIND, CellState.AHEAD, CellState.DIVERGED, CellState.ALTERED}
_CLOSED = {
    CellState.RUNNING,
    CellState.UNSETTLED,
    CellState.LOGIN,
    CellState.DENIED,
    CellState.UNREACHABLE,
    CellState.LOADING,
}
_BRANCHES, _COMMITS, _RUNS, _REPOSITORIES, _RELEASES = 200, 50, 50, 20, 20


class ShowPalette:
    """Finds anything by its name."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def why_not(self, _view: FrontScreen | None) -> str:
        """Return nothing: there is always something to find."""
        return ""

    def run(self, view: FrontScreen | None) -> None:
        """Open the palette over a screen, and read in threads what the screen does not know yet."""
        if view is None:
            return
        host, engine = self._host, self._host.engine
        rows = [*_services(host), *_views(host), *_actions(host, view), *_promotions(host), *_stage_holds(host)]
        palette: FinderDialog[Go] = FinderDialog(
            "Find", rows, placeholder="service, branch, commit, run or action", marks=host.marks
        )
        host.push_screen(palette, lambda go: go() if go else None)
        if engine is None:
            return
        cell = view.current_cell()
        commits = _commits(host, engine, cell[0] if cell else None)
        for read in (commits, _branches(host, engine), _runs(host, engine), _releases(host, engine)):
            host.background.run(
                palette, read, palette.extend, ignore_error
            )  # its own screen says why it cannot be read


def _services(host: Host) -> list[PaletteRow]:
    names = [service.name for service in host.pipeline.services]
    return [FinderRow("service", name, _waiting(host, name), _service(host, name)) for name in names]


def _views(host: Host) -> list[PaletteRow]:
    """Return a row for each saved view of the matrix."""
    return [FinderRow("view", view.name, _selection(view), _view(host, view)) for view in host.pipeline.views]


def _selection(view: SavedView) -> str:
    grouped = f"by {view.group_by}" if view.group_by else ""
    return ", ".join(filter(None, (view.filter, grouped))) or "every service"


def _view(host: Host, view: SavedView) -> Go:
    def go() -> None:
        host.switch_mode("pipeline")
        host.view_chosen.publish(view)

    return go


def _waiting(host: Host, service: str) -> str:
    """Return what a service waits for, of the first stage that is not the same as the one before."""
    for stage in host.pipeline.stages:
        view = host.cells.views.get((service, stage.name))
        if view is not None and state_of(view) in _APART and drift_brief(view.relation):
            return f"{drift_brief(view.relation)} on {stage.name}"
    return ""


def _service(host: Host, name: str, branch: str | None = None, commit: str | None = None) -> Go:
    def go() -> None:
        if host.engine is None:
            host.say(NOT_OPEN, failed=True)
        else:
            host.push_screen(ShowCommits(name, host.pipeline.stages[0].name, branch=branch, commit=commit).open())

    return go


def _actions(host: Host, view: FrontScreen) -> list[PaletteRow]:
    found: dict[str, PaletteRow] = {}
    for item in view.active_bindings.values():
        binding = item.binding
        if binding.id is None or binding.group is MOVE or binding.id == "app.palette":
            continue
        words = binding.tooltip or binding.description
        note = why_not(item) or key_name(binding.key)
        found.setdefault(words, FinderRow("action", words, note, _action(host, binding.action, item.node)))
    return list(found.values())


def _promotions(host: Host) -> list[PaletteRow]:
    """Return a row for each stage that a service can be promoted to: what can be read and is not running."""
    found: list[PaletteRow] = []
    for service in host.pipeline.services:
        for stage in host.pipeline.stages:
            view = host.cells.views.get((service.name, stage.name))
            if view is not None and state_of(view) not in _CLOSED:
                name = f"Promote {service.name} to {stage.name}"
                found.append(
                    FinderRow("action", name, drift_brief(view.relation), _promotion(host, service.name, stage.name))
                )
    return found


def _stage_holds(host: Host) -> list[PaletteRow]:
    """Return a row for each stage that can be held as a whole, and for each whose holds can be lifted."""
    holds = StageHolds(host)
    found = [what for stage in host.pipeline.stages for what in holds.possible(stage.name)]
    return [
        FinderRow("action", f"{each.words[:1].upper()}{each.words[1:]}", "", partial(holds.ask, each)) for each in found
    ]


def _promotion(host: Host, service: str, stage: str) -> Go:
    def go() -> None:
        if host.engine is None:
            host.say(NOT_OPEN, failed=True)
        else:
            host.push_screen(navigation.review_screen((service, stage)))

    return go


def _action(host: Host, action: str, node: object) -> Go:
    def go() -> None:
        host.call_later(host.run_action, action, node)

    return go


def _branches(host: Host, engine: Engine) -> Callable[[], list[PaletteRow]]:
    """Return what reads the branches, a repository once: they are shown with the first service that lives in it."""
    firsts: dict[str, Service] = {}
    for service in host.pipeline.services:
        firsts.setdefault(service.repo, service)
    now = host.now()

    def read() -> list[PaletteRow]:
        rows: list[PaletteRow] = []
        for service in list(firsts.values())[:_REPOSITORIES]:
            for branch in engine.commits.branches(service.name)[:_BRANCHES]:
                note = f"{branch.tip.author}, {age(branch.tip.authored_at, now)}"
                go = _service(host, service.name, branch=branch.name)
                rows.append(FinderRow("branch", f"{service.name}/{branch.name}", note, go))
        return rows

    return read


def _commits(host: Host, engine: Engine, about: str | None) -> Callable[[], list[PaletteRow]]:
    """Return what reads the commits: those that are deployed, and the newest of the service in front."""
    deployed: dict[tuple[str, str], PaletteRow] = {}
    for service in host.pipeline.services:
        for stage in host.pipeline.stages:
            view = host.cells.views.get((service.name, stage.name))
            if view is not None and view.commit is not None:
                commit = view.commit
                row = _commit(host, service.name, commit, f"{service.name} on {stage.name}")
                deployed.setdefault((service.name, commit.sha), row)

    def read() -> list[PaletteRow]:
        newest = engine.commits.log(about, limit=_COMMITS) if about else ()
        others = [commit for commit in newest if about and (about, commit.sha) not in deployed]
        return [*deployed.values(), *(_commit(host, about or "", commit, about or "") for commit in others)]

    return read


def _commit(host: Host, service: str, commit: Commit, note: str) -> PaletteRow:
    return FinderRow("commit", f"{commit.short} {commit.subject}", note, _service(host, service, commit=commit.sha))


def _runs(host: Host, engine: Engine) -> Callable[[], list[PaletteRow]]:
    now = host.now()

    def read() -> list[PaletteRow]:
        return [_run(host, run, now) for run in engine.runs.page(RunFilter(), limit=_RUNS).runs]

    return read


def _releases(host: Host, engine: Engine) -> Callable[[], list[PaletteRow]]:
    now = host.now()

    def read() -> list[PaletteRow]:
        return [_release(host, release, now) for release in engine.releases.newest(_RELEASES)]

    return read


def _release(host: Host, release: Release, now: datetime) -> PaletteRow:
    note = f"{status_words(release.status)}, {age(release.planned.at, now)}"
    name = release.name
    return FinderRow("release", f"{name} to {release.stage}", note, lambda: navigation.open_release(host, name))


def _run(host: Host, run: Run, now: datetime) -> PaletteRow:
    note = f"{run.rollback_words or run.status.value.replace('_', ' ')}, {age(run.started_at, now)}"
    return FinderRow("run", f"{run.id} {run.service} {run.stage}", note, lambda: host.open_run(run.id))
