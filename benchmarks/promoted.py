"""What promoting adds around the bare CLI: `promote-tui promote`, and `sync`, beside `osls deploy` of one change.

`python benchmarks/promoted.py [ROUNDS]` does all three in turn, on the emulator, and compares the medians. The CLI
polls every 5 s, as it does on AWS, and CloudFormation works for some time, as it does there: the emulator by
itself would be done in a second. Exits 1 beyond the goal.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import ClientError

from promote_tui.demo.emulator import Emulator, emulator
from promote_tui.demo.toolchain import install_cli

if TYPE_CHECKING:
    from collections.abc import Iterator

Client: TypeAlias = Any
"""A client of boto3."""
GOAL = 1.15
UPDATE_SECONDS = 16.0
"""How long CloudFormation works; with what the CLI waits between two looks that is an update of 20 s."""
_ROUNDS = 2
_REGION = "eu-west-1"
_ANY = "x"
"""What the emulator takes for a key."""
_ACCOUNTS = {"bare": "111111111111", "ours": "222222222222", "synced": "333333333333"}
_OUTPUT = "${param:commit, 'unknown'}"


@dataclass
class Project:
    """A service with a function, in three stages: one is deployed by hand, one is promoted into, one is synced."""

    folder: Path
    emulator: Emulator
    osls: str
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.repo = self.folder / "orders"
        self.repo.mkdir()
        home = self.folder / "home"
        home.mkdir()
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
        self.environment = kept | {"HOME": str(home), "CI": "1", "NO_COLOR": "1", "SLS_TELEMETRY_DISABLED": "1"}
        self.environment |= {"AWS_ENDPOINT_URL": self.emulator.url, "AWS_EC2_METADATA_DISABLED": "true"}
        self.environment |= {"AWS_CONFIG_FILE": str(home / "aws"), "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
        (home / "aws").write_text("\n".join(map(_profile, _ACCOUNTS)), encoding="utf-8")
        stages = [
            {"name": name, "aws": {"profile": name, "region": _REGION, "account": account}, "confirm": "ask"}
            for name, account in _ACCOUNTS.items()
        ]
        stages[2] |= {"after": "bare", "deploy_on_merge": "main"}
        stages[1]["branches"], services = ["*"], [{"name": "orders", "repo": "orders"}]
        content = {"version": 1, "project": "bench", "stages": stages, "services": services}
        settings = json.dumps(content | {"deploy": {"command": [self.osls]}}, indent=1)
        (self.folder / "promote-tui.yml").write_text(settings, encoding="utf-8")  # JSON is YAML
        self.call(["git", "init", "-q", "-b", "main"], self.repo)

    def commit(self, number: int) -> str:
        """Change the function, commit it, and return the hash; a deploy of it waits for `let_go`."""
        (self.repo / "handler.js").write_text(f"exports.hello = async () => ({number});\n", encoding="utf-8")
        handle, wait = f"Handle{number}", f"Wait{number}"
        condition = {"Handle": {"Ref": handle}, "Timeout": "300", "Count": 1}
        resources = {
            handle: {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            wait: {"Type": "AWS::CloudFormation::WaitCondition", "DependsOn": handle, "Properties": condition},
        }
        service = {
            "service": "orders",
            "provider": {"name": "aws", "runtime": "nodejs20.x", "region": _REGION},
            "functions": {"hello": {"handler": "handler.hello"}},
            "resources": {"Resources": resources, "Outputs": {"DeployedCommit": {"Value": _OUTPUT}}},
        }
        (self.repo / "serverless.yml").write_text(json.dumps(service, indent=1), encoding="utf-8")
        self.call(["git", "add", "-A"], self.repo)
        author = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"]
        self.call(["git", *author, "commit", "-q", "-m", f"Change {number}"], self.repo)
        return self.call(["git", "rev-parse", "HEAD"], self.repo)

    def call(self, argv: list[str], folder: Path) -> str:
        """Run a command and return what it says; its errors are shown."""
        done = subprocess.run(argv, cwd=folder, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(argv)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def bare(self, commit: str) -> None:
        """Deploy with the CLI alone."""
        where = ["--stage", "bare", "--region", _REGION, "--aws-profile", "bare"]
        self.call([self.osls, "deploy", *where, "--param", f"commit={commit}"], self.repo)

    def ours(self, commit: str) -> None:
        """Promote the same commit, once it runs in the stage before."""
        program = str(Path(sys.executable).with_name("promote-tui"))
        self.call([program, "promote", "orders", "--to", "ours", "--commit", commit, "--yes"], self.folder)

    def synced(self, _commit: str) -> None:
        """Sync what was pushed, as a CI job does."""
        program = str(Path(sys.executable).with_name("promote-tui"))
        self.call([program, "sync", "--branch", "main"], self.folder)

    @contextlib.contextmanager
    def taking(self, stage: str, number: int, seconds: float) -> Iterator[None]:
        """Let CloudFormation be done `seconds` after it began to wait."""
        client = boto3.session.Session(
            aws_access_key_id=_ACCOUNTS[stage], aws_secret_access_key=_ANY, region_name=_REGION
        ).client("cloudformation", endpoint_url=self.emulator.url)
        thread = threading.Thread(target=_let_go, args=(client, f"orders-{stage}", number, seconds), daemon=True)
        thread.start()
        yield
        thread.join()


def _profile(stage: str) -> str:
    keys = f"aws_access_key_id = {_ACCOUNTS[stage]}\naws_secret_access_key = x"
    return f"[profile {stage}]\n{keys}\nregion = {_REGION}\n"


def _let_go(client: Client, stack: str, number: int, seconds: float) -> None:
    """Wait until the update has made what it waits for, let the time go by, and signal it."""
    handle = None
    while handle is None:
        time.sleep(0.05)
        with contextlib.suppress(ClientError):
            handle = client.describe_stack_resource(StackName=stack, LogicalResourceId=f"Handle{number}")
    time.sleep(seconds)
    url = urlsplit(handle["StackResourceDetail"]["PhysicalResourceId"])
    connection = HTTPConnection("127.0.0.1", url.port or 80, timeout=5)
    connection.request("PUT", url.path, b'{"Status":"SUCCESS","Reason":"ok","UniqueId":"1","Data":"d"}')
    connection.getresponse()
    connection.close()


def timed(project: Project, number: int, commit: str, seconds: float) -> tuple[float, float, float]:
    """Return the seconds of a bare deploy, of a promotion and of a sync of a commit."""
    found = []
    for stage, deploy in (("bare", project.bare), ("ours", project.ours), ("synced", project.synced)):
        with project.taking(stage, number, seconds):
            begun = time.monotonic()
            deploy(commit)
            found.append(time.monotonic() - begun)
    return found[0], found[1], found[2]


def main(rounds: int) -> int:
    """Measure, and return the exit code."""
    with tempfile.TemporaryDirectory(prefix="promote-tui-bench-") as folder, emulator(Path(folder) / "log") as aws:
        project = Project(Path(folder), aws, str(install_cli()))
        project.environment["SLS_AWS_MONITORING_FREQUENCY"] = "200"
        timed(project, 0, project.commit(0), 1.0)
        del project.environment["SLS_AWS_MONITORING_FREQUENCY"]
        pairs = [timed(project, number, project.commit(number), UPDATE_SECONDS) for number in range(1, rounds + 1)]
    bare, ours, synced = (statistics.median(values) for values in zip(*pairs, strict=True))
    print(f"an update that takes CloudFormation {UPDATE_SECONDS:.0f} s, looked at every 5 s, {rounds} rounds, medians")
    verdicts = [told("promote", bare, ours), told("sync   ", bare, synced)]
    return 0 if all(verdicts) else 1


def told(words: str, bare: float, ours: float) -> bool:
    """Print how a command compares with the bare CLI, and return whether its goal is met."""
    met = ours <= GOAL * bare
    print(
        f"deploy        osls deploy {bare:5.1f} s   promote-tui {words} {ours:5.1f} s   {ours / bare:.2f}x"
        f"   {ours - bare:.1f} s more   goal {GOAL:.2f}x {'met' if met else 'MISSED'}"
    )
    return met


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else _ROUNDS))
