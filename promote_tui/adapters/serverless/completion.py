"""Makes a package report its commit, and private, before anybody reads it.

What is deployed from it is `compiledCloudFormationTemplate` in serverless-state.json, so this is
where the commit output goes, and into the update template, which people and tools read. The create
template stays as it is: a failed first deploy must not leave a stack that names the commit. A commit
tag is on the stack from its creation on, so an output that says the same goes with it: without that
output, the tag of a stack that holds nothing but its bucket is not believed (`core.stacks.cells`).

A note of ours lies in the folder too: it says where the commit is to be found in the stack, and
which artifacts the service names that are outside the folder and are shipped with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.adapters.serverless import template as templates
from promote_tui.adapters.serverless.package import NOTE
from promote_tui.adapters.serverless.state import STATE, compiled_template, load_json, provider_of, save_json
from promote_tui.core.changes.template_limits import exceeded_limits
from promote_tui.core.errors import DeployError
from promote_tui.core.model.pipeline import CommitSource, StackOutput, StackTag, Target
from promote_tui.core.previews.names import MARK, mark_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from promote_tui.core.value import Json

UPDATE_TEMPLATE = "cloudformation-template-update-stack.json"


def complete_package(folder: Path, target: Target, commit: str, source: CommitSource, service: Path) -> None:
    """Make the package private and make it report its commit; raises DeployError.

    `service` is the folder that it was packaged in. An output is added as long as CloudFormation takes it: a tag does
    without it, and a commit that nothing else would name is refused.
    """
    state = load_json(folder / STATE, target)
    _make_private(folder)
    provider = provider_of(state, target)
    full = ""
    match source:
        case StackTag(name=name):
            tags = {name: commit, **(templates.to_plain(provider.get("stackTags"), state) or {})}
            provider["stackTags"] = tags
            save_json(folder / STATE, state)
            full = _add_output(folder, target, state, (templates.DEFAULT_OUTPUT,), str(tags[name]))
        case StackOutput():
            full = _add_output(folder, target, state, source.names, commit)
            if full:
                raise _no_room(target, full)
    if target.preview:
        _add_mark(folder, target, state)
    remark = f"by its tag only: with one more output the template would have {full}" if full else ""
    save_json(folder / NOTE, _note(folder, state, source, service) | ({"remark": remark} if remark else {}))


def _note(folder: Path, state: Json, source: CommitSource, service: Path) -> Json:
    named_by = {"tag": source.name} if isinstance(source, StackTag) else {"outputs": list(source.names)}
    ours = folder.resolve()
    named = {path for path in _named_artifacts(state, service) if ours not in path.parents and path.is_file()}
    return {**named_by, "outside": sorted(map(str, named))}


def _named_artifacts(state: Json, service: Path) -> Iterator[Path]:
    """Yield the artifacts that serverless.yml names: the CLI ships them from where they are."""
    inside = templates.to_plain(state["service"], state)
    owners = [inside.get("initialServerlessConfig") or {}]
    for group in ("functions", "layers"):
        members = inside.get(group) or {}
        owners += members.values() if isinstance(members, dict) else []
    for owner in owners:
        package = owner.get("package") if isinstance(owner, dict) else None
        artifact = package.get("artifact") if isinstance(package, dict) else None
        if isinstance(artifact, str) and "://" not in artifact:
            yield (service / artifact).resolve()


def _add_output(folder: Path, target: Target, state: Json, patterns: Sequence[str], commit: str) -> str:
    """Add the output where it is missing; return of what there would be too much with it, and add nothing then."""
    compiled = compiled_template(state, target)
    compiled["Outputs"] = templates.to_plain(compiled.get("Outputs") or {}, state)
    grown = dict(compiled)
    if not templates.add_output(grown, patterns, commit):
        return ""
    if full := exceeded_limits(templates.to_plain(grown, state)):
        return full
    compiled["Outputs"] = grown["Outputs"]
    save_json(folder / STATE, state)
    update = load_json(folder / UPDATE_TEMPLATE, target)
    templates.add_output(update, patterns, commit)
    save_json(folder / UPDATE_TEMPLATE, update)
    return ""


def _add_mark(folder: Path, target: Target, state: Json) -> None:
    """Let the stack say that it is a preview's, and of which branch: what does not say so is never removed."""
    said = {MARK: {"Description": "The branch that this stack is a preview of", "Value": mark_of(target.preview)}}
    compiled, update = compiled_template(state, target), load_json(folder / UPDATE_TEMPLATE, target)
    for template in (compiled, update):
        template["Outputs"] = {**templates.to_plain(template.get("Outputs") or {}, state), **said}
    save_json(folder / STATE, state)
    save_json(folder / UPDATE_TEMPLATE, update)


def _no_room(target: Target, full: str) -> DeployError:
    cause = "the package cannot be deployed as it is: "
    cause += f"there is no room for an output that names the commit: with it the template would have {full}"
    return DeployError(
        str(target), cause, "set `output: {tag: commit}`, or let `output` name one that holds the commit"
    )


def _make_private(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)
