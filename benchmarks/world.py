"""The world of the measurement: 200 services in three stages, everything cached, nothing outside within reach."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cells import matrix

from promote_tui.config.loader import load
from promote_tui.startup.matrix_cache import save_matrix
from promote_tui.tui.presentation.pipeline.summary import count_totals, encode_totals

SERVICES = 200
STAGES = (("dev", "111111111111"), ("staging", "222222222222"), ("prod", "333333333333"))


@dataclass(frozen=True, slots=True)
class World:
    """A folder with a configuration, and an environment that keeps the program in it."""

    folder: Path
    environment: dict[str, str]

    def fill(self) -> None:
        """Write both caches as an earlier start leaves them: the configuration, and the matrix that it has read."""
        cache = self.folder / "cache" / "promote-tui"
        pipeline = load(self.folder / "promote-tui.yml", cache).pipeline
        taken = matrix(pipeline, datetime.now(UTC))
        stages = [stage.name for stage in pipeline.stages]
        rows = [[taken.view(one.name, stage) for stage in stages] for one in pipeline.services]
        save_matrix(cache, pipeline, taken, encode_totals(count_totals(stages, rows)))


def build(folder: Path) -> World:
    """Write the configuration, and fill the caches."""
    (folder / "promote-tui.yml").write_text(_configuration(), encoding="utf-8")
    world = World(folder, _environment(folder))
    world.fill()
    return world


def _configuration() -> str:
    stages = "".join(
        f'  - name: {name}\n    aws: {{region: eu-west-1, account: "{account}", profile: {name}}}\n'
        for name, account in STAGES
    )
    services = "".join(f"  - name: service-{n:03}\n    path: services/service-{n:03}\n" for n in range(SERVICES))
    return f"version: 1\nproject: acme\nstages:\n{stages}services:\n{services}"


def _environment(folder: Path) -> dict[str, str]:
    """Return the user's environment without what could lead out of the folder."""
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "LANG", "LC_ALL", "TMPDIR"}}
    return {
        **kept,
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
