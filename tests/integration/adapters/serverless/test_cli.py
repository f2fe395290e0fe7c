"""The real Serverless CLI against the emulator: packages, deploys, failures, and what it is told."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from promote_tui.adapters.serverless.arguments import packaging_arguments
from promote_tui.adapters.serverless.cli import ServerlessCli
from promote_tui.adapters.serverless.state import STATE
from promote_tui.core.errors import DeployError
from promote_tui.core.model.deploy_values import KnownValue
from promote_tui.core.model.pipeline import Aws, CommitSource, DeploySettings, Service, StackOutput, StackTag, Target
from promote_tui.core.package.artifact_diff import deployed_code, packaged_code
from promote_tui.core.package.package import Checkout, ResolvedTarget
from promote_tui.core.value import replace
from promote_tui.demo.emulator import Emulator
from promote_tui.ports import Job, ProcessEnd
from tests.support import compiled_cli, services

if TYPE_CHECKING:
    from promote_tui.core.model.deploy_values import DeployValue
    from tests.support.aliases import AwsClient, Json

pytestmark = [pytest.mark.aws, pytest.mark.cli]

FIRST, SECOND, THIRD = "1" * 40, "2" * 40, "3" * 40


def nothing(*_heard: object) -> None:
    """Hear of something and do nothing."""


def unknown() -> None:
    """Say that nothing is known of the stack."""


@dataclass(slots=True)
class Bench:
    """A service's folder and a deployer, in an account of their own."""

    folder: Path
    emulator: Emulator
    account: str
    deployer: ServerlessCli = field(default_factory=ServerlessCli)
    stage: str = "dev"
    stack: str = "orders-dev"
    cli: Path = field(init=False)

    def __post_init__(self) -> None:
        self.cli = compiled_cli.install(self.folder)

    @property
    def service(self) -> Path:
        """The folder that holds serverless.yml, one level below the work tree."""
        return self.folder / "checkout" / "orders"

    def job(
        self,
        commit: str = FIRST,
        source: CommitSource | None = None,
        plan: str = "plan",
        **settings: Json,
    ) -> Job:
        """Return a job with deploy settings of the test's choice."""
        target = Target("orders", self.stage, self.stack, self.stage, Aws("eu-west-1", self.account))
        deploy = DeploySettings(**{"command": (str(self.cli),), **settings})
        service = Service("orders", "/repo", "orders", (), source or StackOutput(), deploy, (target,))
        credentials = services.lend(self.folder / "credentials", self.emulator, self.account)
        checkout = Checkout(str(self.service.parent), str(self.service), commit)
        return Job(service, target, checkout, credentials, self.folder / plan / "package", self.folder / "log")

    def ship(self, job: Job) -> ProcessEnd:
        """Package and deploy."""
        self.deployer.package(job)
        return self.deployer.deploy(job, on_start=nothing, on_poll=nothing, activity=unknown)

    def client(self, service: str = "cloudformation") -> AwsClient:
        """Return an AWS client of the test's own."""
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.emulator.url,
            region_name="eu-west-1",
            aws_access_key_id=self.account,
            aws_secret_access_key="sandbox",
        )

    def described(self) -> Json:
        """Return the stack as an AWS client of the test's own reads it."""
        return self.client().describe_stacks(StackName=self.stack)["Stacks"][0]

    def outputs(self) -> dict[str, str]:
        """Return the stack's outputs."""
        return {row["OutputKey"]: row["OutputValue"] for row in self.described().get("Outputs", [])}


@pytest.fixture
def bench(tmp_path: Path, aws: Emulator, account: str) -> Bench:
    """A bench with a service of one parameter."""
    made = Bench(tmp_path, aws, account)
    services.write_service(made.service)
    return made


def test_a_stack_names_its_commit_and_runs_the_very_artifact_of_its_package_from_the_first_deploy_on(
    bench: Bench,
) -> None:
    """One test, because each start of the real CLI takes a second."""
    services.add_function(bench.service)
    services.add_output(bench.service, output="RunsCommit")
    (bench.service / "package-lock.json").write_text("{}")
    job = bench.job(FIRST, StackOutput("Runs*"))
    assert bench.ship(job) == ProcessEnd(0, "exited")
    assert bench.outputs()["RunsCommit"] == FIRST
    _runs_artifact_of_package(bench, job)

    shutil.rmtree(bench.service)
    services.write_service(bench.service, value="2")
    _redirect_by_dotenv(bench.service)
    assert bench.ship(bench.job(SECOND, StackTag("commit"))) == ProcessEnd(0, "exited")
    assert {"Key": "commit", "Value": SECOND} in bench.described()["Tags"]
    assert bench.outputs()["DeployedCommit"] == SECOND
    assert f":{bench.account}:" in bench.described()["StackId"]
    assert sorted(path.name for path in bench.service.iterdir()) == [".env", "serverless.yml"]


