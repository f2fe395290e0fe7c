"""Compares what is about to be deployed with what was verified in the stage before, byte for byte."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from promote_tui.core.package.aliases import Aliases, served_aliases
from promote_tui.core.package.template_references import properties_of, referred_resource
from promote_tui.core.text import list_first, plural
from promote_tui.core.value import Value, field

if TYPE_CHECKING:
    from promote_tui.core.package.manifest import Manifest
    from promote_tui.core.package.package import Artifact

Sameness: TypeAlias = Literal["equal", "different", "unknown"]
_FUNCTION, _VERSION = "AWS::Lambda::Function", "AWS::Lambda::Version"


class Comparison(Value):
    """The functions' code compared with that of the stage before.

    `reason` says in plain words what it was compared with and, where known, why it differs or cannot be
    compared; `functions` are the logical ids that differ. `remedy` is the next step where it is not to
    promote to the stage before once more.
    """

    sameness: Sameness = field(name="verdict")
    reason: str
    functions: tuple[str, ...] = ()
    remedy: str = ""


def no_comparison(why: str, remedy: str = "") -> Comparison:
    """Return a comparison that could not be made, with the reason."""
    return Comparison("unknown", f"not comparable: {why}", remedy=remedy)


def compare_builds(ours: Manifest, theirs: Manifest, there: str, *, same_commit: bool) -> Comparison:
    """Return how a package's code compares with a recorded one, by the files in the archives.

    `there` names the other one, such as `run k3 in staging`; `same_commit` tells that both were built from one commit.
    """
    known = {each.function: each.content for each in (*theirs.artifacts, *theirs.layers)}
    differing = _differing([(each, each.content) for each in (*ours.artifacts, *ours.layers)], known)
    if not differing:
        return Comparison("equal", f"the same code as {there}: {_size(ours)}{_besides(ours)}")
    why = _why(ours, theirs, differing, same_commit=same_commit)
    return Comparison("different", f"{why}; compared with {there}", tuple(each.function for each in differing))


def compare_code(ours: Manifest, code: Mapping[str, str], stage: str) -> Comparison:
    """Return how a package's functions compare with CodeSha256 in another stage, by their logical ids."""
    differing = _differing([(each, each.code) for each in ours.artifacts], code)
    if not differing:
        size = plural(len(ours.artifacts), "function")
        return Comparison("equal", f"the same code that {stage} runs: {size}{_besides(ours)}")
    names = tuple(each.function for each in differing)
    reason = f"code differs from what {stage} runs: {list_first(names)}; no build record to compare files"
    return Comparison("different", reason, names)


def _differing(ours: Iterable[tuple[Artifact, str]], known: Mapping[str, str]) -> list[Artifact]:
    """Return the functions whose code was not verified; one that only this stage has may run any verified code."""
    everything = {*known.values()}
    return [
        each
        for each, digest in ours
        if (known[each.function] != digest if each.function in known else digest not in everything)
    ]


def _size(ours: Manifest) -> str:
    layers = f" and {plural(len(ours.layers), 'layer')}" if ours.layers else ""
    return f"{plural(len(ours.artifacts), 'function')}{layers}"


def _besides(ours: Manifest) -> str:
    """Name the functions that were left out because their code is unknown."""
    return f"; without {list_first(ours.elsewhere)}, whose code is not in the package" if ours.elsewhere else ""


def _why(ours: Manifest, theirs: Manifest, differing: Collection[Artifact], *, same_commit: bool) -> str:
    """Return the likeliest cause: another lockfile explains other files, not the reverse."""
    files = _files(ours, theirs, differing)
    node = f"; Node {theirs.node} there, {ours.node} here" if _both_differ(ours.node, theirs.node) else ""
    return _cause(ours, theirs, differing, files, same_commit=same_commit) + node


