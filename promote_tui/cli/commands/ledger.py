"""`ledger`: making a team's ledger, its rights, and moving what a ledger holds."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Branch, with_session
from promote_tui.cli.context import config_path
from promote_tui.core.errors import PromoteError, Refused, UsageError
from promote_tui.core.runs.dump import Contents, from_lines, new_entries, to_lines
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promote_tui.cli.context import Session
    from promote_tui.ports import LedgerHouse


@click.group(cls=Branch)
def ledger() -> None:
    """Make the ledger, and move what it holds."""


def _house(session: Session) -> LedgerHouse:
    from promote_tui.bootstrap import open_house  # noqa: PLC0415 - boto3, which `-h` does without

    return open_house(config_path(session.settings))


def _for_writing(session: Session, what: str) -> LedgerHouse:
    if session.settings.read_only:
        raise Refused(f"ledger {what}", "promote-tui was started with --read-only", "leave it out to do this")
    return _house(session)


@ledger.command()
@with_session
def init(session: Session) -> int:
    """Make the configured ledger where it is missing, bring an older one up to date, and print its IAM policy."""
    house = _for_writing(session, "init")
    done = house.initialise()
    session.err.lines(clean(line) for line in done or ("the ledger is there and up to date",))
    return _print_policy(session, house)


@ledger.command()
@with_session
def policy(session: Session) -> int:
    """Print the IAM policy for whoever promotes or decides with the team's ledger."""
    return _print_policy(session, _house(session))


def _print_policy(session: Session, house: LedgerHouse) -> int:
    found = house.policy()
    if found is None:
        session.err.line("a ledger of the kind sqlite is a file of this machine: it needs no rights in AWS")
    else:
        session.out.lines(json.dumps(found, indent=2).splitlines())
    return 0


@ledger.command()
@click.argument("file", required=False)
@with_session
def export(session: Session, file: str | None) -> int:
    """Write all that the ledger holds as JSON Lines, to FILE or to stdout."""
    contents = _house(session).contents()
    if file is None:
        session.out.lines(to_lines(contents))
    else:
        _write(Path(file), to_lines(contents))
    runs, decisions = len(contents.runs), len(contents.decisions)
    session.err.line(f"{runs} runs and {decisions} decisions are written")
    if contents.live:
        session.err.line("not all of these runs have ended: what is written now cannot be imported")
    return 0


def _write(path: Path, lines: Iterable[str]) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with open(handle, "w", encoding="ascii") as out:  # noqa: PTH123 - a descriptor, not a path
            out.writelines(f"{line}\n" for line in lines)
    except FileExistsError as error:
        raise UsageError(str(path), "it is there already", "name another file") from error
    except OSError as error:
        raise PromoteError(str(path), error.strerror or str(error), "name a file that can be written") from error


@ledger.command("import")
@click.argument("file", required=False)
@click.option("--break-glass", "glass", is_flag=True, help="What `rollback --break-glass` has journalled here.")
@with_session
def import_(session: Session, file: str | None, *, glass: bool) -> int:
    """Add what an export holds to the configured ledger; what is there already is passed over."""
    if glass == (file is not None):
        raise UsageError("ledger import", "takes a FILE or --break-glass", "name what `ledger export` wrote")
    house = _for_writing(session, "import")
    name = file or "break-glass"
    here = house.contents()
    given = from_lines(_read(file), file) if file else _journalled(here.project)
    new = new_entries(here, given, name)
    house.take_in(new)
    if glass:
        _put_aside(session, here.project)
    known = len(given.runs) - len(new.runs), len(given.decisions) - len(new.decisions)
    session.err.line(f"{len(new.runs)} runs and {len(new.decisions)} decisions are imported; {_passed_over(*known)}")
    return 0


def _journalled(project: str) -> Contents:
    """Return what a project journalled without the team's ledger; raises UsageError where there is nothing."""
    from promote_tui.bootstrap import open_glass  # noqa: PLC0415 - as above

    found = open_glass(project).contents()
    if not found.runs and not found.decisions:
        raise UsageError("--break-glass", "nothing was journalled without the team's ledger", "there is nothing to do")
    return found


def _put_aside(session: Session, project: str) -> None:
    """Let the next one begin with an empty journal; the old one is kept, where it is as long as others need it."""
    from promote_tui.bootstrap import glass_folder, open_glass, open_ledger  # noqa: PLC0415 - as above

    here, imported = glass_folder(), open_ledger(config_path(session.settings))
    if not all(imported.events(run) for run in open_glass(project).others()):
        session.err.line(f"the journal stays as {here}: it holds what another project has to import")
        return
    kept = here.with_name(f"{here.name}-{session.now:%Y%m%dT%H%M%S}")
    here.rename(kept)
    session.err.line(f"the journal is kept as {kept}")


def _passed_over(runs: int, decisions: int) -> str:
    return f"{runs} runs and {decisions} decisions were there already" if runs or decisions else "all of them are new"


def _read(file: str) -> list[str]:
    try:
        with sys.stdin if file == "-" else Path(file).open(encoding="utf-8") as lines:
            return lines.read().splitlines()
    except OSError as error:
        raise UsageError(file, error.strerror or str(error), "name a file that `ledger export` wrote") from error
    except UnicodeDecodeError as error:
        raise UsageError(file, "it is no text", "name a file that `ledger export` wrote") from error
