"""A package folder: its commit output, its digests, and where it says that it goes."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.adapters.serverless import completion
from promote_tui.adapters.serverless import package as packages
from promote_tui.adapters.serverless.state import STATE
from promote_tui.adapters.serverless.template import to_comparable, to_plain
from promote_tui.core.errors import DeployError
from promote_tui.core.model.pipeline import Aws, CommitSource, StackOutput, StackTag, Target
from promote_tui.core.package.package import Checkout

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.package.package import Package
    from tests.support.aliases import Json

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER = "f" * 40
TARGET = Target("orders", "dev", "orders-dev", "dev", Aws("eu-west-1", "111111111111"))
TIME = "1795411624219-2026-11-23T05:27:04.219Z"


def write(
    folder: Path,
    outputs: dict[str, Any] | None = None,
    provider: dict[str, Any] | None = None,
    code: str = "code",
    time: str = TIME,
    service: object = "orders",
    **more: Json,
) -> Path:
    """Write a package as the CLI leaves it."""
    folder.mkdir()
    artifacts = f"serverless/orders/dev/{time}"
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Code": {"S3Bucket": {"Ref": "Bucket"}, "S3Key": f"{artifacts}/orders.zip"}, "Handler": "a.b"},
    }
    version_id = f"HelloLambdaVersion{abs(hash((code, time))):043d}"
    version = {
        "Type": "AWS::Lambda::Version",
        "Properties": {"FunctionName": {"Ref": "HelloLambdaFunction"}, "CodeSha256": f"{code}{time}"},
    }
    deployment = f"ApiGatewayDeployment{time[:13]}"
    resources = {
        "HelloLambdaFunction": function,
        version_id: version,
        deployment: {"Type": "AWS::ApiGateway::Deployment"},
        "Stage": {"Properties": {"DeploymentId": {"Ref": deployment}}},
    }
    template = {
        "Resources": resources,
        "Outputs": outputs if outputs is not None else {"V": {"Value": {"Ref": version_id}}},
    }
    block = {"name": "aws", "stage": "from-yml", "region": "eu-west-1", **(provider or {})}
    state = {
        "service": {"service": service, "provider": {**block, "compiledCloudFormationTemplate": template}, **more},
        "package": {"artifactDirectoryName": artifacts},
    }
    (folder / STATE).write_text(json.dumps(state))
    (folder / completion.UPDATE_TEMPLATE).write_text(json.dumps(template))
    (folder / "cloudformation-template-create-stack.json").write_text('{"Outputs": {}}')
    with zipfile.ZipFile(folder / "orders.zip", "w") as archive:
        stamp = zipfile.ZipInfo("handler.js", (2020, 1, 1, 0, 0, int(time[12]) * 2))
        archive.writestr(stamp, code)
    return folder


def complete(folder: Path, source: CommitSource | None = None, commit: str = COMMIT) -> Package:
    completion.complete_package(folder, TARGET, commit, source or StackOutput(), folder.parent)
    return packages.read(folder, TARGET, commit)


def state(folder: Path) -> Json:
    return json.loads((folder / STATE).read_text())


def compiled(folder: Path) -> Json:
    return state(folder)["service"]["provider"]["compiledCloudFormationTemplate"]


@pytest.mark.parametrize(
    ("pattern", "outputs", "name", "reports"),
    [
        ("DeployedCommit", {}, "DeployedCommit", True),
        ("DeployedCommit", {"Url": {"Value": "x"}}, "DeployedCommit", True),
        ("DeployedCommit", {"DeployedCommit": {"Value": COMMIT}}, None, True),
        ("DeployedCommit", {"DeployedCommit": {"Value": "unknown"}}, None, False),
        ("DeployedCommit", {"DeployedCommit": {"Value": OTHER}}, None, False),
        ("DeployedCommit", {"DeployedCommit": {"Value": f"{COMMIT}-dirty"}}, None, False),
        ("DeployedCommit", {"DeployedCommit": {"Value": {"Fn::Sub": COMMIT}}}, None, False),
        ("DeployedCommit", {"DeployedCommit": "broken"}, None, False),
        ("*Commit", {}, "Commit", True),
        ("*Commit", {"OrdersCommit": {"Value": COMMIT}}, None, True),
        ("*Commit", {"ACommit": {"Value": COMMIT}, "BCommit": {"Value": "x"}}, None, True),
        ("*Commit", {"ACommit": {"Value": COMMIT}, "BCommit": {"Value": OTHER}}, None, False),
        ("*Commit", {"ACommit": {"Value": COMMIT}, "BCommit": {"Value": "v1-dirty"}}, None, False),
        ("*Commit", {"ACommit": {"Value": COMMIT}, "BCommit": {"Ref": "Other"}}, None, False),
        ("*", {}, "DeployedCommit", True),
        ("Not-A-Name", {}, "NotAName", False),
    ],
)
def test_commit_output_is_added_where_missing_and_must_name_the_commit(
    tmp_path: Path, pattern: str, outputs: dict[str, Any], name: str | None, *, reports: bool
) -> None:
    folder = write(tmp_path / "p", outputs)
    assert complete(folder, StackOutput(pattern)).reports_commit is reports
    update = json.loads((folder / completion.UPDATE_TEMPLATE).read_text())
    for template in (compiled(folder), update):
        added = {key: output["Value"] for key, output in template["Outputs"].items() if key not in outputs}
        assert added == ({name: COMMIT} if name else {})


@pytest.mark.parametrize(
    ("outputs", "added", "reports"),
    [
        ({}, {"DeployedCommit": COMMIT}, True),
        ({"GitSha": {"Value": COMMIT}}, {}, True),
        ({"GitSha": {"Value": COMMIT[:7]}}, {"DeployedCommit": COMMIT}, True),
        ({"GitSha": {"Value": {"Ref": "Parameter"}}}, {"DeployedCommit": COMMIT}, False),
        ({"GitSha": {"Value": f"{COMMIT}-dirty"}}, {"DeployedCommit": COMMIT}, False),
        ({"DeployedCommit": {"Value": "unknown"}}, {"GitSha": COMMIT}, True),
        ({"DeployedCommit": {"Value": OTHER}, "GitSha": {"Value": "x"}}, {}, False),
    ],
)
def test_of_several_outputs_the_first_that_is_missing_is_added_where_none_names_the_commit(
    tmp_path: Path, outputs: dict[str, Any], added: dict[str, str], *, reports: bool
) -> None:
    folder = write(tmp_path / "p", outputs)
    assert complete(folder, StackOutput("DeployedCommit", ("GitSha",))).reports_commit is reports
    found = {key: value["Value"] for key, value in compiled(folder)["Outputs"].items() if key not in outputs}
    assert found == added


FULL = {f"Out{number}": {"Value": str(number)} for number in range(200)}
ALMOST = {f"Out{number}": {"Value": str(number)} for number in range(199)}


def test_an_output_is_added_as_long_as_there_is_room(tmp_path: Path) -> None:
    assert complete(write(tmp_path / "p", ALMOST)).reports_commit
    with pytest.raises(DeployError) as error:
        complete(write(tmp_path / "q", FULL))
    assert str(error.value) == (
        "orders/dev: the package cannot be deployed as it is: there is no room for an output that names the commit:"
        " with it the template would have 201 outputs, at most 200 are allowed;"
        " set `output: {tag: commit}`, or let `output` name one that holds the commit"
    )


def test_a_full_template_that_names_its_commit_itself_stays_as_it_is(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", {**ALMOST, "DeployedCommit": {"Value": COMMIT}})
    assert complete(folder).reports_commit
    assert len(compiled(folder)["Outputs"]) == 200


def test_a_full_template_is_named_by_its_tag_alone(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", FULL)
    package = complete(folder, StackTag("commit"))
    assert package.reports_commit
    assert package.remark == (
        "by its tag only: with one more output the template would have 201 outputs, at most 200 are allowed"
    )
    assert compiled(folder)["Outputs"] == FULL
    assert json.loads((folder / completion.UPDATE_TEMPLATE).read_text())["Outputs"] == FULL
    assert complete(write(tmp_path / "q", ALMOST), StackTag("commit")).remark == ""


def test_a_template_that_an_output_would_make_too_large_gets_none(tmp_path: Path) -> None:
    empty = len(json.dumps(compiled(write(tmp_path / "e", {"Long": {"Value": ""}})), separators=(",", ":")))
    folder = write(tmp_path / "p", {"Long": {"Value": "x" * (999_990 - empty)}})
    with pytest.raises(DeployError, match=r"the template would have 1,000,\d+ bytes, at most 1,000,000 are allowed"):
        complete(folder)


def test_a_template_without_outputs_gets_them(tmp_path: Path) -> None:
    folder = write(tmp_path / "p")
    changed = state(folder)
    del changed["service"]["provider"]["compiledCloudFormationTemplate"]["Outputs"]
    (folder / STATE).write_text(json.dumps(changed))
    assert complete(folder).reports_commit


@pytest.mark.parametrize("source", [StackOutput("DeployedCommit"), StackTag("commit")])
def test_create_template_never_names_the_commit(tmp_path: Path, source: CommitSource) -> None:
    folder = write(tmp_path / "p")
    complete(folder, source)
    assert COMMIT not in (folder / "cloudformation-template-create-stack.json").read_text()


@pytest.mark.parametrize(
    ("tags", "after", "reports"),
    [
        (None, {"commit": COMMIT}, True),
        ({"team": "a"}, {"commit": COMMIT, "team": "a"}, True),
        ({"commit": COMMIT}, {"commit": COMMIT}, True),
        ({"commit": "unknown"}, {"commit": "unknown"}, False),
    ],
)
def test_commit_tag_is_added_where_missing(
    tmp_path: Path, tags: dict[str, str] | None, after: dict[str, str], *, reports: bool
) -> None:
    folder = write(tmp_path / "p", provider={"stackTags": tags} if tags else {})
    package = complete(folder, StackTag("commit"))
    assert state(folder)["service"]["provider"]["stackTags"] == after
    assert package.reports_commit is reports
    assert compiled(folder)["Outputs"]["DeployedCommit"]["Value"] == after["commit"]


def test_an_output_of_the_services_own_that_denies_the_tag_is_seen(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", {"DeployedCommit": {"Value": "unknown"}})
    assert not complete(folder, StackTag("commit")).reports_commit


def test_packages_of_two_commits_with_the_same_code_have_the_same_content_with_a_tag_too(tmp_path: Path) -> None:
    contents = set()
    for name, commit in (("p", COMMIT), ("q", OTHER)):
        folder = write(tmp_path / name)
        completion.complete_package(folder, TARGET, commit, StackTag("commit"), tmp_path)
        contents.add(packages.read(folder, TARGET, commit).content)
    assert len(contents) == 1


def test_a_package_of_another_commit_does_not_report_this_one(tmp_path: Path) -> None:
    complete(write(tmp_path / "p"))
    assert not packages.read(tmp_path / "p", TARGET, OTHER).reports_commit


@pytest.mark.parametrize(
    ("provider", "service", "expected"),
    [
        ({}, "orders", ("orders", "dev", "eu-west-1", "orders-dev")),
        ({}, {"name": "orders"}, ("orders", "dev", "eu-west-1", "orders-dev")),
        ({"stackName": "legacy"}, "orders", ("orders", "dev", "eu-west-1", "legacy")),
        ({"region": "us-east-1"}, "orders", ("orders", "dev", "us-east-1", "orders-dev")),
    ],
)
def test_target_is_the_clis_own_and_the_stage_is_the_one_it_packaged_for(
    tmp_path: Path, provider: dict[str, Any], service: object, expected: tuple[str, ...]
) -> None:
    resolved = complete(write(tmp_path / "p", provider=provider, service=service)).resolved
    assert (resolved.service, resolved.stage, resolved.region, resolved.stack) == expected


def test_everything_in_the_folder_is_private_and_digested(tmp_path: Path) -> None:
    folder = write(tmp_path / "p")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "layer.zip").write_text("not a zip")
    package = complete(folder)
    assert [name for name, _ in package.files] == [
        "cloudformation-template-create-stack.json",
        "cloudformation-template-update-stack.json",
        "deeper/layer.zip",
        "orders.zip",
        "promote-tui.json",
        "serverless-state.json",
    ]
    for path in (folder, *folder.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["orders.zip", STATE, completion.UPDATE_TEMPLATE, "new-file"])
def test_any_change_in_the_folder_changes_the_digests(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "p")
    before = complete(folder)
    assert packages.read(folder, TARGET, COMMIT) == before
    with (folder / name).open("a") as file:
        file.write(" ")
    assert packages.read(folder, TARGET, COMMIT).files != before.files


LATER = "1795499999219-2026-11-24T05:27:04.219Z"


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"time": LATER}, True),
        ({"time": LATER, "provider": {"region": "us-east-1"}}, True),
        ({"code": "other code"}, False),
        ({"outputs": {"Url": {"Value": "x"}}}, False),
    ],
)
def test_content_digest_is_of_the_code_not_of_the_packaging(
    tmp_path: Path, change: dict[str, Any], *, same: bool
) -> None:
    first = complete(write(tmp_path / "a"))
    second = complete(write(tmp_path / "b", **change), commit=OTHER)
    assert (first.content == second.content) is same
    assert first.files != second.files


def test_a_key_that_the_service_names_itself_is_part_of_the_content() -> None:
    def template(key: str) -> dict[str, Any]:
        return {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Key": key}}}}}

    assert to_comparable(template("v1.zip"), (), "serverless/a/b/c") != to_comparable(template("v2.zip"), (), "")
    made_up = [f"serverless/orders/dev/code-artifacts/{sha}.zip" for sha in ("1", "2")]
    assert to_comparable(template(made_up[0]), (), "") == to_comparable(template(made_up[1]), (), "")


def test_artifacts_outside_the_folder_are_digested_too(tmp_path: Path) -> None:
    build = tmp_path / "build"
    build.mkdir()
    for name in ("all.zip", "one.zip", "layer.zip"):
        (build / name).write_text(name)
    more: dict[str, Any] = {
        "initialServerlessConfig": {"package": {"artifact": "build/all.zip"}},
        "functions": {"one": {"package": {"artifact": "build/one.zip"}}, "two": {"package": {"artifact": "s3://b/k"}}},
        "layers": {"l": {"package": {"artifact": "build/layer.zip"}}},
    }
    folder = write(tmp_path / "p", **more)
    before = complete(folder)
    assert {name for name, _ in before.files} >= {str(build / name) for name in ("all.zip", "one.zip", "layer.zip")}
    (build / "one.zip").write_text("changed")
    after = packages.read(folder, TARGET, COMMIT)
    assert after.files != before.files
    assert after.content != before.content
    (build / "one.zip").unlink()
    assert dict(packages.read(folder, TARGET, COMMIT).files)[str(build / "one.zip")] == "missing"


def with_resources(folder: Path, **resources: dict[str, Any]) -> Path:
    """Add resources to a package's template."""
    changed = state(folder)
    changed["service"]["provider"]["compiledCloudFormationTemplate"]["Resources"] |= resources
    (folder / STATE).write_text(json.dumps(changed))
    return folder


