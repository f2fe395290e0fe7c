"""A Serverless CLI for services of plain resources, in a tenth of the time; whatever else is asked of it, it refuses.

It packages, prints and deploys as the real one does, change set by change set, as far as promote-tui looks:
tests/contract/adapters/serverless/test_stand_in.py holds the two to each other. It is a program of its own, so
that it is started, logged, stopped and killed like the real one.
"""

from __future__ import annotations

import argparse
import configparser
import html
import json
import os
import re
import sys
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlencode, urlsplit

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json: TypeAlias = Any
"""What a file or a template holds."""

CORE = Path(__file__).with_suffix(".json")
"""The template of a service without resources, as the real CLI makes it."""

CREATE, UPDATE = (f"cloudformation-template-{kind}-stack.json" for kind in ("create", "update"))
STATE = "serverless-state.json"
_KNOWN = {"service", "provider", "resources"}
_OF_PROVIDER = {"name", "runtime", "stackName", "stackTags"}
_BUCKET = "ServerlessDeploymentBucketName"
_AT = "1767225600000-2026-01-01T00:00:00.000Z"
_ENDS = re.compile(r"_COMPLETE$|ROLLBACK_FAILED$|^(?:CREATE|UPDATE|DELETE)_FAILED$")
_POLL_SECONDS = 0.05


def install(folder: Path) -> Path:
    """Write the program `osls` into a folder and return its path."""
    program = folder / "osls"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -I {__file__} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return program


class StandInError(Exception):
    """Why it ends with 1: only the real CLI can do it, or CloudFormation failed."""


def main(words: list[str]) -> int:
    """Run a command and return the exit code."""
    parser = argparse.ArgumentParser(prog="stand-in")
    parser.add_argument("command", choices=("package", "print", "deploy"))
    for needed in ("--stage", "--region", "--aws-profile", "--param"):
        parser.add_argument(needed, required=True)
    parser.add_argument("--package", type=Path)
    parser.add_argument("--config", type=Path, default=Path("serverless.yml"))
    parser.add_argument("--format")
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args(words)
    try:
        {"package": _package, "print": _print, "deploy": _deploy}[asked.command](asked)
    except StandInError as error:
        _say(f"\nError:\n{error}")
        return 1
    return 0


def _package(asked: argparse.Namespace) -> None:
    service = _load(asked)
    name = service["service"]
    _say(f"\nPackaging {name} for stage {asked.stage} ({asked.region})\n")
    core = json.loads(CORE.read_text(encoding="utf-8"))
    compiled = _compile(core, service, asked.stage)
    state = {
        "service": {
            "service": name,
            "provider": {**service["provider"], "compiledCloudFormationTemplate": compiled},
            "initialServerlessConfig": {},
        },
        "package": {"artifactDirectoryName": f"serverless/{name}/{asked.stage}/{_AT}", "artifact": ""},
    }
    asked.package.mkdir()
    for file, content in ((CREATE, core), (UPDATE, compiled), (STATE, state)):
        (asked.package / file).write_text(json.dumps(content, indent=2), encoding="utf-8")
    _say("✔ Service packaged (0s)")


def _print(asked: argparse.Namespace) -> None:
    _say(json.dumps(_load(asked), indent=2))


def _deploy(asked: argparse.Namespace) -> None:
    state = json.loads((asked.package / STATE).read_text(encoding="utf-8"))
    name, provider = state["service"]["service"], state["service"]["provider"]
    tags = {"STAGE": asked.stage, **(provider.get("stackTags") or {})}
    stack = Stack(provider.get("stackName") or f"{name}-{asked.stage}", asked.region, _key(asked.aws_profile))
    _say(f"\nDeploying {name} to stage {asked.stage} ({asked.region})\n")
    if not stack.exists():
        stack.change("CREATE", (asked.package / CREATE).read_text(encoding="utf-8"), tags)
    stack.change("UPDATE", json.dumps(provider["compiledCloudFormationTemplate"]), tags)
    _say(f"\n✔ Service deployed to stack {stack.name} (0s)")


def _load(asked: argparse.Namespace) -> Json:
    """Return the service as the real CLI resolves it."""
    text = asked.config.read_text(encoding="utf-8").replace("${sls:stage}", asked.stage)
    if "${" in text:
        raise StandInError(f"the stand-in resolves no variables: {text[text.index('${') :].split()[0]}")
    service = yaml.safe_load(text)
    strange = ({*service} - _KNOWN) | ({*service["provider"]} - _OF_PROVIDER)
    if strange:
        raise StandInError(f"the stand-in packages plain resources alone: {', '.join(sorted(strange))}")
    provider = {**service["provider"], "stage": "dev", "region": asked.region, "versionFunctions": True}
    parts = service.get("resources") or []
    merged: dict[str, Json] = {}
    for part in parts if isinstance(parts, list) else [parts]:
        merged |= {group: {**merged.get(group, {}), **members} for group, members in part.items()}
    return {"service": service["service"], "provider": provider, "resources": merged}


