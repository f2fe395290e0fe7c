"""Dependencies: installed by the project's own package manager, and kept while nothing they depend on changes."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.process.system import SystemClock
from promote_tui.adapters.worktrees.pool import WorkTrees
from promote_tui.core.errors import DeployError
from promote_tui.core.model.pipeline import DeploySettings, Service
from promote_tui.core.value import replace
from promote_tui.ports import CheckoutRequest, ProjectCommand
from tests.support.repositories import Repository, service

if TYPE_CHECKING:
    from collections.abc import Iterator

MANAGER = """#!/bin/sh
echo "$(basename "$0") $* in $(pwd)" >> "$HOME/installs"
mkdir -p node_modules && date +%s%N > node_modules/stamp
"""


class Project:
    """A repository, a cache, and package managers on the PATH that only note that they were called."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.repository = Repository(folder / "acme")
        self.trees = WorkTrees(folder / "cache")
        self.log = folder / "log"
        self.programs = folder / "bin"
        self._installs = home / "installs"
        self.programs.mkdir()
        for name in ("npm", "yarn", "pnpm", "bun"):
            self.program(name, MANAGER)
        self.program("node", "#!/bin/sh\necho v20.19.0\n")

    def program(self, name: str, text: str) -> None:
        """Put a program on the PATH, as an upgrade does: in another file."""
        fresh = self.programs / f"{name}.{len(list(self.programs.iterdir()))}"
        fresh.write_text(text)
        fresh.chmod(0o755)
        (self.programs / name).unlink(missing_ok=True)
        (self.programs / name).symlink_to(fresh)

    def service(self, path: str = "svc", settings: DeploySettings | None = None) -> Service:
        return service(self.repository.path, path.replace("/", "-"), path, deploy=settings)

    def deploy(self, commit: str, its: Service | None = None) -> Path:
        """Prepare a checkout, give it back, and return its root."""
        checkout = self.trees.prepare(CheckoutRequest(its or self.service(), "dev", commit, "plan", self.log))
        self.trees.release("plan")
        return Path(checkout.root)

    @property
    def installs(self) -> list[str]:
        return self._installs.read_text().splitlines() if self._installs.exists() else []


class Tomorrow(SystemClock):
    """A clock that is a day ahead."""

    def now(self) -> datetime:
        return super().now() + timedelta(days=1)


@pytest.fixture
def project(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(tmp_path, home)
    monkeypatch.setenv("PATH", f"{made.programs}:{os.environ['PATH']}")
    return made


FROZEN = "install --frozen-lockfile"
FILES = {"svc/serverless.yml": "1", "svc/package.json": "{}"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"svc/package-lock.json": "1"}, "npm ci --no-audit --no-fund in {root}/svc"),
        ({"svc/npm-shrinkwrap.json": "1"}, "npm ci --no-audit --no-fund in {root}/svc"),
        ({"package-lock.json": "1"}, "npm ci --no-audit --no-fund in {root}"),
        ({"package-lock.json": "1", "svc/yarn.lock": "1"}, f"yarn {FROZEN} in {{root}}/svc"),
        ({"yarn.lock": "1", ".yarnrc.yml": "1"}, "yarn install --immutable in {root}"),
        ({"pnpm-lock.yaml": "1"}, f"pnpm {FROZEN} in {{root}}"),
        ({"bun.lockb": "1"}, f"bun {FROZEN} in {{root}}"),
        ({"svc/bun.lock": "1"}, f"bun {FROZEN} in {{root}}/svc"),
        ({"other/package-lock.json": "1", "svc/deeper/package-lock.json": "1"}, ""),
    ],
)
def test_the_nearest_lockfile_upward_names_the_package_manager(
    files: dict[str, str], expected: str, project: Project
) -> None:
    root = project.deploy(project.repository.commit(FILES | files))
    assert project.installs == ([expected.format(root=root)] if expected else [])


NO_LOCKFILE = "no lockfile (package-lock.json, yarn.lock, pnpm-lock.yaml, bun.lock) in svc or above it"