def _runs_artifact_of_package(bench: Bench, job: Job) -> None:
    package = bench.deployer.read(job.folder, job.target, FIRST)
    assert package.reports_commit
    assert "RunsCommit" in (Path(package.folder) / STATE).read_text()
    (artifact,) = package.artifacts
    assert (artifact.function, artifact.name) == ("HelloLambdaFunction", "orders-dev-hello")
    assert (
        bench.client("lambda").get_function(FunctionName=artifact.name)["Configuration"]["CodeSha256"] == artifact.code
    )
    template = bench.client().get_template(StackName=bench.stack, TemplateStage="Original")["TemplateBody"]
    assert deployed_code(template) == packaged_code(manifest := bench.deployer.manifest(job))
    assert [(each.name, sorted(dict(each.files))) for each in manifest.archives] == [
        ("orders.zip", ["handler.js", "package-lock.json"])
    ]
    assert manifest.lockfile == "package-lock.json"
    assert manifest.node.startswith("v")


def _redirect_by_dotenv(service: Path) -> None:
    file = service / "serverless.yml"
    file.write_text("useDotenv: true\n" + file.read_text())
    (service / ".env").write_text(
        "AWS_PROD_PROFILE=elsewhere\nAWS_DEV_PROFILE=elsewhere\nAWS_PROFILE=elsewhere\n"
        "AWS_ACCESS_KEY_ID=999999999999\nAWS_SECRET_ACCESS_KEY=x\n"
    )


def test_failed_first_deploy_leaves_a_stack_that_names_no_commit(bench: Bench) -> None:
    services.make_failing(bench.service)
    end = bench.ship(bench.job())
    assert end == ProcessEnd(1, "exited")
    assert "DeployedCommit" not in bench.outputs()
    reason = bench.deployer.failure_reason(bench.folder / "log")
    assert reason.startswith("UPDATE_FAILED: Broken (Custom::NobodyServesThis) ")
    assert "\n" not in reason
    assert not (bench.service / ".serverless").exists()


def test_same_code_has_the_same_content_wherever_and_whenever_it_is_packaged(bench: Bench) -> None:
    services.add_function(bench.service)
    first = bench.deployer.package(bench.job(FIRST))
    elsewhere = dataclasses.replace(bench, folder=bench.folder / "elsewhere")
    shutil.copytree(bench.service, elsewhere.service)
    second = elsewhere.deployer.package(elsewhere.job(SECOND))
    assert first.content == second.content
    assert first.files != second.files
    assert first.artifacts == second.artifacts
    services.add_function(bench.service, "({statusCode: 201})")
    third = bench.deployer.package(bench.job(FIRST))
    assert third.content != first.content
    assert third.artifacts[0].content != first.artifacts[0].content


def test_target_is_what_the_cli_resolves_not_what_is_hoped_for_nor_what_a_plugin_prints(bench: Bench) -> None:
    services.write_service(bench.service, provider="  stage: hard\n  region: us-east-1\n  stackName: legacy-orders\n")
    text = """module.exports = class { constructor() { console.log(JSON.stringify({loaded: true})); } };"""
    (bench.service / "loud.js").write_text(text)
    file = bench.service / "serverless.yml"
    file.write_text(file.read_text() + "plugins: [./loud.js]\n")
    expected = ResolvedTarget("orders", "dev", "eu-west-1", "legacy-orders")
    assert bench.deployer.resolve(bench.job()) == expected
    assert bench.deployer.package(bench.job()).resolved == expected


def test_an_artifact_that_serverless_yml_names_is_part_of_the_package(bench: Bench) -> None:
    services.add_function(bench.service)
    built = bench.service / "build.zip"
    shutil.make_archive(str(built.with_suffix("")), "zip", bench.service, "handler.js")
    file = bench.service / "serverless.yml"
    file.write_text(file.read_text() + "package: {artifact: build.zip}\n")
    package = bench.deployer.package(bench.job())
    assert str(built) in dict(package.files)
    assert not any(name.endswith("orders.zip") for name, _ in package.files)


