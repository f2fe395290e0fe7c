"""Small real Serverless services, and a stage's credentials for the emulator, for tests that deploy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import promote_tui.demo
from promote_tui.ports import ChildCredentials, Identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.demo.emulator import Emulator

DEMO = Path(promote_tui.demo.__file__).parent
OSLS = DEMO / "serverless" / "node_modules" / ".bin" / "osls"
PROFILE = "promote-tui"

_HEAD = """\
service: {name}
provider:
  name: aws
  runtime: nodejs20.x
"""
_VALUE = """\
resources:
  Resources:
    Value:
      Type: AWS::SSM::Parameter
      Properties:
        Name: /${{self:service}}/${{opt:stage, 'dev'}}/value
        Type: String
        Value: "{value}"
"""
_FUNCTION = """\
functions:
  hello:
    handler: handler.hello
"""
_FAILING = """\
    Broken:
      Type: Custom::NobodyServesThis
      Properties: {Why: no ServiceToken}
"""
_SLOW = """\
    Handle{nonce}:
      Type: AWS::CloudFormation::WaitConditionHandle
    Wait{nonce}:
      Type: AWS::CloudFormation::WaitCondition
      Properties:
        Handle: {{Ref: Handle{nonce}}}
        Timeout: "{seconds}"
"""
_OUTPUT = """\
  Outputs:
    {output}:
      Value: "{expression}"
"""


def write_service(folder: Path, name: str = "orders", *, value: str = "1", provider: str = "") -> Path:
    """Write a service of one SSM parameter, the quickest to deploy; return its folder.

    `provider` is more YAML for the provider block, indented by two.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "serverless.yml").write_text(_HEAD.format(name=name) + provider + _VALUE.format(value=value))
    return folder


def add_function(service: Path, body: str = "({statusCode: 200})") -> Path:
    """Give a service a Lambda function that answers `body`."""
    (service / "handler.js").write_text(f"exports.hello = async () => {body};\n")
    return _change(service, lambda text: _FUNCTION + text if _FUNCTION not in text else text)


def make_failing(service: Path) -> Path:
    """Give a service a resource that nobody can create: its deploy fails at once and rolls back."""
    return _change(service, lambda text: text + _FAILING)


def make_slow(service: Path, seconds: int = 60, nonce: str = "A") -> Path:
    """Give a service a resource that takes `seconds` and then fails, unless it is signalled.

    An update waits again only for another `nonce`.
    """
    return _change(service, lambda text: text + _SLOW.format(seconds=seconds, nonce=nonce))


def add_output(service: Path, expression: str = "${param:commit, 'unknown'}", output: str = "DeployedCommit") -> Path:
    """Let a service report its commit in the open."""
    return _change(service, lambda text: text + _OUTPUT.format(output=output, expression=expression))


def lend(folder: Path, emulator: Emulator, account: str, region: str = "eu-west-1") -> ChildCredentials:
    """Return credentials of an account on the emulator, in a private file in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "aws-config"
    config.touch(mode=0o600)
    keys = f"aws_access_key_id = {account}\naws_secret_access_key = sandbox-secret-key"
    config.write_text(f"[profile {PROFILE}]\n{keys}\nregion = {region}\n")
    environment = {
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": emulator.url,
        "SLS_AWS_MONITORING_FREQUENCY": "200",
    }
    identity = Identity(account, f"arn:aws:iam::{account}:root", "root")
    return ChildCredentials(PROFILE, environment, identity, None, ("sandbox-secret-key",))


def _change(service: Path, change: Callable[[str], str]) -> Path:
    file = service / "serverless.yml"
    file.write_text(change(file.read_text()))
    return service
