"""`demo`: the program on a sandbox of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.demo.command import run

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext


@click.command(cls=Leaf)
@click.option("--check", is_flag=True, help="Run without a screen: promote a commit through all stages, and prove it.")
@click.option("--shell", is_flag=True, help="Open your shell in the sandbox: its promote-tui is the command line.")
@with_context
def demo(context: CliContext, *, check: bool, shell: bool) -> int:
    """Open promote-tui on an embedded sandbox.

    It has its own repositories and its own AWS, and is removed afterwards.
    """
    return run(check=check, in_shell=shell, say=context.err.line)