@pytest.mark.parametrize(
    ("yaml", "cause", "remedy"),
    [
        ("frameworkVersion: '3'\n", 'does not satisfy the "frameworkVersion" (3)', "pin the version"),
        ("custom: {x: '${param:nowhere}'}\n", "Cannot resolve variable at", "see "),
        ("not: [yaml\n", 'Cannot parse "serverless.yml"', "see "),
        (
            "configValidationMode: error\nnot: known\nnor: this\n",
            "unrecognized property 'not'; at root: unreco",
            "see ",
        ),
    ],
)
def test_a_failed_package_gives_the_clis_reason_in_one_line(bench: Bench, yaml: str, cause: str, remedy: str) -> None:
    file = bench.service / "serverless.yml"
    file.write_text(yaml + file.read_text())
    with pytest.raises(DeployError) as caught:
        bench.deployer.package(bench.job())
    assert caught.value.subject == "orders/dev"
    assert cause in caught.value.cause
    assert caught.value.remedy.startswith(remedy)
    assert "\n" not in str(caught.value)
    assert not (bench.folder / "log.raw").exists()


@pytest.mark.parametrize("call", ["package", "resolve"])
def test_a_plugin_that_is_not_there_says_what_was_installed_and_which_key_changes_it(bench: Bench, call: str) -> None:
    file = bench.service / "serverless.yml"
    file.write_text(file.read_text() + "plugins: [serverless-nowhere]\n")
    job = bench.job()
    job = dataclasses.replace(
        job, checkout=replace(job.checkout, dependencies="nothing was installed: deploy.install is never")
    )
    with pytest.raises(DeployError) as caught:
        getattr(bench.deployer, call)(job)
    assert 'plugin "serverless-nowhere" not found' in caught.value.cause
    assert caught.value.cause.endswith("(nothing was installed: deploy.install is never)")
    assert "plugin install" not in str(caught.value)
    assert caught.value.remedy.startswith("commit the lockfile of a package.json that has it, or set deploy.install")


def test_a_configuration_that_cannot_be_printed_gives_the_reason(bench: Bench) -> None:
    (bench.service / "serverless.yml").unlink()
    with pytest.raises(DeployError, match=r"orders/dev: This command can only be run in a service directory"):
        bench.deployer.resolve(bench.job())


def test_a_reason_holds_no_part_of_a_secret_where_it_is_cut(bench: Bench) -> None:
    canary = "s3cr3t-" + "canary" * 100
    (bench.service / "serverless.yml").write_text("service: orders\n")
    script = bench.service / "cli.sh"
    script.write_text("#!/bin/sh\nprintf 'Error: %s\\n' \"it does not fit: $PROMOTE_TUI_PARAM_key\"\nexit 1\n")
    script.chmod(0o755)
    job = bench.job(params=(("key", KnownValue(canary)),), command=("./cli.sh",))
    with pytest.raises(DeployError) as caught:
        bench.deployer.resolve(job)
    assert caught.value.cause == "it does not fit: [masked]"


def test_what_is_printed_is_kept_with_the_jobs_package_and_nowhere_else(bench: Bench) -> None:
    job = bench.job(command=("./cli.sh",))
    script = bench.service / "cli.sh"
    script.write_text(f"#!/bin/sh\nprintf 'Error: %s\\n' {job.folder.parent}/promote-tui-*/*\nexit 1\n")
    script.chmod(0o755)
    with pytest.raises(DeployError, match=r"promote-tui-\w+/output"):
        bench.deployer.resolve(job)
    assert not list(job.folder.parent.glob("promote-tui-*"))


PRINTER = """\
module.exports = class {
  constructor(serverless) {
    require('fs').writeFileSync(process.env.WHERE, JSON.stringify(process.env));
    console.log('token is', process.env.TOKEN, 'and key', process.env.PASSED);
  }
};
"""


