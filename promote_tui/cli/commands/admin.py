"""Commands about promote-tui itself: configuration, doctor, prune, demo."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from promote_tui.cli import json_output
from promote_tui.cli.click_types import Branch, Leaf, as_json, with_session
from promote_tui.cli.context import Session, config_path, load_config
from promote_tui.cli.errors import problems
from promote_tui.cli.text.style import Role, Span, table
from promote_tui.core.errors import ConfigError
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from promote_tui.cli.text.style import Style
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.model.policy_source import PolicyOrigin
    from promote_tui.ports import ToolCheck

_FAILED = 1
_NAME = 26
_SIGNS: dict[bool | None, tuple[str, Role]] = {
    True: ("passed", "good"),
    False: ("failed", "bad"),
    None: ("attention", "warn"),
}


@click.group(cls=Branch)
def config() -> None:
    """Look at the configuration."""


@config.command()
@as_json
@with_session
def validate(session: Session, *, as_json: bool) -> int:
    """Check the configuration file, and name every problem with its line."""
    try:
        found = _policed(session)
    except ConfigError as error:
        if not as_json:
            raise
        session.json({"valid": False, "problems": problems(error)})
        return error.exit_code
    notes = [clean(note) for note in (*found.notes, *_told(found.policy))]
    if as_json:
        session.json({"path": found.path, "valid": True, "notes": notes})
        return 0
    session.out.line(f"{clean(found.path)}: valid")
    session.err.lines(notes)
    return 0


@config.command()
@as_json
@with_session
def show(session: Session, *, as_json: bool) -> int:
    """Print the configuration that is in force, with defaults filled in."""
    if as_json:
        session.json({"config": json_output.pipeline_(_policed(session))})
        return 0
    from promote_tui.config.loader import describe  # noqa: PLC0415 - with pydantic, for this command only

    text = clean(describe(config_path(session.settings)), limit=10_000_000, newlines=True)
    policy = _policed(session).policy
    session.out.lines([f"# policy: {clean(str(policy))}", *text.splitlines()])
    session.err.lines(clean(line) for line in _told(policy) if policy and policy.differs)
    return 0


def _policed(session: Session) -> Pipeline:
    """Return the configuration with where its rules are read from."""
    from promote_tui.bootstrap import with_policy  # noqa: PLC0415 - with git, which `config path` does without

    return with_policy(load_config(session.settings))[0].pipeline


def _told(policy: PolicyOrigin | None) -> list[str]:
    """Return where the rules of stages with gates are from, and what the file here has otherwise."""
    if policy is None:
        return []
    differs = [f"policy: this file differs from {policy.where}, which holds: {', '.join(policy.differs)}"]
    return [f"policy: {policy}", *(differs if policy.differs else [])]


@config.command()
@with_session
def schema(session: Session) -> int:
    """Print the JSON Schema of the configuration file, for editors."""
    from promote_tui.config.schema import json_schema  # noqa: PLC0415 - with pydantic, for this command only

    session.out.line(json.dumps(json_schema(), indent=2))
    return 0


@config.command()
@as_json
@with_session
def path(session: Session, *, as_json: bool) -> int:
    """Print which configuration file is used."""
    found = str(config_path(session.settings))
    if as_json:
        session.json({"path": found})
    else:
        session.out.line(clean(found, limit=4_096))
    return 0


@click.command(cls=Leaf)
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--stage", metavar="STAGE", help="This stage alone.")
@as_json
@with_session
def doctor(session: Session, services: tuple[str, ...], stage: str | None, *, as_json: bool) -> int:
    """Check everything that a promotion needs.

    That is: the tools, credentials and account per stage, and where each service would be deployed.
    """
    names = tuple(dict.fromkeys(services))
    style = session.out.style
    heard = None if as_json else (lambda check: session.out.lines(_check_lines(check, style)))
    checks = session.engine.doctor(heard, names, stage)
    if as_json:
        session.json({"checks": [json_output.check(check) for check in checks]})
    return _FAILED if any(check.ok is False for check in checks) else 0


def _check_lines(check: ToolCheck, style: Style) -> list[str]:
    sign, role = _SIGNS[check.ok]
    name = clean(check.name).ljust(_NAME)  # each line stands alone: the next check may take its time
    row = [Span(style.sign(sign), role), Span(name), Span(clean(check.found, limit=1_000), "calm")]
    return [*table([row], style), *([f"   {clean(check.remedy)}"] if check.remedy else [])]


@click.command(cls=Leaf)
@with_session
def prune(session: Session) -> int:
    """Remove expired plans, old runs' folders, leftovers."""
    gone = session.writer("prune").prune()
    session.out.lines(clean(line) for line in gone)
    if not gone:
        session.err.line("nothing to prune")
    return 0


@click.command(cls=Leaf)
@click.option("--check", is_flag=True, help="Without a screen: promote a commit through all stages, and prove it.")
@with_session
def demo(session: Session, *, check: bool) -> int:
    """Open promote-tui on an embedded sandbox.

    It has repositories and an AWS of its own, and is gone afterwards.
    """
    from promote_tui.demo.command import run  # noqa: PLC0415 - an emulator and more, for this command only

    return run(check=check, say=session.err.line)