def _cause(
    ours: Manifest, theirs: Manifest, differing: Collection[Artifact], files: list[str], *, same_commit: bool
) -> str:
    if ours.lockfile_digest != theirs.lockfile_digest:
        return f"the lockfile differs ({ours.lockfile or theirs.lockfile})"
    if not files:
        return f"other bytes in {list_first([each.function for each in differing])}; unknown which files differ"
    if all("node_modules/" in path for path in files):
        lock = "the lockfile does not" if ours.lockfile else "and there is no lockfile"
        return f"node_modules differs, {lock} ({list_first(files)})"
    if same_commit:
        return f"built differently: same files in git, other bytes ({list_first(files)})"
    differ = "differs" if len(files) == 1 else "differ"
    return f"{plural(len(files), 'file')} {differ}: {list_first(files)}"


def _files(ours: Manifest, theirs: Manifest, differing: Collection[Artifact]) -> list[str]:
    """Return the paths that differ in the archives of these functions; what people wrote before what they installed."""
    there = {each.function: each for each in (*theirs.artifacts, *theirs.layers)}
    found: set[str] = set()
    for each in differing:
        if each.function in there:
            here, other = ours.files_of(each), theirs.files_of(there[each.function])
            both = {*here, *other} if here and other else ()  # a list that is lost says nothing of any file
            found |= {path for path in both if here.get(path) != other.get(path)}
    return sorted(found, key=lambda path: ("node_modules/" in path, path))


def _both_differ(one: str, other: str) -> bool:
    return bool(one and other) and one != other


class DeployedCode(Value):
    """What a stack's functions were deployed with: CodeSha256 by logical id, and their names where they are known.

    `unknown` are the functions of which it is not known. `aliases` are those that requests come through (None: that
    is not on record).
    """

    code: Mapping[str, str]
    names: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    aliases: Aliases | None = None

    @property
    def has_unknown_names(self) -> bool:
        """Whether some function's name is not known: CloudFormation made it up."""
        return not self.code.keys() <= self.names.keys()

    def altered_functions(self, runs: Mapping[str, str]) -> tuple[str, ...] | None:
        """Return the names of the functions that run other code than they were deployed with; None: cannot be told.

        `runs` is CodeSha256 by name; what is not in it is not judged.
        """
        if self.unknown and not self.code:
            return None
        names = {self.names[each]: code for each, code in self.code.items() if each in self.names}
        return tuple(sorted(name for name, code in names.items() if runs.get(name, code) != code))


def deployed_code(template: Mapping[str, Any]) -> DeployedCode:
    """Return what a deployed template says about its functions' code.

    It is in the functions' versions, and Lambda makes none whose code is another. A function without a
    version, or with several that disagree, is not told about.
    """
    resources = template.get("Resources")
    listed = resources if isinstance(resources, Mapping) else {}
    found = {key: each for key, each in listed.items() if isinstance(each, Mapping)}
    functions = [key for key, each in found.items() if each.get("Type") == _FUNCTION]
    digests: dict[str, set[str]] = {}
    for each in found.values():
        properties = properties_of(each)
        digest = properties.get("CodeSha256")
        if each.get("Type") == _VERSION and isinstance(digest, str):
            digests.setdefault(referred_resource(properties.get("FunctionName")), set()).add(digest)
    code = {key: next(iter(digests[key])) for key in functions if len(digests.get(key, ())) == 1}
    names = {key: properties_of(found[key]).get("FunctionName") for key in functions}
    told = {key: name for key, name in names.items() if isinstance(name, str)}
    return DeployedCode(code, told, tuple(key for key in functions if key not in code), served_aliases(template))


def function_names(template: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the functions' names by logical id, as far as the template gives them."""
    return deployed_code(template).names


def packaged_code(manifest: Manifest) -> DeployedCode:
    """Return what a recorded package says about its functions' code."""
    return DeployedCode(
        {each.function: each.code for each in manifest.artifacts},
        {each.function: each.name for each in manifest.artifacts if each.name},
        aliases=manifest.aliases,
    )


ALTERED_REMEDY = "commit the change before a deploy overwrites it"


def describe_altered(functions: Collection[str]) -> str:
    """Say that these functions were changed outside of CloudFormation."""
    run = "runs" if len(functions) == 1 else "run"
    return f"{plural(len(functions), 'function')} {run} other code than was deployed: {list_first(functions)}"