def code(key: str, kind: str = "AWS::Lambda::Function", **properties: object) -> dict[str, Any]:
    """A function, or a layer, whose code is at a key in S3."""
    where = "Code" if kind == "AWS::Lambda::Function" else "Content"
    return {"Type": kind, "Properties": {where: {"S3Bucket": "b", "S3Key": key}, **properties}}


def test_a_function_runs_the_archive_that_its_key_names(tmp_path: Path) -> None:
    place = f"serverless/orders/dev/{TIME}"
    folder = with_resources(
        write(tmp_path / "p"),
        Named=code(f"{place}/orders.zip", FunctionName="orders-dev-named"),
        Computed=code(f"{place}/orders.zip", FunctionName={"Fn::Sub": "x"}),
        Foreign=code("releases/orders.zip", FunctionName="foreign"),
        Gone=code(f"{place}/gone.zip"),
        Image={"Type": "AWS::Lambda::Function", "Properties": {"Code": {"ImageUri": "x"}}},
        Layer=code(f"{place}/orders.zip", "AWS::Lambda::LayerVersion", LayerName="common"),
    )
    package = complete(folder)
    names = [(each.function, each.name) for each in package.artifacts]
    assert names == [("Computed", ""), ("HelloLambdaFunction", ""), ("Named", "orders-dev-named")]
    raw = (folder / "orders.zip").read_bytes()
    assert {each.code for each in package.artifacts} == {base64.b64encode(hashlib.sha256(raw).digest()).decode()}

    manifest = packages.manifest(folder, TARGET, Checkout(str(tmp_path), str(tmp_path), COMMIT), "v20.19.0")
    assert manifest.artifacts == package.artifacts
    assert [(each.function, each.name) for each in manifest.layers] == [("Layer", "common")]
    assert [(each.name, [name for name, _ in each.files]) for each in manifest.archives] == [
        ("orders.zip", ["handler.js"])
    ]
    assert manifest.elsewhere == ("Foreign", "Gone", "Image")
    assert (manifest.lockfile, manifest.node) == ("", "v20.19.0")


