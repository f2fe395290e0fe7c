"""What the CLI is called with: its program, where it deploys to, and what people pass on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.process.environment import parameters, public_text

if TYPE_CHECKING:
    from promote_tui.core.model.deploy_values import DeployValue
    from promote_tui.ports import Job

_VARIABLE = "PROMOTE_TUI_PARAM_"
_DEPLOY_ONLY = frozenset(
    {
        "--aws-s3-accelerate",
        "--conceal",
        "--enforce-hash-update",
        "--force",
        "--minify-template",
        "--no-aws-s3-accelerate",
    }
)


def program_words(job: Job) -> tuple[str, ...]:
    """Return the command; a program that is a relative path is one of the service's folder."""
    program, *rest = job.service.deploy.command
    return (str(Path(job.checkout.service) / program) if "/" in program else program, *rest)


def packaging_arguments(job: Job) -> tuple[str, ...]:
    """Return the arguments for packaging and printing: what only a deploy knows is left out."""
    settings = job.service.deploy
    args = settings.args if settings.package_args is None else settings.package_args
    return tuple(word for word in args if word.partition("=")[0] not in _DEPLOY_ONLY)


def target_arguments(job: Job) -> tuple[str, ...]:
    """Return the arguments for the place, its configuration file, its credentials, the commit and the parameters."""
    target, file = job.target, job.service.file
    place = ("--stage", target.serverless_stage, "--region", target.aws.region, *(("--config", file) if file else ()))
    return (*place, "--aws-profile", job.credentials.profile, "--param", f"commit={job.commit}", *_parameters(job))


def parameter_variables(job: Job) -> dict[str, str]:
    """Return the environment that the parameters come through which no list of processes may show.

    `--param NAME=${env:VARIABLE}` makes the CLI read them there. What it would replace in them is escaped. Raises
    DeployError where a value is not known.
    """
    hidden = {name for name, value in job.service.deploy.params if not _is_shown(value)}
    found = parameters(job.service)
    return {f"{_VARIABLE}{name}": _escape(found[name]) for name in found if name in hidden}


def _parameters(job: Job) -> tuple[str, ...]:
    words: list[str] = []
    for name, value in job.service.deploy.params:
        text = public_text(value) if _is_shown(value) else f"${{env:{_VARIABLE}{name}}}"
        words += ["--param", f"{name}={text}"]
    return tuple(words)


def _is_shown(value: DeployValue) -> bool:
    """Tell whether it may stand in the command; the CLI refuses an empty value there, and would replace `${`."""
    text = public_text(value)
    return bool(text) and "${" not in (text or "")


def _escape(text: str) -> str:
    r"""Return the text as the CLI reads it back: `${` is written `\${`, and backslashes before it are doubled."""
    return re.sub(r"(\\*)\$\{", lambda found: f"{found[1] * 2}\\${{", text)
