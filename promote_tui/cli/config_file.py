"""The configuration file that the global options name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from promote_tui.config.loader import find, load
from promote_tui.paths import cache_folder

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.cli.global_options import GlobalOptions
    from promote_tui.config.loader import Config


def config_path(options: GlobalOptions) -> Path:
    """Return the configuration file that is in force; raises ConfigError, UsageError."""
    return find(options.explicit_config(), options.folder(), os.environ)


def load_config(options: GlobalOptions) -> Config:
    """Return the validated configuration; raises ConfigError, UsageError."""
    return load(config_path(options), cache_folder())
