"""A Serverless CLI for services of plain resources, in a tenth of the time; whatever else is asked of it, it refuses.

It packages, prints and deploys as the real one does, change set by change set, as far as promote-tui looks:
tests/contract/adapters/serverless/test_stand_in.py holds the two to each other. It is a program of its own, so
that it is started, logged, stopped and killed like the real one. It is started hundreds of times, so it imports
little: what would be convenient takes four times as long as all the rest.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sys
import time
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any, TypeAlias

    Json: TypeAlias = Any
    """What a file or a template holds."""

CORE = f"{os.path.splitext(__file__)[0]}.json"
"""The template of a service without resources, as the real CLI makes it."""

CREATE, UPDATE = (f"cloudformation-template-{kind}-stack.json" for kind in ("create", "update"))
STATE = "serverless-state.json"
_NAMES = ("stage", "region", "aws-profile", "param", "package", "config", "format")
_KNOWN = {"service", "provider", "resources"}
_OF_PROVIDER = {"name", "runtime", "stackName", "stackTags"}
_BUCKET = "ServerlessDeploymentBucketName"
_AT = "1767225600000-2026-01-01T00:00:00.000Z"
_ENDS = re.compile(r"_COMPLETE$|ROLLBACK_FAILED$|^(?:CREATE|UPDATE|DELETE)_FAILED$")
_POLL_SECONDS = 0.05
_OPTIONS = {f"--{name}": name.replace("-", "_") for name in _NAMES}


def install(folder: Path) -> Path:
    """Write the program `osls` into a folder and return its path."""
    import yaml

    places = [os.path.dirname(__file__), os.path.dirname(os.path.dirname(yaml.__file__))]
    code = f"import sys; sys.path += {places}; from stand_in_cli import main; sys.exit(main(sys.argv[1:]))"
    program = folder / "osls"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S -c "{code}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return program


class StandInError(Exception):
    """Why it ends with 1: only the real CLI can do it, or CloudFormation failed."""


def main(words: list[str]) -> int:
    """Run a command and return the exit code."""
    try:
        command, *options = words
        {"package": _package, "print": _print, "deploy": _deploy}[command](_parse(options))
    except StandInError as error:
        _say(f"\nError:\n{error}")
        return 1
    return 0


def _parse(words: list[str]) -> SimpleNamespace:
    """Return the options; raises KeyError for a strange one, ValueError for one without a value."""
    given = [word for word in words if word != "--verbose"]
    found = {_OPTIONS[name]: value for name, value in zip(given[::2], given[1::2], strict=True)}
    missing = {"stage", "region", "aws_profile", "param"} - {*found}
    if missing:
        raise StandInError(f"the stand-in is not told: {', '.join(sorted(missing))}")
    return SimpleNamespace(**{"config": "serverless.yml", "package": ""} | found)


def _package(asked: SimpleNamespace) -> None:
    service = _load(asked)
    name = service["service"]
    _say(f"\nPackaging {name} for stage {asked.stage} ({asked.region})\n")
    core = json.loads(_read(CORE))
    compiled = _compile(core, service, asked.stage)
    state = {
        "service": {
            "service": name,
            "provider": {**service["provider"], "compiledCloudFormationTemplate": compiled},
            "initialServerlessConfig": {},
        },
        "package": {"artifactDirectoryName": f"serverless/{name}/{asked.stage}/{_AT}", "artifact": ""},
    }
    os.mkdir(asked.package)
    for file, content in ((CREATE, core), (UPDATE, compiled), (STATE, state)):
        with open(os.path.join(asked.package, file), "w", encoding="utf-8") as out:
            json.dump(content, out, indent=2)
    _say("✔ Service packaged (0s)")


def _print(asked: SimpleNamespace) -> None:
    _say(json.dumps(_load(asked), indent=2))


def _deploy(asked: SimpleNamespace) -> None:
    state = json.loads(_read(os.path.join(asked.package, STATE)))
    name, provider = state["service"]["service"], state["service"]["provider"]
    tags = {"STAGE": asked.stage, **(provider.get("stackTags") or {})}
    stack = Stack(provider.get("stackName") or f"{name}-{asked.stage}", asked.region, _key(asked.aws_profile))
    _say(f"\nDeploying {name} to stage {asked.stage} ({asked.region})\n")
    if not stack.exists():
        stack.change("CREATE", _read(os.path.join(asked.package, CREATE)), tags)
    stack.change("UPDATE", json.dumps(provider["compiledCloudFormationTemplate"]), tags)
    _say(f"\n✔ Service deployed to stack {stack.name} (0s)")


def _load(asked: SimpleNamespace) -> Json:
    """Return the service as the real CLI resolves it."""
    import yaml

    text = _read(asked.config).replace("${sls:stage}", asked.stage)
    if "${" in text:
        raise StandInError(f"the stand-in resolves no variables: {text[text.index('${') :].split()[0]}")
    service = yaml.load(text, yaml.CSafeLoader)
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
    block = rf"^\[profile {re.escape(profile)}\]$[^\[]*?^aws_access_key_id = (\S+)$"
    found = re.search(block, _read(os.environ["AWS_CONFIG_FILE"]), re.MULTILINE)
    if not found:
        raise StandInError(f"the stand-in finds no profile {profile}")
    return found[1]


class Stack:
    """A stack that is changed by change sets, with each event printed as it comes."""

    def __init__(self, name: str, region: str, key: str) -> None:
        self.name = name
        self.region = region
        self.key = key

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
        body = urlencode({"Action": action, "Version": "2010-05-15", **parameters}).encode()
        head = (
            "POST / HTTP/1.0",
            f"Host: {endpoint.netloc}",
            f"Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        )
        with socket.create_connection((endpoint.hostname, endpoint.port), timeout=60) as connection:
            connection.sendall("".join(f"{line}\r\n" for line in (*head, "")).encode() + body)
            with connection.makefile("rb") as answer:
                status, _, told = answer.read().partition(b"\r\n")
        return int(status.split()[1]), told.partition(b"\r\n\r\n")[2].decode()


def _listed(tags: Mapping[str, str]) -> dict[str, str]:
    """Return what each change set is asked for with, as parameters of a query."""
    found = {"Capabilities.member.1": "CAPABILITY_IAM", "Capabilities.member.2": "CAPABILITY_NAMED_IAM"}
    for number, (key, value) in enumerate(tags.items(), 1):
        found |= {f"Tags.member.{number}.Key": key, f"Tags.member.{number}.Value": str(value)}
    return found


def _element(xml: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", xml, re.DOTALL)
    return _unescape(found[1]) if found else ""


def _unescape(text: str) -> str:
    if "&" not in text:
        return text
    import html

    return html.unescape(text)


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def _say(text: str) -> None:
    """Print a line at once: whoever watches reads along."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