@pytest.mark.parametrize(
    ("files", "settings", "said"),
    [
        ({"svc/package-lock.json": "1"}, DeploySettings(), "installed by npm from svc/package-lock.json"),
        (
            {"svc/package-lock.json": "1", "yarn.lock": "1"},
            DeploySettings(),
            "installed by npm from svc/package-lock.json; yarn.lock is not used, deploy.install changes that",
        ),
        (
            {"svc/package-lock.json": "1", "svc/yarn.lock": "1", "pnpm-lock.yaml": "1"},
            DeploySettings(),
            (
                "installed by npm from svc/package-lock.json; pnpm-lock.yaml and svc/yarn.lock are not used,"
                " deploy.install changes that"
            ),
        ),
        (
            {},
            DeploySettings(),
            (
                f"nothing was installed: the commit has svc/package.json, and {NO_LOCKFILE};"
                " commit one, or set deploy.install"
            ),
        ),
        (
            {"svc/package.json": None},
            DeploySettings(),
            "nothing was installed: the commit has no package.json in svc or above it",
        ),
        (
            {"svc/package-lock.json": "1"},
            DeploySettings(install="never"),
            "nothing was installed: deploy.install is never",
        ),
        (
            {},
            DeploySettings(install=("npm", "run", "setup")),
            "installed by `npm run setup`, as deploy.install says",
        ),
    ],
)
def test_what_was_installed_or_not_is_said_with_the_reason_and_the_key(
    files: dict[str, str | None], settings: DeploySettings, said: str, project: Project
) -> None:
    commit = project.repository.commit({**FILES, **files})
    checkout = project.trees.prepare(
        CheckoutRequest(project.service(settings=settings), "dev", commit, "plan", project.log)
    )
    assert checkout.dependencies == said
    assert f"\ndependencies: {said}\n" in f"\n{project.log.read_text()}"


def test_dependencies_stay_while_nothing_that_they_depend_on_changes(project: Project) -> None:
    first = project.repository.commit(FILES | {"svc/package-lock.json": "1", ".gitignore": "node_modules\n"})
    second = project.repository.commit(
        {"svc/handler.js": "2", "other/package.json": "{}", "other/package-lock.json": "1"}
    )
    stamp = project.deploy(first) / "svc/node_modules/stamp"
    before = stamp.read_text()
    assert project.deploy(second) / "svc/node_modules/stamp" == stamp
    assert stamp.read_text() == before
    assert len(project.installs) == 1


@pytest.mark.parametrize(
    ("command", "installs"),
    [
        ("cat node_modules/stamp", 1),
        ("mkdir -p node_modules/.cache; echo 1 > node_modules/.cache/x", 1),
        ("echo tampered > node_modules/stamp", 2),
        ("rm node_modules/stamp; mkdir ../node_modules; echo 1 > ../node_modules/stamp", 2),
    ],
)
def test_what_is_changed_apart_among_the_dependencies_reaches_no_plan(
    command: str, installs: int, project: Project
) -> None:
    commit = project.repository.commit(FILES | {"svc/package-lock.json": "1"})
    its = project.service()
    apart = project.trees.prepare(CheckoutRequest(its, "dev", commit, "check", project.log, apart=True))
    with project.trees.alone(apart, "check", lambda: None):
        project.trees.run(ProjectCommand(its, "dev", ("sh", "-c", command), apart, project.log))
    project.trees.release("check")
    root = project.deploy(commit)
    assert len(project.installs) == installs
    assert sorted(path.name for path in root.rglob("node_modules/**/*") if path.is_file()) == ["stamp"]
    assert "tampered" not in (root / "svc/node_modules/stamp").read_text()


def test_dependencies_that_somebody_died_with_apart_are_installed_again(project: Project) -> None:
    commit = project.repository.commit(FILES | {"svc/package-lock.json": "1"})
    apart = project.trees.prepare(CheckoutRequest(project.service(), "dev", commit, "check", project.log, apart=True))
    (Path(apart.service) / "node_modules/stamp").write_text("tampered")
    late = WorkTrees(project.log.parent / "cache", clock=Tomorrow())
    again = late.prepare(CheckoutRequest(project.service(), "dev", commit, "plan", project.log))
    assert again.root == apart.root
    assert "tampered" not in (Path(again.service) / "node_modules/stamp").read_text()


@pytest.mark.parametrize(
    "name",
    [
        "svc/package-lock.json",
        "svc/package.json",
        "package.json",
        ".npmrc",
        "svc/.npmrc",
        "svc/packages/inner/package.json",
        "svc/patches/left-pad.patch",
    ],
)
def test_dependencies_are_installed_again_when_a_file_that_they_depend_on_changes(name: str, project: Project) -> None:
    first = project.repository.commit(FILES | {"svc/package-lock.json": "1"})
    second = project.repository.commit({name: "changed"})
    project.deploy(first)
    root = project.deploy(second)
    project.deploy(second)
    assert len(project.installs) == 2
    assert (root / "svc/node_modules/stamp").exists()


def test_dependencies_are_installed_again_for_another_node(project: Project) -> None:
    commit = project.repository.commit(FILES | {"svc/package-lock.json": "1"})
    project.deploy(commit)
    project.program("node", "#!/bin/sh\necho v22.1.0\n")
    project.deploy(commit)
    assert len(project.installs) == 2


def test_a_copied_npmrc_is_one_of_the_files_that_dependencies_depend_on(project: Project) -> None:
    commit = project.repository.commit(FILES | {"svc/package-lock.json": "1"})
    its = project.service(settings=DeploySettings(files=(".npmrc",)))
    for content in ("a=1", "a=1", "a=2"):
        (project.repository.path / ".npmrc").write_text(content)
        project.deploy(commit, its)
    assert len(project.installs) == 2


