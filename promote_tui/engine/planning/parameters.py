"""Refuses a commit that asks for parameters which nothing gives, before it is packaged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError
from promote_tui.core.text import list_first
from promote_tui.engine.planning.origins import configuration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.model.pipeline import DeploySettings, Service, Target
    from promote_tui.engine.context import Context

_ARGUMENT = re.compile(r"(?:--param=)?([^=]+)=")
_NAMED = 20


def require_parameters(context: Context, service: Service, target: Target, commit: str) -> None:
    """Raise DeployError where the service's configuration asks for parameters that nothing gives; GitError."""
    main, texts = configuration(context, service, commit)
    if not main:
        return
    given = {"commit", *_given(service.deploy)}
    missing = [name for name in context.deployer.configuration.required_parameters(main, texts) if name not in given]
    if missing:
        cause = f"{main} asks for parameters that nothing gives: {list_first(missing, _NAMED)}"
        remedy = "add them to `deploy.params`, or give them a default in the file"
        raise DeployError(str(target), cause, remedy)


def _given(settings: DeploySettings) -> Iterator[str]:
    yield from (name for name, _ in settings.params)
    args = settings.args if settings.package_args is None else settings.package_args
    for before, word in zip(("", *args), args, strict=False):
        found = _ARGUMENT.match(word)
        if found and (before == "--param" or word.startswith("--param=")):
            yield found[1]
