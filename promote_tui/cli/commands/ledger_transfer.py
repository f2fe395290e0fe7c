"""`ledger export` and `ledger import`: moving what a ledger holds."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promote_tui.bootstrap import break_glass_folder, open_break_glass_journal, open_ledger, open_ledger_admin
from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.config_file import config_path
from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.runs.dump import Contents, from_lines, new_entries, to_lines
from promote_tui.private_files import create_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from promote_tui.cli.context import CliContext


@click.command(cls=Leaf)
@click.argument("file", required=False)
@with_context
def export(context: CliContext, file: str | None) -> int:
    """Write everything that the ledger holds as JSON Lines, to FILE or to stdout."""
    contents = open_ledger_admin(config_path(context.options), read_only=context.options.read_only).contents()
    if file is None:
        context.out.lines(to_lines(contents))
    else:
        _write(Path(file), to_lines(contents))
    context.err.line(f"{_count(_sizes(contents))} are written")
    if contents.live:
        context.err.line("some of these runs have not ended: this export cannot be imported")
    return 0


def _write(path: Path, lines: Iterable[str]) -> None:
    try:
        with os.fdopen(create_private(path), "w", encoding="ascii") as out:
            out.writelines(f"{line}\n" for line in lines)
    except FileExistsError as error:
        raise UsageError(str(path), "it is there already", "name another file") from error
    except OSError as error:
        raise PromoteError(str(path), error.strerror or str(error), "name a writable file") from error


@click.command("import", cls=Leaf)
@click.argument("file", required=False)
@click.option("--break-glass", "glass", is_flag=True, help="Import what `rollback --break-glass` has journalled here.")
@with_context
def import_(context: CliContext, file: str | None, *, glass: bool) -> int:
    """Add an export to the configured ledger; entries that exist already are skipped."""
    if glass == (file is not None):
        raise UsageError("ledger import", "takes a FILE or --break-glass", "name what `ledger export` wrote")
    context.check_writable("ledger import")
    house = open_ledger_admin(config_path(context.options))
    here = house.contents()
    given = from_lines(_read(file), file) if file else _journalled(here.project)
    new = new_entries(here, given, file or "break-glass")
    house.import_contents(new)
    if glass:
        _put_aside(context, here.project)
    known = [every - added for every, added in zip(_sizes(given), _sizes(new), strict=True)]
    there = f"{_count(known)} existed already" if any(known) else "all of them are new"
    context.err.line(f"{_count(_sizes(new))} are imported; {there}")
    return 0


def _sizes(contents: Contents) -> tuple[int, int, int]:
    return len(contents.runs), len(contents.releases), len(contents.decisions)


def _count(sizes: Sequence[int]) -> str:
    """Return how many there are of each; releases are named where there are any."""
    runs, releases, decisions = sizes
    released = f", {releases} releases" if releases else ""
    return f"{runs} runs{released} and {decisions} decisions"


def _journalled(project: str) -> Contents:
    """Return what a project journalled without the team's ledger; raises UsageError where there is nothing."""
    found = open_break_glass_journal(project).contents()
    if not found.runs and not found.decisions:
        raise UsageError("--break-glass", "nothing was journalled without the team's ledger", "there is nothing to do")
    return found


def _put_aside(context: CliContext, project: str) -> None:
    """Let the next one begin with an empty journal; the old one is kept, where it is as long as others need it."""
    here, imported = break_glass_folder(), open_ledger(config_path(context.options))
    if not all(imported.events(run) for run in open_break_glass_journal(project).others()):
        context.err.line(f"the journal stays as {here}: another project still has to import from it")
        return
    kept = here.with_name(f"{here.name}-{context.now:%Y%m%dT%H%M%S}")
    here.rename(kept)
    context.err.line(f"the journal was set aside as {kept}")


def _read(file: str) -> list[str]:
    try:
        with sys.stdin if file == "-" else Path(file).open(encoding="utf-8") as lines:
            return lines.read().splitlines()
    except OSError as error:
        raise UsageError(file, error.strerror or str(error), "name a file that `ledger export` wrote") from error
    except UnicodeDecodeError as error:
        raise UsageError(file, "it is not text", "name a file that `ledger export` wrote") from error
