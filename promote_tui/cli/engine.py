"""The engine that the global options name: with boto3 and git, which no help needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.bootstrap import open_engine as open_configured
from promote_tui.cli.config_file import config_path

if TYPE_CHECKING:
    from promote_tui.cli.global_options import GlobalOptions
    from promote_tui.engine.engine import Engine


def open_engine(options: GlobalOptions, *, break_glass: bool = False) -> Engine:
    """Return the engine of the configuration that is in force; raises ConfigError, UsageError."""
    return open_configured(config_path(options), read_only=options.read_only, break_glass=break_glass)
