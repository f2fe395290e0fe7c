"""Where each service lands in each stage: its stack has a name that AWS takes, and is no other service's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.config.problems import Problem, quote
from promote_tui.config.yaml_tree import Node
from promote_tui.core.model.users import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator


_STACK = re.compile("[A-Za-z][A-Za-z0-9-]{0,127}")


def stack_name(template: str, service: str, stage: str) -> str:
    """Return the stack's name; `stage` is the one that the CLI gets."""
    return template.replace("{service}", service).replace("{stage}", stage)


def _other_role(own: Node, aws: Node) -> Iterator[Problem]:
    """A service's exception may change the account or the role; both of them must still agree."""
    role = own.get("role_arn").text() or aws.get("role_arn").text()
    account = own.get("account").text() or aws.get("account").text()
    if role and account and f"::{account}:" not in role:
        for key in ("role_arn", "account"):
            if key in own.entries():
                yield own.get(key).problem(f"the role {role} is not of the account {account}; correct one of them")
                return


def broken_targets(services: tuple[Node, ...], stages: tuple[Node, ...]) -> Iterator[Problem]:
    """Yield what is wrong with where services land: two that share a stack would overwrite each other."""
    first: dict[tuple[str, ...], str] = {}
    for service in services:
        for stage in stages:
            if (name := service.get("name").text()) and (where := stage.get("name").text()):
                target = _target(service, stage, name, where)
                yield from _bad_stack(target)
                yield from _other_role(service.get("stages").get(where), stage.get("aws"))
                if target.key and (other := first.setdefault(target.key, f"{name}/{where}")) != f"{name}/{where}":
                    what = f"{where} is the stack {'/'.join(target.key)}, as {other} is; give one of them another stack"
                    yield target.node.problem(what)


def stacks_of_several(services: tuple[Node, ...], stages: tuple[Node, ...]) -> Iterator[Problem]:
    """Yield the stacks that two users would share; the files are as they are written, with `{user}`."""
    for service in services:
        for stage in stages:
            if (name := service.get("name").text()) and PLACEHOLDER in (where := stage.get("name").text() or ""):
                target = _target(service, stage, name, where)
                if target.stack and PLACEHOLDER not in target.stack and not _is_apart(target, stage):
                    what = f"each user's {where} would be the same stack, {target.stack}"
                    yield target.node.problem(f"{what}; put {{stage}} into `stack`, and {PLACEHOLDER} into its stage")


def _is_apart(target: _Target, stage: Node) -> bool:
    """Tell whether each user has an account that is nobody else's."""
    accounts = [node.text() for node in stage.get("aws").get("account").entries().values()]
    return target.account is None and bool(accounts) and len(set(accounts)) == len(accounts)


@dataclass(frozen=True, slots=True)
class _Target:
    node: Node
    stage: str
    account: str | None
    region: str | None
    stack: str | None

    @property
    def key(self) -> tuple[str, ...]:
        """Account, region and stack; empty where one is not known."""
        parts = (self.account, self.region, self.stack)
        return tuple(part for part in parts if part) if all(parts) else ()


def _target(service: Node, stage: Node, name: str, where: str) -> _Target:
    own = service.get("stages").get(where)
    aws = stage.get("aws")
    template = own if "stack" in own.entries() else service
    given = template.get("stack")
    text = given.text() or ("{service}-{stage}" if "stack" not in template.entries() else None)
    cli_stage = own.get("serverless_stage").text() or where
    return _Target(
        node=given if text and "stack" in template.entries() else service.get("name"),
        stage=where,
        account=own.get("account").text() or aws.get("account").text(),
        region=own.get("region").text() or aws.get("region").text(),
        stack=stack_name(text, name, cli_stage) if text else None,
    )


def _bad_stack(target: _Target) -> Iterator[Problem]:
    if target.stack and "{" not in target.stack and not _STACK.fullmatch(target.stack):
        what = f"{target.stage} would be the stack {quote(target.stack)}, which CloudFormation does not allow"
        yield target.node.problem(f"{what}; set `stack` to letters, digits and dashes")