def test_services_with_lockfiles_of_their_own_do_not_undo_each_others_installs(project: Project) -> None:
    files = {f"{name}/{file}": name for name in ("a", "b") for file in ("serverless.yml", "package-lock.json")}
    commit = project.repository.commit(files)
    for _ in range(2):
        for name in ("a", "b"):
            project.deploy(commit, project.service(name))
    assert len(project.installs) == 2


def test_dependencies_that_were_removed_are_installed_again(project: Project) -> None:
    commit = project.repository.commit(FILES | {"svc/package-lock.json": "1"})
    root = project.deploy(commit)
    (root / "svc/node_modules/stamp").unlink()
    (root / "svc/node_modules").rmdir()
    project.deploy(commit)
    assert len(project.installs) == 2


def test_an_install_that_fails_says_why_and_leaves_nothing_to_trust(project: Project) -> None:
    commit = project.repository.commit(FILES | {"svc/package-lock.json": "1"})
    failing = "#!/bin/sh\nmkdir -p node_modules\necho warn: old\necho 'npm error code E404'\n"
    failing += "echo \"npm error 404  'lib@1' is not in this registry\"\necho see the log\nexit 1\n"
    project.program("npm", failing)
    with pytest.raises(DeployError) as error:
        project.deploy(commit)
    assert str(error.value) == (
        "svc/dev: `npm ci --no-audit --no-fund` ended with exit code 1: E404 'lib@1' is not in this registry;"
        f" the whole output is in {project.log}"
    )
    project.program("npm", MANAGER)
    project.deploy(commit)
    assert len(project.installs) == 1
    assert project.log.stat().st_mode & 0o777 == 0o600