def _compile(core: Json, service: Json, stage: str) -> Json:
    """Return the template of the service's resources."""
    resources = service["resources"]
    bucket = {**core["Outputs"][_BUCKET], "Export": {"Name": f"sls-{service['service']}-{stage}-{_BUCKET}"}}
    return {
        **core,
        "Resources": {**core["Resources"], **resources.get("Resources", {})},
        "Outputs": {_BUCKET: bucket, **resources.get("Outputs", {})},
    }


def _key(profile: str) -> str:
    """Return the access key that a profile stands for; the emulator looks at nothing else."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(os.environ["AWS_CONFIG_FILE"], encoding="utf-8")
    return config[f"profile {profile}"]["aws_access_key_id"]


@dataclass(frozen=True)
class Stack:
    """A stack that is changed by change sets, with each event printed as it comes."""

    name: str
    region: str
    key: str

    def exists(self) -> bool:
        """Tell whether it is there."""
        status, body = self._call("DescribeStacks", StackName=self.name)
        if status != 200 and "does not exist" not in body:
            raise StandInError(body)
        return status == 200

    def change(self, kind: str, template: str, tags: Mapping[str, str]) -> None:
        """Create or update it, and wait for its end."""
        which = {"StackName": self.name, "ChangeSetName": f"{self.name}-change-set"}
        _say("Creating new change set")
        self._call("DeleteChangeSet", **which)  # the last one of this name, if there is one
        self._ask("CreateChangeSet", **which, ChangeSetType=kind, TemplateBody=template, **_listed(tags))
        self._ask("DescribeChangeSet", **which)
        seen = {number for number, *_ in self._events()}
        _say("Executing created change set")
        self._ask("ExecuteChangeSet", **which)
        self._follow(seen)

    def _follow(self, seen: set[str]) -> None:
        root = ""
        while True:
            for number, status, resource, logical, reason in self._events():
                if number in seen:
                    continue
                seen.add(number)
                _say(f"  {status} - {resource} - {logical}")
                if status.endswith("_FAILED") and not root:
                    root = f"{status}: {logical} ({resource})\n{reason}"
                if logical == self.name and _ENDS.search(status):
                    return self._conclude(root)
            time.sleep(_POLL_SECONDS)

    def _conclude(self, root: str) -> None:
        if root:
            _say(f"✖ Stack {self.name} failed to deploy (0s)")
            raise StandInError(root)

    def _events(self) -> Iterator[tuple[str, ...]]:
        """Yield all events from the oldest on: id, status, type, logical id, reason."""
        names = ("EventId", "ResourceStatus", "ResourceType", "LogicalResourceId", "ResourceStatusReason")
        found = re.findall(r"<member>(.*?)</member>", self._ask("DescribeStackEvents", StackName=self.name), re.DOTALL)
        for event in reversed(found):
            yield tuple(_element(event, name) for name in names)

    def _ask(self, action: str, **parameters: str) -> str:
        status, body = self._call(action, **parameters)
        if status != 200:
            raise StandInError(_element(body, "Message") or body)
        return body

    def _call(self, action: str, **parameters: str) -> tuple[int, str]:
        endpoint = urlsplit(os.environ["AWS_ENDPOINT_URL"])
        scope = f"{self.key}/20260101/{self.region}/cloudformation/aws4_request"
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection = HTTPConnection(endpoint.netloc, timeout=60)
        connection.request("POST", "/", urlencode({"Action": action, "Version": "2010-05-15", **parameters}), headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body


def _listed(tags: Mapping[str, str]) -> dict[str, str]:
    """Return what each change set is asked for with, as parameters of a query."""
    found = {"Capabilities.member.1": "CAPABILITY_IAM", "Capabilities.member.2": "CAPABILITY_NAMED_IAM"}
    for number, (key, value) in enumerate(tags.items(), 1):
        found |= {f"Tags.member.{number}.Key": key, f"Tags.member.{number}.Value": str(value)}
    return found


def _element(xml: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", xml, re.DOTALL)
    return html.unescape(found[1]) if found else ""


def _say(text: str) -> None:
    """Print a line at once: whoever watches reads along."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