def test_child_sees_the_listed_environment_only_and_its_secrets_do_not_reach_the_log(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    canaries = {"AWS_PROD_PROFILE": "canary-prod", "AWS_ACCESS_KEY_ID": "canary-key", "RANDOM_THING": "canary-random"}
    for name, value in {**canaries, "MY_TOKEN": "s3cr3t-t0ken", "PASSED": "passed-s3cr3t"}.items():
        monkeypatch.setenv(name, value)
    (bench.service / "printer.js").write_text(PRINTER)
    file = bench.service / "serverless.yml"
    file.write_text(file.read_text() + "plugins: [./printer.js]\n")
    (bench.service / ".env").write_text("AWS_PROD_PROFILE=dotenv-canary\n")
    env = (("TOKEN", "${MY_TOKEN}"), ("WHERE", str(tmp_path / "seen.json")))
    job = bench.job(env=env, pass_env=("PASSED",))
    bench.deployer.package(job)
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert not re.search("canary", json.dumps(seen))
    assert seen["TOKEN"] == "s3cr3t-t0ken"
    assert seen["AWS_PROFILE"] == services.PROFILE
    assert seen["AWS_REGION"] == "eu-west-1"
    told = bench.deployer.environment(job)
    assert {name: value for name, value in seen.items() if name in told} == told
    added = set(seen) - set(told)
    assert not [name for name in added if name.startswith("AWS_") and "PROFILE" in name]
    log = (bench.folder / "log").read_text()
    assert "token is [masked] and key [masked]" in log
    assert "s3cr3t" not in log


ODD = ("p@ss w$ord", "${env:HOME}", "a\\${self:service}", "b\\\\${x}", "two\nlines", "", "${", "back\\slash", "ü€")


def test_parameters_reach_the_cli_as_they_are_and_no_secret_stands_in_its_command(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PART", "s3cr3t-part")
    secrets = {f"p{number}": text for number, text in enumerate(ODD)} | {"known": "s3cr3t-known"}
    params: dict[str, DeployValue] = {name: KnownValue(text) for name, text in secrets.items()}
    params |= {"plain": "a=b c", "url": KnownValue("https://x", secret=False), "mixed": "x-${PART}"}
    job = bench.job(params=tuple(params.items()))
    expected = secrets | {"plain": "a=b c", "url": "https://x", "mixed": "x-s3cr3t-part"}
    file = bench.service / "serverless.yml"
    file.write_text(file.read_text() + "custom:\n" + "".join(f"  {name}: ${{param:{name}}}\n" for name in expected))
    assert not bench.deployer.configuration.required_parameters("serverless.yml", {"serverless.yml": ""})
    bench.deployer.package(job)
    state = json.loads((job.folder / STATE).read_text())
    assert {name: state["service"]["custom"][name] for name in expected} == expected
    command = bench.deployer.command(job)
    assert "s3cr3t" not in " ".join(command)
    assert [word for word in command if word.startswith(("plain=", "url=", "known="))] == [
        "known=${env:PROMOTE_TUI_PARAM_known}",
        "plain=a=b c",
        "url=https://x",
    ]
    assert {"s3cr3t-known", "x-s3cr3t-part", "s3cr3t-part"} <= set(bench.deployer.secrets(job))
    assert not {"a=b c", "https://x"} & set(bench.deployer.secrets(job))


@pytest.mark.parametrize("where", ["service", "root", "wrapper"])
def test_projects_own_cli_is_the_one_that_runs(bench: Bench, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    global_bin = bench.folder / "global"
    _script(global_bin / "osls", "echo the global one; exit 9")
    monkeypatch.setenv("PATH", f"{global_bin}:{os.environ['PATH']}")
    place = {
        "service": bench.service / "node_modules" / ".bin" / "osls",
        "root": bench.service.parent / "node_modules" / ".bin" / "osls",
        "wrapper": bench.service / "tools" / "deploy",
    }[where]
    _script(place, 'echo "own $*"; exit 8')
    job = bench.job(command=("tools/deploy",) if where == "wrapper" else ("osls",))
    with pytest.raises(DeployError, match="own package --stage dev"):
        bench.deployer.package(job)


def _script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_a_missing_cli_is_named(bench: Bench) -> None:
    with pytest.raises(DeployError, match="osls-nowhere: it is not on the PATH"):
        bench.deployer.package(bench.job(command=("osls-nowhere",)))


@pytest.mark.parametrize("call", ["package", "resolve"])
def test_a_missing_cli_says_what_was_installed(bench: Bench, call: str) -> None:
    job = bench.job(command=("osls-nowhere",))
    job = dataclasses.replace(
        job, checkout=replace(job.checkout, dependencies="nothing was installed: deploy.install is never")
    )
    with pytest.raises(DeployError) as caught:
        getattr(bench.deployer, call)(job)
    assert caught.value.cause == "it is not on the PATH (nothing was installed: deploy.install is never)"


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ({"idle_seconds": 0.3}, "the Serverless CLI said nothing for 0 s and was stopped"),
        ({"total_seconds": 0.3}, "the Serverless CLI took more than 0 s and was stopped"),
    ],
)
def test_a_cli_that_hangs_is_stopped(bench: Bench, settings: dict[str, Any], cause: str) -> None:
    _script(bench.service / "bin" / "hangs", "sleep 60")
    with pytest.raises(DeployError) as caught:
        bench.deployer.package(bench.job(command=("bin/hangs",), **settings))
    assert caught.value.cause == cause


def test_arguments_of_the_configuration_are_added_once(bench: Bench) -> None:
    job = bench.job(args=("--verbose", "--param", "size=2"))
    command = bench.deployer.command(job)
    assert command.count("--verbose") == 1
    assert command[-3:] == ("--verbose", "--param", "size=2")
    assert ("--param", f"commit={FIRST}") in itertools.pairwise(command)


def test_what_only_a_deploy_knows_does_not_reach_packaging(bench: Bench) -> None:
    job = bench.job(args=("--force", "--conceal", "--aws-s3-accelerate", "--param", "size=2"))
    other = bench.job(args=("--force",), package_args=("--param", "size=2"))
    assert packaging_arguments(job) == packaging_arguments(other) == ("--param", "size=2")
    assert bench.deployer.package(job).reports_commit
    assert bench.deployer.resolve(other).stack == "orders-dev"
    assert all("--force" in bench.deployer.command(each) for each in (job, other))


def test_two_services_of_one_folder_are_packaged_and_deployed_from_their_own_files(bench: Bench) -> None:
    services.write_service(bench.service)
    text = (bench.service / "serverless.yml").read_text()
    (bench.service / "serverless.worker.yml").write_text(text.replace("service: orders", "service: worker"))
    worker = dataclasses.replace(bench, stack="worker-dev")
    job = worker.job()
    job = dataclasses.replace(job, service=replace(job.service, name="worker", file="serverless.worker.yml"))
    assert worker.deployer.resolve(job) == ResolvedTarget("worker", "dev", "eu-west-1", "worker-dev")
    assert worker.ship(job).code == 0
    assert worker.outputs()["DeployedCommit"] == FIRST
    package = bench.deployer.package(bench.job(SECOND, plan="other"))
    assert package.resolved == ResolvedTarget("orders", "dev", "eu-west-1", "orders-dev")
    assert [row["StackName"] for row in bench.client().describe_stacks()["Stacks"]] == ["worker-dev"]


def test_a_service_with_as_many_outputs_as_there_may_be_is_deployed_by_its_tag(bench: Bench) -> None:
    outputs = "".join(f"    Out{number}: {{Value: '1'}}\n" for number in range(199))
    file = bench.service / "serverless.yml"
    file.write_text(f"{file.read_text()}  Outputs:\n{outputs}")
    with pytest.raises(DeployError, match="there is no room for an output that names the commit"):
        bench.deployer.package(bench.job(FIRST))
    assert bench.ship(bench.job(SECOND, StackTag("commit"), plan="tagged")).code == 0
    assert len(bench.outputs()) == 200
    assert {"Key": "commit", "Value": SECOND} in bench.described()["Tags"]


def test_a_cli_that_leaves_no_package_is_refused(bench: Bench) -> None:
    _script(bench.service / "bin" / "lies", "exit 0")
    with pytest.raises(DeployError, match=f"it has no {STATE}"):
        bench.deployer.package(bench.job(command=("bin/lies",)))


@pytest.mark.parametrize("token", ["s3cr3t-t0ken", "another", None])
def test_what_a_dead_runner_left_unmasked_is_dropped_whatever_is_set_now(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    job = bench.job(env=(("TOKEN", "${MY_TOKEN}"),))
    if token:
        monkeypatch.setenv("MY_TOKEN", token)
    (bench.folder / "log.raw").write_text(f"{20:019d}\ntoken s3cr3t-t0ken of AWS key wJalrXUtnFEMI\n")
    bench.deployer.finish_log(job.log)
    assert job.log.read_text() == ("[the rest of the output was dropped: the runner died before it could be masked]\n")
    assert not (bench.folder / "log.raw").exists()
