"""`{user}` in stages: filled in wherever a stage is named or described, before anything else is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from promote_tui.config.problems import Problem, quote
from promote_tui.config.targets import stacks_of_several
from promote_tui.core.model.placeholders import fill_placeholders, placeholders
from promote_tui.core.model.users import PLACEHOLDER, is_user

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.config.yaml_tree import Node

_ACCOUNT = ("stages", "*", "aws", "account")
_TEXTS = {
    ("stages", "*", "name"),
    ("stages", "*", "after"),
    ("stages", "*", "aws", "profile"),
    ("stages", "*", "aws", "role_arn"),
    ("stages", "*", "aws", "mfa"),
    ("services", "*", "stages", "*", "profile"),
    ("services", "*", "stages", "*", "role_arn"),
    ("services", "*", "stages", "*", "mfa"),
    ("notify", "*", "stages", "*"),
    ("views", "*", "filter"),
}
_BY_STAGE = {("services", "*", "stages"), ("organization", "stages"), ("profiles",)}
"""Mappings whose keys are stages."""


def fill_user(document: Node, user: str) -> Node:
    """Return a file as it is for a user: with their name, and their account where there is one for each user."""
    return _filled(document, (), user)


def _filled(node: Node, at: tuple[str, ...], user: str) -> Node:
    match node.value:
        case str() if at in _TEXTS:
            return replace(node, value=fill_placeholders(node.value, {"user": user}))
        case tuple():
            return replace(node, value=tuple(_filled(item, (*at, "*"), user) for item in node.value))
        case Mapping() if at == _ACCOUNT:
            return node.value.get(user, node)
        case Mapping():
            return replace(node, value=dict(_entries(node.value, at, user)))
        case _:
            return node


def _entries(entries: Mapping[str, Node], at: tuple[str, ...], user: str) -> Iterator[tuple[str, Node]]:
    for key, item in entries.items():
        is_stage = at in _BY_STAGE
        name = fill_placeholders(key, {"user": user}) if is_stage else key
        yield name, _filled(item, (*at, "*" if is_stage else key), user)


def broken_users(shared: Node, local: Node, user: str) -> Iterator[Problem]:
    """Yield where `{user}` cannot be filled in, or would not tell two people apart; `user` is the environment's."""
    yield from _misnamed(shared, local)
    stages = (*shared.get("stages").list(), *local.get("stages").list())
    yield from _shared_stages(stages)
    yield from stacks_of_several(shared.get("services").list(), stages)
    if not user and local.get("user").text() is None:
        yield from _nobody(shared, local)


def _misnamed(shared: Node, local: Node) -> Iterator[Problem]:
    """A user whom the name of a stage cannot hold."""
    user = local.get("user")
    if (text := user.text()) is not None and not is_user(text) and any(map(_has_user, (shared, local))):
        what = f"{quote(text)} cannot stand for {PLACEHOLDER} in the name of a stage"
        yield user.problem(f"{what}; use a-z, 0-9 and dashes, 32 at most, a letter or digit at both ends")


def _has_user(document: Node) -> bool:
    return fill_user(document, "anybody") != document


def _shared_stages(stages: Sequence[Node]) -> Iterator[Problem]:
    """Stages of one name in several people's accounts: their locks, runs and history would be one."""
    for stage in stages:
        account = stage.get("aws").get("account")
        if account.entries() and not _is_own(stage.get("name").text() or ""):
            yield account.problem(f"each user needs a stage of their own; put {PLACEHOLDER} into its name")


def _nobody(shared: Node, local: Node) -> Iterator[Problem]:
    """`{user}` in a deploy block that is not only for stages with `{user}` needs a user that this machine names."""
    stages = (*shared.get("stages").list(), *local.get("stages").list())
    services = shared.get("services").list()
    owners = [shared, *(stage for stage in stages if not _is_own(stage.get("name").text() or "")), *services]
    owners += [own for each in services for name, own in each.get("stages").entries().items() if not _is_own(name)]
    for node in (each for owner in owners for each in _scalars(owner.get("deploy"))):
        if "user" in placeholders(node.text() or ""):
            yield node.problem(f"{PLACEHOLDER} is `user` in promote-tui.local.yml, which is not set; set it there")


def _is_own(stage: str) -> bool:
    return PLACEHOLDER in stage


def _scalars(node: Node) -> Iterator[Node]:
    inner = (*node.list(), *node.entries().values())
    yield from (each for one in inner for each in _scalars(one)) if inner else (node,)