def test_an_artifact_has_the_same_content_however_it_was_packed(tmp_path: Path) -> None:
    (first,) = complete(write(tmp_path / "a")).artifacts
    (second,) = complete(write(tmp_path / "b", time=TIME.replace("4219-", "4210-"))).artifacts
    assert first.content == second.content
    assert first.code != second.code


def test_an_artifact_outside_the_folder_is_what_its_functions_run(tmp_path: Path) -> None:
    (tmp_path / "one.zip").write_text("not a zip")
    more: dict[str, Any] = {"functions": {"one": {"package": {"artifact": "one.zip"}}}}
    folder = with_resources(write(tmp_path / "p", **more), One=code(f"serverless/orders/dev/{TIME}/one.zip"))
    one = complete(folder).artifacts[1]
    assert (one.function, one.content) == ("One", hashlib.sha256(b"not a zip").hexdigest())


@pytest.mark.parametrize(
    ("locks", "expected"),
    [
        ({"package-lock.json": "root", "services/orders/yarn.lock": "own"}, ("yarn.lock", "own")),
        ({"package-lock.json": "root", "services/billing/yarn.lock": "other"}, ("package-lock.json", "root")),
        ({"../package-lock.json": "above the work tree"}, ("", "")),
    ],
)
def test_the_lockfile_on_record_is_the_nearest_one_within_the_work_tree(
    tmp_path: Path, locks: dict[str, str], expected: tuple[str, str]
) -> None:
    root = tmp_path / "tree"
    service = root / "services" / "orders"
    for name, text in locks.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    service.mkdir(parents=True, exist_ok=True)
    complete(write(tmp_path / "p"))
    found = packages.manifest(tmp_path / "p", TARGET, Checkout(str(root), str(service), COMMIT), "")
    name, text = expected
    assert (found.lockfile, found.lockfile_digest) == (name, hashlib.sha256(text.encode()).hexdigest() if text else "")


