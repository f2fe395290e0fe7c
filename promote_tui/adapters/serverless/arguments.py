"""What the CLI is called with: its program, where it deploys to, and what people pass on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promote_tui.ports import Job

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
    """Return the arguments for the place, its configuration file, its credentials and the commit."""
    target, file = job.target, job.service.file
    place = ("--stage", target.serverless_stage, "--region", target.aws.region, *(("--config", file) if file else ()))
    return (*place, "--aws-profile", job.credentials.profile, "--param", f"commit={job.commit}")
