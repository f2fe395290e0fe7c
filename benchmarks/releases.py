"""Releases: how soon the plan of 40 services shows its first row, and what services at the same time save.

`python benchmarks/releases.py` works on the emulator, with the stand-in of the Serverless CLI that the tests have: it
packages in a tenth of a second. CloudFormation would be done at once, which it is not on AWS: each deploy waits for
some seconds. Everything else is real: git, the ledger, one process for the release and one for each run. Exits 1 beyond
a goal.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import boto3

from promote_tui.bootstrap import open_engine
from promote_tui.core.releases.release import ReleaseStatus
from promote_tui.demo.emulator import Emulator, emulator
from promote_tui.engine.releases.control import ReleaseConfirmation
from promote_tui.engine.releases.planning import PlanWatch, ReleaseRequest

if TYPE_CHECKING:
    from promote_tui.engine.engine import Engine

Client: TypeAlias = Any
"""A client of boto3."""
PLANNED = 40
FIRST_ROW_SECONDS = 1.0
AT_ONCE = 3
SHARE = 0.45
DEPLOY_SECONDS = 15.0
"""How long each deploy waits, in place of CloudFormation."""
_IN_WAVE = 6
_REGION = "eu-west-1"
_ANY = "x"
"""What the emulator takes for a key."""
_ACCOUNTS = {"staging": "111111111111", "one-by-one": "222222222222", "at-once": "333333333333"}
_STAND_IN = Path(__file__).parents[1] / "tests" / "support" / "stand_in_cli.py"


@dataclass
class Project:
    """Services in one repository; both later stages run the first commit, staging the second."""

    folder: Path
    emulator: Emulator
    services: Sequence[str]

    def set_up(self) -> None:
        """Write everything that a release starts from."""
        home = self.folder / "home"
        home.mkdir()
        (home / "aws").write_text("\n".join(map(_profile, _ACCOUNTS)), encoding="utf-8")
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
        os.environ.clear()
        os.environ.update(kept | {"HOME": str(home), "AWS_CONFIG_FILE": str(home / "aws")})
        os.environ.update({"AWS_ENDPOINT_URL": self.emulator.url, "AWS_EC2_METADATA_DISABLED": "true"})
        os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
        self._configure()
        old, new = self._commit("Begin"), self._commit("Change everything")
        with ThreadPoolExecutor(8) as pool:
            for stage in _ACCOUNTS:
                commit = new if stage == "staging" else old
                list(pool.map(partial(self._deploy, stage, commit), self.services))

    @cached_property
    def engine(self) -> Engine:
        """The engine of the configuration."""
        return open_engine(self.folder / "promote-tui.yml")

    def _configure(self) -> None:
        cli = self.folder / "osls"
        waits = f'case "$*" in deploy*) sleep {DEPLOY_SECONDS};; esac'
        cli.write_text(f'#!/bin/sh\n{waits}\nexec {sys.executable} -I {_STAND_IN} "$@"\n', encoding="utf-8")
        cli.chmod(0o755)
        stages: list[dict[str, Any]] = [
            {"name": name, "aws": {"profile": name, "region": _REGION, "account": account}, "branches": ["*"]}
            for name, account in _ACCOUNTS.items()
        ]
        for stage in stages[1:]:
            parallel = AT_ONCE if stage["name"] == "at-once" else 1
            stage |= {"confirm": "none", "release": {"parallel": parallel}}
        stages[2]["after"] = "staging"
        services = [{"name": name, "repo": "shop", "path": name} for name in self.services]
        content = {"version": 1, "project": "bench", "stages": stages, "services": services}
        text = json.dumps(content | {"deploy": {"command": [str(cli)]}})  # JSON is YAML
        (self.folder / "promote-tui.yml").write_text(text, encoding="utf-8")
        (self.folder / "shop").mkdir()
        self._git("init", "-q", "-b", "main")

    def _commit(self, message: str) -> str:
        for name in self.services:
            topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": message}}
            service = {"service": name, "provider": {"name": "aws", "runtime": "nodejs20.x"}}
            text = json.dumps(service | {"resources": {"Resources": {"Topic": topic}}})
            (self.folder / "shop" / name).mkdir(exist_ok=True)
            (self.folder / "shop" / name / "serverless.yml").write_text(text, encoding="utf-8")
        self._git("add", "-A")
        self._git("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "-q", "-m", message)
        return self._git("rev-parse", "HEAD")

    def _git(self, *words: str) -> str:
        argv = ["git", *words]
        done = subprocess.run(argv, cwd=self.folder / "shop", check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def _deploy(self, stage: str, commit: str, service: str) -> None:
        """Let a stage run a commit, as the CLI leaves it."""
        resources = {"ServerlessDeploymentBucket": {"Type": "AWS::S3::Bucket"}, "Topic": {"Type": "AWS::SNS::Topic"}}
        bucket = {"Value": {"Ref": "ServerlessDeploymentBucket"}}
        outputs = {"ServerlessDeploymentBucketName": bucket, "DeployedCommit": {"Value": commit}}
        client: Client = boto3.session.Session(
            aws_access_key_id=_ACCOUNTS[stage], aws_secret_access_key=_ANY, region_name=_REGION
        ).client("cloudformation", endpoint_url=self.emulator.url)
        name = f"{service}-{stage}"
        client.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources, "Outputs": outputs}))
        client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.05})


def _profile(stage: str) -> str:
    keys = f"aws_access_key_id = {_ACCOUNTS[stage]}\naws_secret_access_key = {_ANY}"
    return f"[profile {stage}]\n{keys}\nregion = {_REGION}\n"


def time_plan(folder: Path, aws: Emulator) -> tuple[float, float]:
    """Return the seconds until the first row of the plan of a release, and until all of it."""
    project = Project(folder, aws, [f"service-{number:02}" for number in range(PLANNED)])
    project.set_up()
    rows: list[float] = []
    watch = PlanWatch(lambda _candidate: rows.append(time.monotonic()))
    project.engine.snapshot()  # as it is on the screen by then
    begun = time.monotonic()
    project.engine.releases.plan(ReleaseRequest("bench", "at-once"), watch)
    return rows[0] - begun, time.monotonic() - begun


def time_waves(folder: Path, aws: Emulator) -> tuple[float, float]:
    """Return the seconds of a release one by one, and of the same with several at the same time."""
    project = Project(folder, aws, [f"wave-{number}" for number in range(_IN_WAVE)])
    project.set_up()
    one_by_one, at_once = (time_release(project.engine, stage) for stage in ("one-by-one", "at-once"))
    return one_by_one, at_once


def time_release(engine: Engine, stage: str) -> float:
    """Return the seconds of a release into a stage, from its confirmation to its end."""
    engine.releases.plan(ReleaseRequest(stage, stage))
    begun = time.monotonic()
    engine.releases.start(stage, ReleaseConfirmation(""))
    while (release := engine.releases.find(stage)).status is ReleaseStatus.RUNNING:
        time.sleep(0.1)
    if release.status is not ReleaseStatus.DONE:
        raise SystemExit(f"the release is {release.status.value}: {release.paused}")
    return time.monotonic() - begun


def main() -> int:
    """Measure, and return the exit code."""
    with tempfile.TemporaryDirectory(prefix="promote-tui-bench-") as folder, emulator(Path(folder) / "log") as aws:
        places = [Path(folder) / name for name in ("plan", "waves")]
        for place in places:
            place.mkdir()
        first, whole = time_plan(places[0], aws)
        one_by_one, at_once = time_waves(places[1], aws)
    share = at_once / one_by_one
    missed = [first > FIRST_ROW_SECONDS, share > SHARE]
    words = ["MISSED" if each else "met" for each in missed]
    print(f"a release of {PLANNED} services; one of {_IN_WAVE} whose deploys take {DEPLOY_SECONDS:.0f} s each")
    print(f"plan          first row {first:5.2f} s   all {whole:5.1f} s   goal {FIRST_ROW_SECONDS:.1f} s {words[0]}")
    print(
        f"wave          one by one {one_by_one:5.1f} s   {AT_ONCE} at once {at_once:5.1f} s   {share:.2f}x"
        f"   goal {SHARE:.2f}x {words[1]}"
    )
    return int(any(missed))


if __name__ == "__main__":
    sys.exit(main())
