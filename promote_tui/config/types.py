"""The types of values in settings, each with its pattern and a message for a value that does not fit."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field
from pydantic_core import PydanticCustomError, core_schema

from promote_tui.config.problems import quote
from promote_tui.core.durations import to_seconds
from promote_tui.core.model.placeholders import NAMES, placeholders
from promote_tui.core.model.ticket_pattern import pattern_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

_HOLE = r"\{(?:service|stage)\}"


def value_error(message: str) -> PydanticCustomError:
    """Return the error whose text reaches the user as it is."""
    return PydanticCustomError("plain", "{message}", {"message": message})


@dataclass(frozen=True, slots=True)
class Shape:
    """Text that matches a pattern from end to end; the pattern goes into the JSON Schema too."""

    pattern: str
    message: str

    def check(self, value: str) -> str:
        """Return the value; raises the error that quotes it."""
        if re.fullmatch(self.pattern, value):
            return value
        raise value_error(f"{quote(value)} {self.message}")

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:  # noqa: ANN401 - pydantic's protocol
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core), "pattern": f"^(?:{self.pattern})$"}


def either(choose: Callable[[Any], str]) -> Discriminator:
    """Return the choice between the kinds of one setting; `choose` names a tag, written `~tag`, for any value."""
    return Discriminator(choose)


def _with_unit(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise value_error("is a number without a unit; write 90s, 10m, 4h or 1d")
    return value


def _date(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise value_error(f"{quote(value)} is not a day of the calendar; write it as 2026-12-20") from error
    return value


def _session(value: str) -> str:
    if not _SHORTEST_SESSION <= to_seconds(value) <= _LONGEST_SESSION:
        raise value_error(f"{value} is not a time that AWS gives a role for; write 15m to 12h")
    return value


_SHORTEST_SESSION, _LONGEST_SESSION = 900, 12 * 3600


def _zone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        if not zoneinfo.available_timezones():
            what = "cannot be checked, this machine has no time zones"
            raise value_error(f"{what}; install the package tzdata") from error
        raise value_error(f"{quote(value)} is not a time zone; write it as Europe/Berlin or UTC") from error
    return value


def _repo(value: str) -> str:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://[^/]*:[^/]*@", value):
        raise value_error("holds a password; remove it and leave credentials to git's credential helper")
    if "://" in value and not re.fullmatch(URL, value):
        raise value_error(f"{quote(value)} cannot be fetched; use a path, https://, ssh://, git@host:path or file://")
    return value


def _first(value: list[str]) -> list[str]:
    if value and not value[0].strip():
        raise value_error("names no program; begin with one")
    return value


def _known(value: str) -> str:
    for name in placeholders(value):
        if name not in NAMES:
            what = f"{quote(value)} has the unknown placeholder {{{name}}}"
            names = "}, {".join(NAMES)
            raise value_error(f"{what}; use {{{names}}}, or spaces inside braces that are not placeholders")
    return value


_RESERVED = re.compile(r"(?:-[srp]|--(?:stage|region|aws-profile|package))(?:=.*)?", re.DOTALL)
_CONFIG = re.compile(r"(?:-c|--config)(?:=.*)?", re.DOTALL)


def _args(value: list[str]) -> list[str]:
    for before, word in zip(["", *value], value, strict=False):
        if _RESERVED.fullmatch(word):
            raise value_error(f"{quote(word)} is set by promote-tui from the stage; remove it")
        if _CONFIG.fullmatch(word):
            remedy = "name the service's configuration file in its `file`"
            raise value_error(f"{quote(word)} is set by promote-tui; {remedy}")
        if re.match(r"(?:--param=)?commit=", word) and (before == "--param" or word.startswith("--")):
            raise value_error("the parameter commit is set by promote-tui; remove it")
    return value


_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
}


def _ticket_pattern(value: str) -> str:
    problem = pattern_problem(value)
    if problem:
        raise value_error(f"{quote(value)} {problem}")
    return value


def _variable(value: str) -> str:
    if value in _CREDENTIALS:
        raise value_error(f"{value} would replace the stage's checked credentials; set the stage's aws.profile instead")
    return value


def _parameter(value: str) -> str:
    if value == "commit":
        raise value_error("the parameter commit is set by promote-tui; remove it")
    return value


_WORD = r"[^\x00-\x1f\x7f]+"
URL = r"(?:https://|ssh://)(?:[A-Za-z0-9._~-]+@)?[A-Za-z0-9\[][^\s]*|file:///[^\n]*"
_INSIDE = r"(?!/)(?!(?:.*/)?\.\.(?:/|$))"
LOCAL_PATH = rf"(?![A-Za-z][A-Za-z0-9+.-]*://)(?![^/\s]+@[^/\s]+:)(?=.*\S){_WORD}"
_VARIABLE = r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"
_FILLED = rf"\{{(?:{'|'.join(NAMES)})\}}"
_OUTPUT = r"\{output\.[A-Za-z0-9]+\}"

Name = Annotated[
    str,
    Shape(
        r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}",
        "is not a name; use letters, digits, dots, dashes and underscores, a letter or digit first",
    ),
]
Line = Annotated[str, Shape(rf"(?=.*\S){_WORD}", "is empty or more than one line; write one line of text")]
Account = Annotated[
    str, Shape("[0-9]{12}", 'is not an AWS account; write its twelve digits in quotes, such as "111111111111"')
]
Region = Annotated[str, Shape(r"[a-z]{2,6}(?:-[a-z]+)+-[0-9]{1,2}", "is not an AWS region; write it as eu-west-1")]
RoleArn = Annotated[
    str,
    Shape(
        r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+",
        "is not the ARN of a role; write it as arn:aws:iam::111111111111:role/NAME",
    ),
]
ExternalId = Annotated[
    str, Shape(r"[A-Za-z0-9_+=,.@:/-]{2,1224}", "is not an external id; write 2 to 1224 of A-Z a-z 0-9 _+=,.@:/-")
]
AccountTag = Annotated[
    str,
    Shape(
        r"[A-Za-z0-9 _.:/+@-]{1,128}=(?:[A-Za-z0-9 _.:/=+@*-]|\{user\}){0,256}", "is not a tag; write it as KEY=VALUE"
    ),
]
MfaDevice = Annotated[
    str,
    Shape(
        r"arn:aws[a-z-]*:iam::[0-9]{12}:mfa/(?:[A-Za-z0-9+=,.@_/-]|\{user\})+",
        "is not the ARN of an MFA device; write it as arn:aws:iam::111111111111:mfa/NAME",
    ),
]
Branch = Annotated[
    str, Shape(r"[^\s~^:?\[\\*{}-][^\s~^:?\[\\*]*", "is not a branch; write one branch's name, without patterns")
]
BranchPattern = Annotated[
    str, Shape(r"[^\s~^:?\[\\-][^\s~^:?\[\\]*", "is not a branch or a pattern; write a name such as main or feature/*")
]
RemoteName = Annotated[
    str, Shape(r"[^\s~^:?\[\\*{}-][^\s~^:?\[\\*]*", "is not a remote of git; write its name, such as origin")
]
Duration = Annotated[
    str,
    Shape("[1-9][0-9]{0,5}[smhd]", "is not a duration; write a number and a unit: 90s, 10m, 4h or 1d"),
    BeforeValidator(_with_unit),
]
SessionDuration = Annotated[Duration, AfterValidator(_session)]
Folder = Annotated[
    str, Shape(_INSIDE + _WORD, "leaves the repository or is empty; write a path from the repository's root")
]
File = Annotated[
    str,
    Shape(
        _INSIDE + rf"(?:[^\x00-\x1f\x7f{{}}]|\{{(?:{'|'.join(NAMES)})\}})+",
        f"is not a file of the checkout; write a path from its root, with no placeholders but {{{'}, {'.join(NAMES)}}}",
    ),
]
FilePattern = Annotated[
    str, Shape(_INSIDE + _WORD, "leaves the repository or is empty; write a pattern such as orders/migrations/*")
]
StackTemplate = Annotated[
    str,
    Shape(
        rf"(?:[A-Za-z]|{_HOLE})(?:[A-Za-z0-9-]|{_HOLE})*",
        "is not a stack name; use letters, digits and dashes, and no placeholders but {service} and {stage}",
    ),
]
OutputName = Annotated[
    str,
    Shape(
        "(?=.*[A-Za-z0-9])[A-Za-z0-9*]{1,255}",
        "is not a stack output; write its name in letters and digits, with * for any characters",
    ),
]
TagName = Annotated[str, Shape(r"(?!aws:)[A-Za-z0-9_ .:/=+@-]{1,128}", "is not the key of a stack tag; rewrite it")]
Table = Annotated[
    str,
    Shape("[A-Za-z0-9_.-]{3,255}", "is not a table's name; use 3 to 255 letters, digits, dots, dashes and underscores"),
]
Variable = Annotated[
    str,
    Shape("[A-Za-z_][A-Za-z0-9_]*", "is not the name of an environment variable; rewrite it"),
    AfterValidator(_variable),
]
Template = Annotated[
    str,
    Shape(
        rf"(?:[^$]|\$(?!\{{)|{_VARIABLE})*",
        "has a ${...} that is not an environment variable; write ${NAME}",
    ),
    AfterValidator(_known),
]
ParameterName = Annotated[
    str,
    Shape(
        "[A-Za-z_][A-Za-z0-9_-]{0,127}", "is not the name of a parameter; use letters, digits, dashes and underscores"
    ),
    AfterValidator(_parameter),
]
ParameterText = Annotated[Template, Shape(r"[^\x00]+", "is empty; remove the parameter, or give it a value")]
SsmName = Annotated[
    str,
    Shape(
        rf"(?:[A-Za-z0-9_.:/-]|{_FILLED})+",
        "is not the name of an SSM parameter; write it as /orders/{stage}/api-key",
    ),
]
SecretName = Annotated[
    str,
    Shape(
        rf"(?:[A-Za-z0-9/_+=.@:-]|{_FILLED})+",
        "is not the name of a secret; write its name or ARN, such as orders/{stage}/api-key",
    ),
]
OutputKey = Annotated[str, Shape("[A-Za-z0-9]{1,255}", "is not a stack output; write its name in letters and digits")]
ConfigurationFile = Annotated[
    str,
    Shape(
        r"[A-Za-z0-9][A-Za-z0-9._-]*\.(?:yml|yaml|json|js|cjs|mjs|ts)",
        "is not a configuration file of the service's folder; write its name, such as serverless.worker.yml",
    ),
]
WeekTime = Annotated[
    str,
    Shape(
        "(?:mon|tue|wed|thu|fri|sat|sun) (?:[01][0-9]|2[0-3]):[0-5][0-9]",
        'is not a time of the week; write it as "fri 16:00"',
    ),
]
Date = Annotated[
    str, Shape("[0-9]{4}-[0-9]{2}-[0-9]{2}", "is not a date; write it as 2026-12-20"), AfterValidator(_date)
]
Zone = Annotated[
    str,
    Shape(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*", "is not a time zone; write it as Europe/Berlin or UTC"),
    AfterValidator(_zone),
]
HealthUrl = Annotated[
    str,
    Shape(
        rf"(?:https?://|{_OUTPUT})(?:[^\s{{}}]|{_OUTPUT})*",
        "is not a URL; write http(s)://..., with no placeholders but {output.NAME}",
    ),
]
Webhook = Annotated[
    str, Shape(rf"https://\S+|{_VARIABLE}", "is not a webhook; write ${NAME} of a variable that holds it, or its URL")
]
SecretVariable = Annotated[str, Shape(_VARIABLE, "is not a variable; write ${NAME} of the one that holds the secret")]
ApiUrl = Annotated[
    str,
    Shape(
        r"https://[^\s?#@]+|http://(?:127\.0\.0\.1|localhost)(?::\d+)?(?:/[^\s?#@]*)?",
        "is not the address of an API; write https://..., without a token in it",
    ),
]
TicketUrl = Annotated[
    str,
    Shape(r"https?://[^\s{}<>]*\{id\}[^\s{}<>]*", "is not a ticket's URL; write http(s)://... with {id} for its id"),
]
TicketPattern = Annotated[str, AfterValidator(_ticket_pattern)]
Topic = Annotated[str, Shape(rf"arn:\S+|{_VARIABLE}", "is not a topic; write its ARN")]
Repo = Annotated[str, Shape(rf"(?=.*\S){_WORD}", "is not a repository; write a path or a URL"), AfterValidator(_repo)]
LocalPath = Annotated[str, Shape(LOCAL_PATH, "is not a path on this machine; write one, relative to this file")]
Argv = Annotated[list[str], Field(min_length=1), AfterValidator(_first)]
Word = Annotated[str, AfterValidator(_known)]
DeployArgv = Annotated[list[Word], Field(min_length=1), AfterValidator(_first)]
Args = Annotated[list[Word], AfterValidator(_args)]
