"""The rules between settings; checked on the documents, so that a wrong value elsewhere hides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.config.dependencies import broken_dependencies
from promote_tui.config.problems import Problem, did_you_mean, quote
from promote_tui.config.sync_stages import broken_sync_stages
from promote_tui.config.targets import broken_targets
from promote_tui.config.yaml_tree import Node
from promote_tui.core import wildcard
from promote_tui.core.keymap import DEFAULTS, find_clashes, key_problem
from promote_tui.core.matrix_filter import describe_misfit

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Documents:
    """The shared file and the local one (an empty node where there is none)."""

    shared: Node
    local: Node

    @property
    def stages(self) -> tuple[Node, ...]:
        """All stages, personal ones last."""
        return self.shared.get("stages").list() + self.local.get("stages").list()

    @property
    def services(self) -> tuple[Node, ...]:
        """All services."""
        return self.shared.get("services").list()


def broken_rules(documents: Documents) -> Iterator[Problem]:
    """Yield what does not fit together."""
    shared = documents.shared.get("stages").list()
    yield from _services(documents.shared)
    yield from _unique(shared, "stage")
    yield from _unique(documents.services, "service")
    yield from _personal_names(documents)
    yield from _order(shared, ())
    yield from _order(documents.local.get("stages").list(), shared)
    for stage in documents.stages:
        yield from _own_branch(stage)
        yield from _bake(stage)
        yield from _role_account(stage.get("aws"))
    yield from broken_sync_stages(shared)
    yield from _preview_base(documents.shared.get("previews").get("base"), _names(shared))
    yield from _stage_keys(documents)
    yield from _on_merge_services(documents)
    yield from broken_dependencies(documents.shared, documents.stages)
    yield from _ledger(documents.shared.get("ledger"))
    yield from _role_account(documents.shared.get("organization").get("aws"))
    yield from _approvals(documents)
    yield from _keys(documents)
    yield from _views(documents)
    yield from _webhooks(documents)
    yield from broken_targets(documents.services, documents.stages)


def _services(shared: Node) -> Iterator[Problem]:
    if not {"services", "compose"} & set(shared.entries()):
        yield shared.get("services").problem("is missing; add it")


def _name(node: Node) -> str | None:
    return node.get("name").text()


def _names(nodes: tuple[Node, ...]) -> list[str]:
    return [name for node in nodes if (name := _name(node))]


def _unique(nodes: tuple[Node, ...], noun: str) -> Iterator[Problem]:
    first: dict[str, Node] = {}
    for node in nodes:
        if (name := _name(node)) and (other := first.setdefault(name, node)) is not node:
            what = f"a {noun} named {quote(name)} is already in line {other.line}; rename one"
            yield node.get("name").problem(what)


def _personal_names(documents: Documents) -> Iterator[Problem]:
    shared = _names(documents.shared.get("stages").list())
    personal = documents.local.get("stages").list()
    yield from _unique(personal, "stage")
    for node in personal:
        if (name := _name(node)) in shared:
            what = f"{quote(name or '')} is a shared stage, which only the shared file sets; name a stage of your own"
            yield node.get("name").problem(what)


def _order(stages: tuple[Node, ...], above: tuple[Node, ...]) -> Iterator[Problem]:
    for index, stage in enumerate(stages):
        after = stage.get("after")
        earlier = _names(above + stages[:index])
        if (name := after.text()) is None or name in earlier:
            continue
        if not earlier:
            yield after.problem("the first stage has none before it; remove this key")
        elif name in _names(stages[index:]):
            yield after.problem(f"{quote(name)} is not above this stage; move it up or name another")
        else:
            yield after.problem(f"{quote(name)} is not a stage{did_you_mean(name, earlier)}")


def _own_branch(stage: Node) -> Iterator[Problem]:
    patterns = [text for node in stage.get("branches").list() if (text := node.text())]
    for own in _on_merge(stage.get("deploy_on_merge")):
        if (branch := own.text()) and patterns and not any(wildcard.matches(one, branch) for one in patterns):
            yield own.problem(f"the branch {quote(branch)} is not among this stage's branches; add it there")


def _on_merge(node: Node) -> Iterator[Node]:
    """Yield each branch of a setting that is one, a list of them, or either by service."""
    if node.text() is not None:
        yield node
    for each in (*node.list(), *node.entries().values()):
        yield from _on_merge(each)


def _role_account(node: Node) -> Iterator[Problem]:
    role, account = node.get("role_arn").text(), node.get("account").text()
    if role and account and f"::{account}:" not in role:
        yield node.get("role_arn").problem(f"is a role of another account than {account}; correct one of them")
    for key in ("external_id", "session", "mfa"):
        if not role and node.get(key).text():
            yield node.get(key).problem("has no effect without `role_arn`; add that, or remove this")


def _preview_base(base: Node, stages: list[str]) -> Iterator[Problem]:
    if (name := base.text()) is not None and name not in stages:
        yield base.problem(f"{quote(name)} is not a shared stage{did_you_mean(name, stages)}")


def _stage_keys(documents: Documents) -> Iterator[Problem]:
    shared = _names(documents.shared.get("stages").list())
    rules = documents.shared.get("organization").get("stages")
    maps = [documents.local.get("profiles"), rules, *(service.get("stages") for service in documents.services)]
    for name, entry in (pair for node in maps for pair in node.entries().items()):
        if name not in shared:
            yield entry.problem(f"{quote(name)} is not a shared stage{did_you_mean(name, shared)}")


def _on_merge_services(documents: Documents) -> Iterator[Problem]:
    known = _names(documents.services)
    for stage in documents.stages:
        for name, entry in stage.get("deploy_on_merge").entries().items():
            if name not in known:
                yield entry.problem(f"{quote(name)} is not a service{did_you_mean(name, known)}")


def _ledger(node: Node) -> Iterator[Problem]:
    wanted = ("table", "aws")
    match node.get("kind").text():
        case "dynamodb":
            yield from (node.get(key).problem("is missing; add it") for key in wanted if key not in node.entries())
            yield from _role_account(node.get("aws"))
        case "sqlite" | None:
            what = "belongs to the kind dynamodb; remove it"
            yield from (node.get(key).problem(what) for key in wanted if key in node.entries())


def _bake(stage: Node) -> Iterator[Problem]:
    if "bake" in stage.entries() and "alarms" not in stage.get("gates").entries():
        yield stage.get("bake").problem("watches the stage's alarms, but it has none; list them under `gates`")


def _approvals(documents: Documents) -> Iterator[Problem]:
    """Approvals need groups that exist, enough people, and a ledger that those people write into."""
    groups, ledger = documents.shared.get("groups").entries(), documents.shared.get("ledger")
    alone = ledger.get("kind").text() in {None, "sqlite"} and not ledger.get("single_machine").flag()
    for stage in documents.shared.get("stages").list():
        wanted = stage.get("gates").get("approvals")
        names = wanted.get("by").list()
        for node in names:
            if (name := node.text()) is not None and name not in groups:
                hint = did_you_mean(name, groups)
                yield node.problem(f"{quote(name)} is not a group{hint}; list its people under `groups`")
        if alone and "approvals" in stage.get("gates").entries():
            what = "nobody else can write into a ledger of the kind sqlite; use a team's ledger (kind: dynamodb)"
            yield wanted.problem(
                f"{what}, or say `ledger: {{single_machine: true}}` where everybody works on this machine"
            )


def _views(documents: Documents) -> Iterator[Problem]:
    """A name stands once in a file, and a filter can select something."""
    stages = _names(documents.stages)
    for document in (documents.shared, documents.local):
        views = document.get("views").list()
        yield from _unique(views, "view")
        for node in (view.get("filter") for view in views):
            if wrong := describe_misfit(node.text() or "", stages):
                yield node.problem(f"{quote(node.text() or '')}: {wrong}")


def _webhooks(documents: Documents) -> Iterator[Problem]:
    """A webhook hears of stages and services that there are."""
    shared = documents.shared.get("stages").list()
    known = {"stage": _names(shared), "service": _names(documents.services)}
    for channel in documents.shared.get("notify").list():
        for noun, names in known.items():
            for node in channel.get(f"{noun}s").list():
                if (name := node.text()) is not None and name not in names:
                    yield node.problem(f"{quote(name)} is not a {noun}{did_you_mean(name, names)}")


def _keys(documents: Documents) -> Iterator[Problem]:
    """Keys of the local file replace those of the shared one; two actions of a screen cannot share a key."""
    chosen = {**documents.shared.get("keys").entries(), **documents.local.get("keys").entries()}
    good: dict[str, str] = {}
    for action, node in chosen.items():
        keys = node.text()
        if action not in DEFAULTS:
            yield node.problem(f"{quote(action)} is not an action of the terminal UI{did_you_mean(action, DEFAULTS)}")
        elif keys is not None and (wrong := key_problem(keys, action)):
            yield node.problem(f"{quote(keys)}: {wrong}")
        elif keys is not None:
            good[action] = keys
    for action, key, other in find_clashes(good):
        yield chosen[action].problem(f"{quote(key)} is the key of {other} already; choose another key for one of them")
