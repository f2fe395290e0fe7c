"""When two builds are the same code, why they are not, and which functions run other code than was deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.core.package.artifact_diff import compare_builds, compare_code, deployed_code, packaged_code
from promote_tui.core.package.manifest import Archive, Manifest
from promote_tui.core.package.package import Artifact
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from tests.support.aliases import Argument

HELLO = Artifact("HelloLambdaFunction", "orders-prod-hello", "code-1", "content-1")
LAYER = Artifact("CommonLambdaLayer", "common", "code-l", "content-l")
FILES = (("handler.js", "1"), ("node_modules/left/index.js", "1"), ("src/a.js", "1"))
OURS = Manifest((HELLO,), (), (Archive("orders.zip", "content-1", FILES),), "package-lock.json", "lock-1", "v20.1.0")
STAGING = replace(HELLO, name="orders-staging-hello")
SAME = replace(OURS, artifacts=(STAGING,))


def built(
    files: tuple[tuple[str, str], ...] = FILES,
    **changes: Argument,
) -> Manifest:
    """What staging got: another build with these files."""
    artifact = replace(STAGING, code="code-2", content="content-2")
    made = Manifest(
        (artifact,), (), (Archive("orders.zip", "content-2", files),), "package-lock.json", "lock-1", "v20.1.0"
    )
    return replace(made, **changes)


def changed(*paths: str) -> tuple[tuple[str, str], ...]:
    """The files, with others at these paths."""
    return tuple(sorted({**dict(FILES), **dict.fromkeys(paths, "2")}.items()))


@pytest.mark.parametrize(
    ("ours", "theirs", "says"),
    [
        (OURS, SAME, "the same code as run k3 in staging: 1 function"),
        (OURS, replace(SAME, artifacts=(replace(STAGING, code="packed otherwise"),)), "the same code as"),
        (OURS, replace(SAME, node="v22.0.0", lockfile_digest="lock-2"), "the same code as"),
        (replace(OURS, layers=(LAYER,)), replace(SAME, layers=(LAYER,)), "1 function and 1 layer"),
        (replace(OURS, elsewhere=("Image",)), SAME, "1 function; without Image, whose code is not in the package"),
        # a function that only prod has runs code that was verified as another function
        (replace(OURS, artifacts=(HELLO, replace(HELLO, function="Only"))), SAME, "2 functions"),
        # what only staging has is not deployed here
        (OURS, replace(SAME, artifacts=(STAGING, replace(STAGING, function="Only", content="x"))), "1 function"),
    ],
)
def test_equal_is_what_holds_the_same_files(ours: Manifest, theirs: Manifest, says: str) -> None:
    found = compare_builds(ours, theirs, "run k3 in staging", same_commit=True)
    assert (found.sameness, found.functions) == ("equal", ())
    assert says in found.reason


@pytest.mark.parametrize(
    ("theirs", "same_commit", "why"),
    [
        (
            built(changed("node_modules/left/index.js"), lockfile_digest="lock-2"),
            False,
            "the lockfile differs (package-lock.json)",
        ),
        (built(changed("src/a.js")), False, "1 file differs: src/a.js"),
        (
            built(changed("src/a.js", "handler.js", "b.js", "c.js")),
            False,
            "4 files differ: b.js, c.js, handler.js and 1 more",
        ),
        (built(changed("handler.js")), True, "built differently: same files in git, other bytes (handler.js)"),
        (
            built(changed("node_modules/left/index.js", "handler.js")),
            True,
            "built differently: same files in git, other bytes (handler.js, node_modules/left/index.js)",
        ),
        (
            built(changed("node_modules/left/index.js")),
            True,
            "node_modules differs, the lockfile does not (node_modules/left/index.js)",
        ),
        (built(changed("a.js"), node="v22.0.0"), True, "other bytes (a.js); Node v22.0.0 there, v20.1.0 here"),
        (built(FILES[1:]), True, "other bytes (handler.js)"),
        (built(artifacts=()), True, "other bytes in HelloLambdaFunction; unknown which files differ"),
        (built(archives=()), True, "other bytes in HelloLambdaFunction; unknown which files differ"),
    ],
)
def test_different_names_the_likeliest_cause(theirs: Manifest, why: str, *, same_commit: bool) -> None:
    found = compare_builds(OURS, theirs, "run k3 in staging", same_commit=same_commit)
    assert (found.sameness, found.functions) == ("different", ("HelloLambdaFunction",))
    assert found.reason.endswith("; compared with run k3 in staging")
    assert why in found.reason


def test_another_layer_is_other_code() -> None:
    other = replace(SAME, layers=(replace(LAYER, content="other"),))
    found = compare_builds(replace(OURS, layers=(LAYER,)), other, "run k3 in staging", same_commit=True)
    assert (found.sameness, found.functions) == ("different", ("CommonLambdaLayer",))


@pytest.mark.parametrize(
    ("code", "verdict", "says"),
    [
        ({"HelloLambdaFunction": "code-1"}, "equal", "the same code that staging runs: 1 function"),
        (
            {"HelloLambdaFunction": "code-2"},
            "different",
            "code differs from what staging runs: HelloLambdaFunction",
        ),
        ({"HelloLambdaFunction": "code-2", "Other": "code-1"}, "different", "HelloLambdaFunction"),
        ({"Other": "code-1"}, "equal", "the same code"),
        ({}, "different", "HelloLambdaFunction"),
    ],
)
def test_without_a_record_lambdas_hash_decides(code: dict[str, str], verdict: str, says: str) -> None:
    found = compare_code(OURS, code, "staging")
    assert found.sameness == verdict
    assert says in found.reason


def template(**versions: tuple[object, object]) -> dict[str, Any]:
    """A deployed template with these versions of Hello: (what names the function, CodeSha256)."""
    resources: dict[str, Any] = {
        "Hello": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "orders-hello"}},
        "Nameless": {"Type": "AWS::Lambda::Function", "Properties": {}},
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Broken": "no resource",
    }
    for name, (function, code) in versions.items():
        properties = {"FunctionName": function, "CodeSha256": code}
        resources[name] = {"Type": "AWS::Lambda::Version", "Properties": properties}
    return {"Resources": resources}


@pytest.mark.parametrize(
    ("versions", "code"),
    [
        ({"V": ({"Ref": "Hello"}, "c")}, {"Hello": "c"}),
        ({"V": ({"Fn::GetAtt": ["Hello", "Arn"]}, "c")}, {"Hello": "c"}),
        ({"V": ({"Fn::GetAtt": "Hello.Arn"}, "c")}, {"Hello": "c"}),
        ({"V": ({"Ref": "Hello"}, "c"), "W": ({"Ref": "Hello"}, "c")}, {"Hello": "c"}),
        ({"V": ({"Ref": "Hello"}, "c"), "W": ({"Ref": "Hello"}, "d")}, {}),
        ({"V": ({"Ref": "Hello"}, None)}, {}),
        ({"V": ({"Ref": "Gone"}, "c")}, {}),
        ({"V": ("orders-hello", "c")}, {}),
        ({"V": (None, "c")}, {}),
        ({}, {}),
    ],
)
def test_a_function_was_deployed_with_what_its_version_says(
    versions: dict[str, tuple[object, object]], code: dict[str, str]
) -> None:
    assert deployed_code(template(**versions)).code == code


@pytest.mark.parametrize(
    "broken", [{}, {"Resources": None}, {"Resources": []}, {"Resources": {"A": {"Properties": 1}}}]
)
def test_a_template_that_says_nothing_tells_of_no_function(broken: dict[str, Any]) -> None:
    assert deployed_code(broken).code == {}


def test_a_function_without_a_name_in_the_template_is_known_to_lack_it() -> None:
    assert deployed_code(template(V=({"Ref": "Nameless"}, "c"))).has_unknown_names
    assert not deployed_code(template(V=({"Ref": "Hello"}, "c"))).has_unknown_names


@pytest.mark.parametrize(
    ("runs", "altered"),
    [
        ({"orders-prod-hello": "code-1"}, ()),
        ({"orders-prod-hello": "other"}, ("orders-prod-hello",)),
        ({"somebody-elses": "other"}, ()),
        ({}, ()),
    ],
)
def test_a_function_is_altered_where_lambda_runs_other_code(runs: dict[str, str], altered: tuple[str, ...]) -> None:
    assert packaged_code(OURS).altered_functions(runs) == altered
