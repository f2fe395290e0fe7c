"""`release`: the group of its commands."""

from __future__ import annotations

import click

from promote_tui.cli.lazy import LazyCommand, LazyCommands, LazyGroup

_LAZY = LazyCommands(
    {
        "plan": LazyCommand("release.plan:plan", "Fix what goes into a stage, and review it as a whole."),
        "run": LazyCommand("release.run:run", "Start a release, and follow it until it ends or waits for a person."),
        "resume": LazyCommand("release.answer:resume", "Continue a release with exactly what is missing."),
        "rollback": LazyCommand("release.answer:rollback", "Roll back all of a release, the last wave first."),
        "stop": LazyCommand("release.answer:stop", "Start nothing more of a release; what is running ends by itself."),
        "show": LazyCommand("release.show:show", "Show a release as a checklist, with what can be done next."),
        "list": LazyCommand("release.show:list_releases", "List the releases, the last planned first."),
        "compare": LazyCommand(
            "release.compare:compare", "Compare two releases: services that came and went, and the commits between."
        ),
        "approve": LazyCommand("release.sign_off:approve", "Approve all that a release brings."),
        "check": LazyCommand("release.sign_off:check", "Tick an item of the checklist for all that a release brings."),
    }
)


@click.group(cls=LazyGroup, commands=_LAZY)
def release() -> None:
    """Bring several services into a stage as one: planned, confirmed once, wave by wave, resumable."""