def test_references_inside_the_state_are_followed() -> None:
    root = {"a": {"b": [1, {"c": "deep"}]}, "x": {"$ref": '$["a"]["b"][1]'}, "y": {"$ref": "#/definitions/Order"}}
    assert to_plain(root["x"], root) == {"c": "deep"}
    assert to_plain(root["y"], root) == {"$ref": "#/definitions/Order"}
    assert to_plain({"$ref": '$["nowhere"]'}, root) is None


def test_outputs_that_are_a_reference_are_completed(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", kept={"Url": {"Value": "x"}})
    changed = state(folder)
    reference = {"$ref": '$["service"]["kept"]'}
    changed["service"]["provider"]["compiledCloudFormationTemplate"]["Outputs"] = reference
    (folder / STATE).write_text(json.dumps(changed))
    assert complete(folder).reports_commit
    assert set(compiled(folder)["Outputs"]) == {"Url", "DeployedCommit"}
    assert state(folder)["service"]["kept"] == {"Url": {"Value": "x"}}


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (None, "it has no serverless-state.json"),
        ("{", "serverless-state.json cannot be read"),
        ("[]", "serverless-state.json is not an object"),
        ("{}", "serverless-state.json names no provider"),
        ('{"service": {"provider": {}}}', "serverless-state.json holds no compiled template"),
    ],
)
def test_a_folder_that_is_no_package_is_refused_in_one_line(tmp_path: Path, content: str | None, cause: str) -> None:
    if content is not None:
        (tmp_path / STATE).write_text(content)
    (tmp_path / packages.NOTE).write_text("{}")
    with pytest.raises(DeployError) as completing:
        complete(tmp_path)
    with pytest.raises(DeployError) as reading:
        packages.read(tmp_path, TARGET, COMMIT)
    for caught in (completing, reading):
        assert caught.value.cause == f"the package cannot be used: {cause}"
