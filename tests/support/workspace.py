"""A small real project to promote: a repository, three accounts on the emulator, a configuration."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import yaml
from botocore.exceptions import ClientError

from promote_tui.demo.emulator import Emulator
from promote_tui.demo.toolchain import share_compiled
from tests.support import compiled_cli
from tests.support.json_outputs import hold_to_schema
from tests.support.programs import Programs
from tests.support.services import OSLS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.aliases import AwsClient, Json


STAGES = ("dev", "staging", "prod")
REGION = "eu-west-1"

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "first"}}
BROKEN = {"Type": "Custom::Broken"}
"""A custom resource without a ServiceToken fails at once."""


def waiting(seconds: int) -> dict[str, Any]:
    """Resources that keep an update in progress until `Workspace.let_go`, or roll it back after a time.

    One more comes after them: the emulator looks whether an update was cancelled before each resource.
    """
    condition = {"Handle": {"Ref": "Handle"}, "Timeout": str(seconds), "Count": 1}
    return {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Wait": {"Type": "AWS::CloudFormation::WaitCondition", "DependsOn": "Handle", "Properties": condition},
        "After": {"Type": "AWS::SNS::Topic", "DependsOn": "Wait"},
    }


@dataclass
class Workspace:
    """The project; every command runs in an environment of its own."""

    folder: Path
    emulator: Emulator
    accounts: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    endpoint: str = ""
    cli: Path | None = None
    programs: Programs | None = None
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cli = self.cli or compiled_cli.install(self.folder)
        self.command = [str(self.cli)]
        self.repo = self.folder / "orders"
        self.config = self.folder / "promote-tui.yml"
        home = self.folder / "home"
        home.mkdir()
        share_compiled(OSLS, home)
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
        self.environment |= kept | {
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "AWS_CONFIG_FILE": str(home / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_ENDPOINT_URL": self.endpoint or self.emulator.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "SLS_AWS_MONITORING_FREQUENCY": "200",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONWARNINGS": "error",
        }
        self.write_profiles(self.accounts)
        self.repo.mkdir()
        self.git("init", "-q", "-b", "main")
        self.configure()

    # what is set up

    def write_profiles(self, accounts: Mapping[str, str]) -> None:
        """Write one profile a stage: `acme-dev` speaks for the account that dev has here."""
        blocks = [
            f"[profile acme-{stage}]\naws_access_key_id = {account}\naws_secret_access_key = x\nregion = {REGION}\n"
            for stage, account in accounts.items()
        ]
        (self.folder / "home" / "aws-config").write_text("\n".join(blocks), encoding="utf-8")

    def configure(self, **changes: Json) -> None:
        """Write the configuration, with parts of it replaced."""
        confirm = {"dev": "none", "staging": "ask", "prod": "type"}
        branches = {"dev": ["*"], "staging": ["develop", "main"], "prod": ["main"]}
        content: dict[str, Any] = {
            "version": 1,
            "project": "acme",
            "stages": [
                {
                    "name": stage,
                    "aws": {"profile": f"acme-{stage}", "region": REGION, "account": self.accounts[stage]},
                    "branches": branches[stage],
                    "confirm": confirm[stage],
                }
                for stage in STAGES
            ],
            "services": [{"name": "orders", "repo": "orders"}],
            "deploy": {"command": self.command},
        }
        content["stages"][0]["deploy_on_merge"] = "main"
        text = yaml.dump(content | changes, Dumper=_Dumper, sort_keys=False)
        self.config.write_text(text, encoding="utf-8")

    def git(self, *arguments: str, **environment: str) -> str:
        """Run git in the repository."""
        author = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _ANA.items()}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.repo,
            env=self.environment | author | environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(
        self,
        message: str,
        resources: Mapping[str, Any] | None = None,
        files: Mapping[str, str] | None = None,
        **service: Json,
    ) -> str:
        """Commit a serverless.yml with these resources and other parts, and files by name; return the hash.

        `includes` are files with more resources.
        """
        resources = resources if resources is not None else {"Topic": TOPIC}
        provider = {"name": "aws", "runtime": "nodejs20.x", **service.pop("provider", {})}
        outputs = {"Outputs": dict(service.pop("outputs"))} if "outputs" in service else {}
        content = {
            "service": "orders",
            "provider": provider,
            "resources": [
                {"Resources": dict(resources), **outputs},
                *(f"${{file({name})}}" for name in service.pop("includes", ())),
            ],
            **service,
        }
        (self.repo / "serverless.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
        (self.repo / "NOTES.md").write_text(f"{message}\n", encoding="utf-8")
        for name, text in (files or {}).items():
            (self.repo / name).write_text(text, encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def wrap(self, script: str) -> None:
        """Put a shell script around the CLI; `$OSLS` is the CLI itself, `"$@"` its arguments."""
        wrapper = self.folder / "wrapper.sh"
        wrapper.write_text(f"#!/bin/sh\nOSLS={self.cli}\n{script}\n", encoding="utf-8")
        wrapper.chmod(0o755)
        self.command = [str(wrapper)]
        self.configure()

    # what is done

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start the program."""
        return subprocess.Popen(
            [sys.executable, "-m", "promote_tui", *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the program to its end."""
        if self.programs is None:
            process = self.start(*arguments, **environment)
            out, err = process.communicate(timeout=300)
            done = subprocess.CompletedProcess(process.args, process.returncode, out, err)
        else:
            done = self.programs.run(arguments, self.folder, self.environment | environment)
        hold_to_schema(arguments, done.stdout)
        return done

    def adopted(self, stage: str, sha: str, service: str = "orders") -> None:
        """Let a stage run a commit that was deployed there before promote-tui came, with a topic.

        The stack is what the CLI leaves, made in a tenth of the time: it counts as verified by being observed.
        """
        template = {
            "Resources": {"ServerlessDeploymentBucket": {"Type": "AWS::S3::Bucket"}, "Topic": TOPIC},
            "Outputs": {
                "ServerlessDeploymentBucketName": {"Value": {"Ref": "ServerlessDeploymentBucket"}},
                "DeployedCommit": {"Value": sha},
            },
        }
        client, name = self.client(stage), f"{service}-{stage}"
        client.create_stack(StackName=name, TemplateBody=json.dumps(template))
        client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.05})

    def promote(self, stage: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Promote orders with everything that confirms."""
        return self.run("promote", "orders", "--to", stage, "--yes", "--confirm", f"orders {stage}", *arguments)

    def json(self, *arguments: str) -> Json:
        """Return what a reading command prints."""
        done = self.run(*arguments, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    # what is seen, with a client of our own

    def client(self, stage: str, service: str = "cloudformation") -> AwsClient:
        """Return an AWS client for a stage's account, the same one each time."""
        if (stage, service) not in self.clients:
            self.clients[stage, service] = boto3.session.Session(
                aws_access_key_id=self.accounts[stage], aws_secret_access_key="x", region_name=REGION
            ).client(service, endpoint_url=self.emulator.url)  # type: ignore[call-overload]
        client: AwsClient = self.clients[stage, service]
        return client

    def stack(self, stage: str, name: str | None = None) -> dict[str, Any] | None:
        """Return the stack as AWS describes it, or None."""
        try:
            stacks = self.client(stage).describe_stacks(StackName=name or f"orders-{stage}")["Stacks"]
        except ClientError:
            return None
        found: dict[str, Any] = stacks[0]
        return found

    def deployed(self, stage: str, service: str = "orders") -> str | None:
        """Return the commit that the stack names."""
        stack = self.stack(stage, f"{service}-{stage}") or {}
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        return outputs.get("DeployedCommit")

    def let_go(self, stage: str, status: str = "SUCCESS") -> None:
        """Let an update finish that waits for a wait condition; `FAILURE` rolls it back."""
        handle = self.client(stage).describe_stack_resource(StackName=f"orders-{stage}", LogicalResourceId="Handle")
        url = urlsplit(handle["StackResourceDetail"]["PhysicalResourceId"])
        body = json.dumps({"Status": status, "Reason": "ok", "UniqueId": "1", "Data": "d"}).encode()
        connection = HTTPConnection(
            "127.0.0.1", url.port, timeout=60
        )  # urllib would add a Content-Type, which is refused
        connection.request("PUT", url.path, body)
        assert connection.getresponse().status == 200
        connection.close()

    def fingerprint(self) -> str:
        """Return a digest of every byte, mode and time of the user's repository."""
        digest = hashlib.sha256()
        for path in sorted(self.repo.rglob("*")):
            seen = path.lstat()
            digest.update(f"{path}|{seen.st_mode}|{seen.st_mtime_ns}|{seen.st_size}|".encode())
            if path.is_file():
                digest.update(path.read_bytes())
        return digest.hexdigest()

    def updates(self, stage: str, service: str = "orders") -> int:
        """Return how often CloudFormation began to create or update the stack."""
        pages = self.client(stage).get_paginator("describe_stack_events").paginate(StackName=f"{service}-{stage}")
        began = [
            event
            for page in pages
            for event in page["StackEvents"]
            if event["PhysicalResourceId"] == event["StackId"]
            and event["ResourceStatus"] in {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}
        ]
        return len(began)

    def processes(self, words: str = "") -> list[int]:
        """Return the processes that work for this project, with these words in their command line."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                ours = str(self.folder).encode() in (process / "environ").read_bytes()
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if ours and words in command and int(process.name) != os.getpid():
                found.append(int(process.name))
        return found

    def kill(self, words: str = "") -> None:
        """Kill them with a signal that nobody can catch."""
        for pid in self.processes(words):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def end(self) -> None:
        """Leave nothing running, and no connection."""
        self.kill()
        for client in self.clients.values():
            client.close()


class _Dumper(yaml.SafeDumper):
    """Quotes digits always: PyYAML leaves `089` bare."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if value.isdecimal() else None)


_Dumper.add_representer(str, _text)
_ANA = {"NAME": "Ana", "EMAIL": "ana@example.com"}