@pytest.mark.cli
def test_a_private_registry_names_the_variable_that_npmrc_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NPM_TOKEN", "canary-of-npm")
    root = {"name": "svc", "version": "1.0.0", "dependencies": {"@acme/lib": "1.0.0"}}
    with refusing_registry() as url:
        locked = {"version": "1.0.0", "resolved": f"{url}/@acme/lib/-/lib-1.0.0.tgz", "integrity": "sha512-AA=="}
        packages = {"": root, "node_modules/@acme/lib": locked}
        lock = {"name": "svc", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": packages}
        npmrc = f"registry={url}/\n{url.removeprefix('http:')}/:_authToken=${{NPM_TOKEN}}\nfetch-retries=0\n"
        files = {"package.json": json.dumps(root), "package-lock.json": json.dumps(lock), ".npmrc": npmrc}
        repository = Repository(tmp_path / "acme")
        commit = repository.commit({"serverless.yml": "1", **files})
        trees, its = WorkTrees(tmp_path / "cache"), replace(service(repository.path), name="svc")
        with pytest.raises(DeployError) as error:
            trees.prepare(CheckoutRequest(its, "dev", commit, "plan", tmp_path / "log"))
    assert "E401" in error.value.cause
    assert "acme" in error.value.cause
    assert error.value.remedy.startswith("name NPM_TOKEN in deploy.pass_env: .npmrc reads it")
    assert "canary" not in str(error.value)


class Refusing(BaseHTTPRequestHandler):
    """A registry that nobody may read from."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.end_headers()
        self.wfile.write(b'{"error": "authentication token not provided"}')

    def log_message(self, *_words: object) -> None:
        """Keep quiet."""


@contextlib.contextmanager
def refusing_registry() -> Iterator[str]:
    """Yield the address of a private registry on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_missing_package_manager_is_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = project.repository.commit(FILES | {"pnpm-lock.yaml": "1"})
    (project.programs / "pnpm").unlink()
    monkeypatch.setenv("PATH", f"{project.programs}:/usr/bin:/bin")
    with pytest.raises(DeployError) as error:
        project.deploy(commit)
    assert str(error.value) == (
        "svc/dev: nothing was installed: pnpm-lock.yaml asks for pnpm: it is not on the PATH;"
        " run corepack enable, or npm install --global pnpm, or set deploy.install"
    )


def test_never_means_that_nothing_is_installed(project: Project) -> None:
    commit = project.repository.commit(FILES | {"svc/package-lock.json": "1"})
    project.deploy(commit, project.service(settings=DeploySettings(install="never")))
    assert project.installs == []


def test_a_command_of_the_users_installs_every_time(project: Project) -> None:
    commit = project.repository.commit(FILES | {"svc/package-lock.json": "1"})
    its = project.service(settings=DeploySettings(install=("npm", "run", "setup")))
    roots = {project.deploy(commit, its) for _ in range(2)}
    assert project.installs == [f"npm run setup in {root}/svc" for root in roots] * 2


def test_dependencies_and_builds_are_made_once_for_the_plans_of_all_stages(project: Project) -> None:
    commit = project.repository.commit(FILES | {"svc/package-lock.json": "1"})
    its = project.service(settings=DeploySettings(before=(("sh", "-c", "date +%s%N > built"),)))
    stages = ("dev", "staging", "prod")
    roots = {
        project.trees.prepare(CheckoutRequest(its, stage, commit, f"to-{stage}", project.log)).root for stage in stages
    }
    assert len(roots) == len(project.installs) == project.log.read_text().count("$ sh -c") == 1


def test_an_install_that_fails_for_one_plan_is_tried_again_for_the_next(project: Project) -> None:
    commit = project.repository.commit(FILES | {"svc/package-lock.json": "1"})
    project.program("npm", "#!/bin/sh\nexit 1\n")
    with pytest.raises(DeployError, match="exit code 1"):
        project.trees.prepare(CheckoutRequest(project.service(), "dev", commit, "to-dev", project.log))
    project.program("npm", MANAGER)
    project.trees.prepare(CheckoutRequest(project.service(), "prod", commit, "to-prod", project.log))
    assert len(project.installs) == 1


def test_an_install_that_says_nothing_is_stopped(project: Project) -> None:
    commit = project.repository.commit(FILES)
    settings = DeploySettings(install=("sleep", "60"), idle_seconds=0.5)
    with pytest.raises(DeployError, match="`sleep 60` was stopped: it wrote nothing for"):
        project.deploy(commit, project.service(settings=settings))


def test_commands_run_before_the_package_in_the_services_folder(project: Project) -> None:
    commit = project.repository.commit(FILES | {"svc/package-lock.json": "1"})
    tool = "mkdir -p node_modules/.bin; printf '#!/bin/sh\\npwd > built\\n' > node_modules/.bin/tool;"
    project.program("npm", f"#!/bin/sh\n{tool} chmod +x node_modules/.bin/tool\n")
    its = project.service(settings=DeploySettings(before=(("tool",), ("sh", "-c", "cat built"))))
    checkout = project.trees.prepare(CheckoutRequest(its, "dev", commit, "plan", project.log))
    assert (Path(checkout.service) / "built").read_text() == f"{checkout.service}\n"
    assert f"$ sh -c 'cat built'\n{checkout.service}\n" in project.log.read_text()


def test_a_stages_commands_and_environment_have_its_name_in_them(project: Project) -> None:
    commit = project.repository.commit(FILES)
    say = ("sh", "-c", "echo {service} in {stage} with $TABLE > built")
    its = project.service(settings=DeploySettings(before=(say,), env=(("TABLE", "t-{stage}"),)))
    for stage in ("dev", "prod"):
        checkout = project.trees.prepare(CheckoutRequest(its, stage, commit, f"to-{stage}", project.log))
        assert (Path(checkout.service) / "built").read_text() == f"svc in {stage} with t-{stage}\n"


def test_the_projects_commands_see_no_credentials_and_secrets_are_masked(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "MY_OWN")
    for name in hidden:
        monkeypatch.setenv(name, "canary-of-aws")
    monkeypatch.setenv("REGISTRY_TOKEN", "canary-of-npm")
    commit = project.repository.commit(FILES)
    settings = DeploySettings(pass_env=("REGISTRY_TOKEN",), env=(("MODE", "fast"),), before=(("env",),))
    project.deploy(commit, project.service(settings=settings))
    told = dict(line.split("=", 1) for line in project.log.read_text().splitlines() if "=" in line)
    assert "canary" not in project.log.read_text()
    assert set(told) >= {"REGISTRY_TOKEN", "MODE", "PATH", "HOME"}
    assert not set(hidden) & set(told)


@pytest.mark.cli
def test_npm_itself_installs_once(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "acme")
    root = {"name": "svc", "version": "1.0.0", "dependencies": {"lib": "file:lib"}}
    lib = {"name": "lib", "version": "1.0.0"}
    packages = {"": root, "lib": {"version": "1.0.0"}, "node_modules/lib": {"resolved": "lib", "link": True}}
    lock = {"name": "svc", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": packages}
    files = {"package.json": root, "package-lock.json": lock, "lib/package.json": lib}
    first = repository.commit({"serverless.yml": "1", **{name: json.dumps(text) for name, text in files.items()}})
    second = repository.commit({"handler.js": "1"})
    trees, log = WorkTrees(tmp_path / "cache"), tmp_path / "log"
    its = replace(service(repository.path), name="svc")
    for commit in (first, second):
        checkout = trees.prepare(CheckoutRequest(its, "dev", commit, "plan", log))
        assert (Path(checkout.root) / "node_modules/lib/package.json").exists()
        trees.release("plan")
    assert log.read_text().count("$ npm ci") == 1
