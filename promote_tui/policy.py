"""Which configuration rules: reads the committed one beside the file here, as far as there is one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from promote_tui.adapters.git.remote_config import Committed, CommittedConfig, NotCommitted
from promote_tui.config.loader import Config, load_committed
from promote_tui.config.source import read_file
from promote_tui.core.errors import GitError
from promote_tui.core.gates.effective_config import describe_differences, effective_pipeline, governed_stages
from promote_tui.core.model.policy_source import PolicyOrigin
from promote_tui.core.text import short
from promote_tui.core.value import replace
from promote_tui.paths import cache_folder


def with_policy(here: Config) -> tuple[Config, Config | None]:
    """Return the configuration as people see it, and the committed one where its stages with gates go by that.

    Where there is no committed one the policy is local, and says why; where it cannot be read, that is said, and
    closes each stage. Raises ConfigError where the committed file itself is wrong.
    """
    try:
        found, committed = _committed(Path(here.pipeline.path), here.remote, here.pipeline.user)
    except GitError as error:
        why = f"its repository cannot be read: {error.cause}"
        return _under(here, PolicyOrigin("local", why, unread=True)), None
    if isinstance(found, NotCommitted):
        return _under(here, PolicyOrigin("local", found.why)), None
    if committed is None:
        return _local(here, found, f"it is not on {found.ref} yet"), None
    if committed.policy == "local":
        return _local(here, found, f"{found.ref} says so"), None
    if not governed_stages(committed.pipeline):
        return _local(here, found, f"no stage has gates on {found.ref}"), None
    differs = describe_differences(here.pipeline, committed.pipeline)
    differs = (*differs, *(name for name in ("ledger", "remote") if getattr(here, name) != getattr(committed, name)))
    origin = PolicyOrigin("remote", "", found.ref, found.sha, found.fetched_at, differs)
    ruling = replace(committed, pipeline=replace(committed.pipeline, policy=origin))
    seen = replace(effective_pipeline(here.pipeline, committed.pipeline), policy=origin)
    return replace(here, pipeline=seen, ledger=committed.ledger), ruling


def _committed(path: Path, remote: tuple[str, ...], user: str) -> tuple[Committed | NotCommitted, Config | None]:
    """Return what is committed, and the configuration that it is.

    Where that one names another remote as the team's, it is read from there: the file here cannot choose one.
    """
    found = CommittedConfig(path, remote).read()
    config = _loaded(path, found, remote, user)
    if config is None or not config.remote or CommittedConfig(path, config.remote).remote() == _remote(found):
        return found, config
    there = CommittedConfig(path, config.remote).read()
    return there, _loaded(path, there, config.remote, user)


def _remote(found: Committed | NotCommitted) -> str | None:
    return found.remote if isinstance(found, Committed) else None


def _loaded(path: Path, found: Committed | NotCommitted, remote: tuple[str, ...], user: str) -> Config | None:
    if isinstance(found, NotCommitted) or found.content is None:
        return None
    where = f"{found.ref}@{short(found.sha)}"
    read_compose = partial(_read_committed, remote)
    return load_committed(path, found.content, where, cache_folder(), user, read_compose=read_compose)


def _read_committed(remote: tuple[str, ...], path: Path) -> bytes | None:
    """Return what another file of the configuration holds on its own remote; as it is here, where it has none."""
    found = CommittedConfig(path, remote).read()
    return read_file(path) if isinstance(found, NotCommitted) else found.content


def _local(here: Config, found: Committed, why: str) -> Config:
    return _under(here, PolicyOrigin("local", why, found.ref, found.sha, found.fetched_at))


def _under(here: Config, policy: PolicyOrigin) -> Config:
    return replace(here, pipeline=replace(here.pipeline, policy=policy))
