"""How the Serverless CLI is called."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, Tag

from promote_tui.config import types as f
from promote_tui.config.schema.block import Block


class Timeout(Block):
    """When the Serverless CLI is stopped."""

    idle: f.Duration = Field("10m", description="Without any output while the stack is not being updated.")
    total: f.Duration = Field("60m", description="In all.")


Install = Annotated[
    Annotated[Literal["auto", "never"], Tag("~word")] | Annotated[f.DeployArgv, Tag("~command")],
    f.either(lambda value: "~command" if isinstance(value, list) else "~word"),
]


class Arguments(Block):
    """Arguments for each of the CLI's commands."""

    package: f.Args = Field([], description="Appended to package.")
    deploy: f.Args = Field([], description="Appended to deploy.")


ArgsChoice = Annotated[
    Annotated[f.Args, Tag("~both")] | Annotated[Arguments, Tag("~each")],
    f.either(lambda value: "~each" if isinstance(value, dict | Arguments) else "~both"),
]


class SsmReference(Block):
    """A value of the SSM Parameter Store."""

    ssm: f.SsmName = Field(description="The parameter's name or ARN, in the stage's account and region.")


class SecretReference(Block):
    """A value of AWS Secrets Manager."""

    secret: f.SecretName = Field(description="The secret's name or ARN, in the stage's account and region.")
    key: f.Line | None = Field(None, description="The entry, of a secret that is a JSON object.")


class OutputReference(Block):
    """An output of another service's stack."""

    output: f.OutputKey = Field(description="The output's name.")
    service: f.Name = Field(description="The service, whose stack in the same stage is read.")


def _kind_of_value(value: object) -> str:
    if isinstance(value, SsmReference) or (isinstance(value, dict) and "ssm" in value):
        return "~ssm"
    if isinstance(value, SecretReference) or (isinstance(value, dict) and "secret" in value):
        return "~secret"
    return "~output" if isinstance(value, dict | OutputReference) else "~text"


_References: TypeAlias = (
    Annotated[SsmReference, Tag("~ssm")]
    | Annotated[SecretReference, Tag("~secret")]
    | Annotated[OutputReference, Tag("~output")]
)
VariableValue = Annotated[Annotated[f.Template, Tag("~text")] | _References, f.either(_kind_of_value)]
ParameterValue = Annotated[Annotated[f.ParameterText, Tag("~text")] | _References, f.either(_kind_of_value)]


class Deploy(Block):
    """How the Serverless CLI is prepared and called; {stage}, {service}, {region} and {user} are replaced."""

    command: f.DeployArgv = Field(
        ["serverless"], description="The CLI as an argv list: serverless, sls, osls, [npx, serverless] or a wrapper."
    )
    install: Install = Field(
        "auto", description="auto: with the nearest lockfile's package manager; never; or a command as an argv list."
    )
    before: list[f.DeployArgv] = Field([], description="Commands (argv lists) in the checkout before packaging.")
    args: ArgsChoice = Field(
        [], description="Arguments appended to package and deploy; or {package: [...], deploy: [...]}."
    )
    env: dict[f.Variable, VariableValue] = Field(
        {},
        description="Environment of the CLI: text, in which ${VAR} is read from your environment, or {ssm: NAME},"
        " {secret: NAME, key: KEY}, {output: NAME, service: NAME}. Masked in logs.",
    )
    params: dict[f.ParameterName, ParameterValue] = Field(
        {},
        description="Parameters, for ${param:NAME} in serverless.yml; values as in `env`. Only literal text is passed"
        " in the command.",
    )
    pass_env: list[f.Variable] = Field([], description="Names of your environment variables that the CLI gets.")
    files: list[f.File] = Field(
        [],
        description='Files copied from your folder into the checkout: untracked ones, such as ".env.{stage}".',
    )
    timeout: Timeout = Field(default_factory=Timeout, description="When the CLI is stopped.")
