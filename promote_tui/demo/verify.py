"""What the stacks of the sandbox say, read by an AWS client that shares nothing with the program's own.

It runs as a process of its own, in the sandbox's environment: the user's AWS files are out of its reach.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promote_tui.core.errors import AwsError
from promote_tui.demo.world import ACCOUNTS, OUTPUT, REGION, SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.demo.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class SeenStack:
    """A stack: its CloudFormation status and the commit in its output."""

    status: str
    commit: str | None


def read_stacks(built: Sandbox) -> dict[tuple[str, str], SeenStack | None]:
    """Return what is there for every (service, stage), None where there is no stack; raises AwsError."""
    done = subprocess.run(
        [sys.executable, "-m", "promote_tui.demo.verify"],
        env=dict(built.environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AwsError("demo", f"the stacks cannot be read: {(done.stderr.splitlines() or ['?'])[-1]}", "try again")
    stacks = json.loads(done.stdout)
    return {
        (service, stage): SeenStack(**found) if (found := stacks[stage].get(f"{service}-{stage}")) else None
        for service in SERVICES
        for stage in ACCOUNTS
    }


def differences(matrix: Mapping[str, Any], seen: Mapping[tuple[str, str], SeenStack | None]) -> list[str]:
    """Return where `status --json` and the stacks do not agree, a line for each."""
    rows = {row["name"]: row["stages"] for row in matrix["services"]}
    found = []
    for (service, stage), stack in seen.items():
        cell = rows.get(service, {}).get(stage, {})
        says = (cell.get("stack_status"), cell.get("commit"))
        is_so = (stack.status, stack.commit) if stack else (None, None)
        if says != is_so:
            found.append(f"{service}/{stage}: status says {_words(*says)}, the stack is {_words(*is_so)}")
    return found


def _words(status: str | None, commit: str | None) -> str:
    return f"{status or 'not there'} with commit {commit or 'unknown'}" if status or commit else "not there"


def main() -> None:
    """Print the stacks of the three accounts as JSON: stage -> stack -> status and commit."""
    import boto3  # noqa: PLC0415 - only this process needs it, and the demo starts faster without

    found = {}
    for stage in ACCOUNTS:
        client = boto3.Session(profile_name=f"acme-{stage}", region_name=REGION).client("cloudformation")
        pages = client.get_paginator("describe_stacks").paginate()
        found[stage] = {
            stack["StackName"]: {
                "status": stack["StackStatus"],
                "commit": next((o["OutputValue"] for o in stack.get("Outputs", []) if o["OutputKey"] == OUTPUT), None),
            }
            for page in pages
            for stack in page["Stacks"]
        }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
