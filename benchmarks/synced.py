"""What `sync --check` of 200 services with nothing to do costs beside the least that could tell.

`python benchmarks/synced.py [ROUNDS]` makes a remote with 200 services and their stacks in two accounts on the
emulator, then runs both in turn as whole processes: `git fetch` with one paginated DescribeStacks per account, by
boto3, and `promote-tui sync --check`. Exits 1 beyond the goal.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3

from promote_tui.demo.emulator import Emulator, emulator

GOAL = 2.0
SERVICES = 200
_ROUNDS = 7
_REGION = "eu-west-1"
_ACCOUNTS = {"dev": "111111111111", "staging": "222222222222"}
_LEAST = """
import subprocess, sys
from concurrent.futures import ThreadPoolExecutor
import boto3
def describe(account):
    client = boto3.session.Session(profile_name=account).client("cloudformation")
    return [stack for page in client.get_paginator("describe_stacks").paginate() for stack in page["Stacks"]]
subprocess.run(["git", "-C", sys.argv[1], "fetch", "--quiet", "--prune", "origin"], check=True)
with ThreadPoolExecutor() as pool:
    assert sum(map(len, pool.map(describe, sys.argv[2:]))) == %d
"""


class Project:
    """A clone of a remote with all services, their stacks in each account, and the configuration."""

    def __init__(self, folder: Path, aws: Emulator) -> None:
        self.folder, self._aws = folder, aws
        self.clone = folder / "shop"
        home = folder / "home"
        home.mkdir()
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
        self.environment = kept | {"HOME": str(home), "NO_COLOR": "1", "AWS_ENDPOINT_URL": aws.url}
        self.environment |= {"AWS_CONFIG_FILE": str(home / "aws"), "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
        self.environment |= {"AWS_EC2_METADATA_DISABLED": "true"}
        (home / "aws").write_text("\n".join(map(_profile, _ACCOUNTS)), encoding="utf-8")
        tip = self._push()
        for account in _ACCOUNTS.values():
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(lambda number, where=account: self._deploy(where, number, tip), range(SERVICES)))

    def least(self) -> None:
        """Fetch, and read the stacks."""
        self._call([sys.executable, "-c", _LEAST % (SERVICES * len(_ACCOUNTS)), str(self.clone), *_ACCOUNTS])

    def ours(self) -> None:
        """Ask sync what is due: nothing is."""
        program = str(Path(sys.executable).with_name("promote-tui"))
        said = self._call([program, "sync", "--check"])
        if f"{SERVICES * len(_ACCOUNTS)} targets" not in said:
            raise SystemExit(f"something is due: {said}")

    def commit_elsewhere(self, number: int) -> None:
        """Push a commit that changes no service."""
        work = self.folder / "work"
        (work / "NOTES.md").write_text(f"{number}\n", encoding="utf-8")
        self._commit(work, f"Note {number}")
        self._call(["git", "-C", str(work), "push", "-q", "origin", "main"])

    def _push(self) -> str:
        """Make the remote, the clone and the configuration; return the tip."""
        work, remote = self.folder / "work", self.folder / "shop.git"
        for number in range(SERVICES):
            (work / f"services/s{number}").mkdir(parents=True)
            (work / f"services/s{number}/serverless.yml").write_text(f"service: s{number}\n", encoding="utf-8")
        self._call(["git", "init", "-q", "-b", "main", str(work)])
        self._commit(work, "Begin")
        self._call(["git", "clone", "-q", "--bare", str(work), str(remote)])
        self._call(["git", "-C", str(work), "remote", "add", "origin", f"file://{remote}"])
        self._call(["git", "clone", "-q", f"file://{remote}", str(self.clone)])
        self._configure()
        return self._call(["git", "-C", str(self.clone), "rev-parse", "origin/main"])

    def _configure(self) -> None:
        stages = [
            {
                "name": name,
                "aws": {"profile": name, "region": _REGION, "account": account},
                "deploy_on_merge": "main",
            }
            for name, account in _ACCOUNTS.items()
        ]
        services = [{"name": f"s{each}", "repo": "shop", "path": f"services/s{each}"} for each in range(SERVICES)]
        content = {"version": 1, "project": "bench", "stages": stages, "services": services}
        (self.folder / "promote-tui.yml").write_text(json.dumps(content, indent=1), encoding="utf-8")  # JSON is YAML

    def _commit(self, work: Path, message: str) -> None:
        self._call(["git", "-C", str(work), "add", "-A"])
        author = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"]
        self._call(["git", "-C", str(work), *author, "commit", "-q", "-m", message])

    def _deploy(self, account: str, number: int, commit: str) -> None:
        stage = next(name for name, each in _ACCOUNTS.items() if each == account)
        client: Any = boto3.session.Session(
            aws_access_key_id=account, aws_secret_access_key=stage, region_name=_REGION
        ).client("cloudformation", endpoint_url=self._aws.url)
        template = {
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {"DeployedCommit": {"Value": commit}},
        }
        client.create_stack(StackName=f"s{number}-{stage}", TemplateBody=json.dumps(template))

    def _call(self, argv: list[str]) -> str:
        done = subprocess.run(argv, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(argv[:4])} failed:\n{done.stdout}{done.stderr}")
        return done.stdout.strip()


def _profile(stage: str) -> str:
    keys = f"aws_access_key_id = {_ACCOUNTS[stage]}\naws_secret_access_key = x"
    return f"[profile {stage}]\n{keys}\nregion = {_REGION}\n"


def timed(project: Project) -> tuple[float, float]:
    """Return the seconds of the least and of ours."""
    found = []
    for work in (project.least, project.ours):
        begun = time.monotonic()
        work()
        found.append(time.monotonic() - begun)
    return found[0], found[1]


def main(rounds: int) -> int:
    """Measure, and return the exit code."""
    with tempfile.TemporaryDirectory(prefix="promote-tui-bench-") as folder, emulator(Path(folder) / "log") as aws:
        project = Project(Path(folder), aws)
        timed(project)
        still = [timed(project) for _ in range(rounds)]
        moved = []
        for number in range(rounds):
            project.commit_elsewhere(number)
            moved.append(timed(project))
    print(f"{SERVICES} services in {len(_ACCOUNTS)} accounts, {rounds} rounds, medians of whole processes")
    least, ours = (statistics.median(values) for values in zip(*still, strict=True))
    verdict = "met" if ours <= GOAL * least else "MISSED"
    words = f"fetch and DescribeStacks {least:5.2f} s   sync --check {ours:5.2f} s   {ours / least:.2f}x"
    print(f"nothing to do      {words}   goal {GOAL:.2f}x {verdict}")
    least, ours = (statistics.median(values) for values in zip(*moved, strict=True))
    print(
        f"commits elsewhere  fetch and DescribeStacks {least:5.2f} s   sync --check {ours:5.2f} s   {ours / least:.2f}x"
    )
    return 0 if verdict == "met" else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else _ROUNDS))
