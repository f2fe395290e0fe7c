"""What it takes to package a commit for three stages: our checkouts beside three times worktree, npm ci and package.

`python benchmarks/prepared.py [ROUNDS]` does both in turn, in the same minute on the same machine, for the same
commit of the same repository, and compares the sums. Exits 1 beyond the goal.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from promote_tui.adapters.serverless.cli import ServerlessCli
from promote_tui.adapters.worktrees.pool import WorkTrees
from promote_tui.core.model.pipeline import Aws, DeploySettings, Service, StackOutput, Target
from promote_tui.ports import CheckoutRequest, ChildCredentials, Identity, Job

GOAL = 0.25
STAGES = ("dev", "staging", "prod")
FILES, PACKAGES = 4_000, 100
_ROUNDS = 1
_REGION = "eu-west-1"
_MANIFESTS = Path(__file__).parents[1] / "promote_tui/demo/serverless"
_SERVICE = """\
service: orders
provider: {name: aws, runtime: nodejs20.x, region: eu-west-1, stage: "${opt:stage}"}
package: {patterns: ["!**", "src/**"]}
functions:
  place: {handler: src/place.handler, environment: {STAGE: "${sls:stage}"}}
  pay: {handler: src/pay.handler}
"""


@dataclass
class Project:
    """A repository of some thousand files, with the lockfile of the demo's CLI: npm installs about a hundred packages.

    npm has a cache of its own, filled beforehand, so that no network is measured.
    """

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.repo = self.folder / "acme"
        home = self.folder / "home"
        home.mkdir()
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
        self.environment = kept | {"HOME": str(home), "CI": "1", "NO_COLOR": "1", "SLS_TELEMETRY_DISABLED": "1"}
        self.environment |= {"npm_config_cache": str(self.folder / "npm"), "npm_config_update_notifier": "false"}
        self.environment |= {"AWS_CONFIG_FILE": str(home / "aws"), "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
        keys = "aws_access_key_id = 111111111111\naws_secret_access_key = x"
        (home / "aws").write_text(f"[profile bench]\n{keys}\nregion = {_REGION}\n", encoding="utf-8")

    def build(self) -> None:
        """Write the repository, and let npm fetch what the lockfile names."""
        for number in range(FILES):
            file = self.repo / f"services/service-{number % 40:02}/lib/part-{number // 400}/file-{number}.js"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"exports.value = {number};\n" + f"// {number:032x}\n" * 40, encoding="utf-8")
        orders = self.repo / "services/orders"
        (orders / "src").mkdir(parents=True)
        for name in ("place", "pay"):
            (orders / f"src/{name}.js").write_text("exports.handler = async () => ({});\n", encoding="utf-8")
        (orders / "serverless.yml").write_text(_SERVICE, encoding="utf-8")
        manifest = json.loads((_MANIFESTS / "package.json").read_text(encoding="utf-8"))
        manifest["devDependencies"] = manifest.pop("dependencies")
        lock = json.loads((_MANIFESTS / "package-lock.json").read_text(encoding="utf-8"))
        top = lock["packages"][""]
        top["devDependencies"] = top.pop("dependencies")
        (orders / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
        (orders / "package-lock.json").write_text(json.dumps(lock), encoding="utf-8")
        (self.repo / ".gitignore").write_text("node_modules\n.serverless\n", encoding="utf-8")
        self.git("init", "-q", "-b", "main")
        self.commit("Begin")
        self.call(["npm", "ci", "--no-audit", "--no-fund"], orders)
        shutil.rmtree(orders / "node_modules")

    def commit(self, words: str) -> str:
        """Change the code, commit it, and return the hash."""
        (self.repo / "services/orders/src/pay.js").write_text(f"exports.handler = async () => '{words}';\n")
        self.git("add", "-A")
        self.git("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "-q", "-m", words)
        return self.git("rev-parse", "HEAD")

    def git(self, *words: str) -> str:
        """Run git in the repository."""
        return self.call(["git", *words], self.repo)

    def call(self, argv: list[str], folder: Path) -> str:
        """Run a command and return what it says; its errors are shown."""
        done = subprocess.run(argv, cwd=folder, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(argv)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout.strip()


def by_hand(project: Project, commit: str) -> float:
    """Return the seconds of a worktree, an installation and a package for each stage."""
    begun = time.monotonic()
    for stage in STAGES:
        tree = project.folder / f"hand-{stage}"
        project.git("worktree", "add", "--quiet", "--detach", str(tree), commit)
        project.call(["npm", "ci", "--no-audit", "--no-fund"], tree / "services/orders")
        words = ["npx", "osls", "package", "--stage", stage, "--aws-profile", "bench"]
        project.call([*words, "--package", str(project.folder / f"package-{stage}")], tree / "services/orders")
    took = time.monotonic() - begun
    for stage in STAGES:
        project.git("worktree", "remove", "--force", str(project.folder / f"hand-{stage}"))
        shutil.rmtree(project.folder / f"package-{stage}")
    return took


def ours(project: Project, trees: WorkTrees, commit: str) -> float:
    """Return the seconds of what plans for all stages do: prepare the commit, and package it for each of them."""
    service, owners = _service(project), [f"{stage}-{commit[:7]}" for stage in STAGES]
    begun = time.monotonic()
    for stage, owner in zip(STAGES, owners, strict=True):
        checkout = trees.prepare(CheckoutRequest(service, stage, commit, owner, project.folder / "log"))
        job = Job(
            service, service.target(stage), checkout, _lent(project), project.folder / owner, project.folder / "log"
        )
        with trees.alone(checkout, owner, lambda: None):
            ServerlessCli().package(job)
    took = time.monotonic() - begun
    for owner in owners:
        trees.release(owner)
        shutil.rmtree(project.folder / owner)
    return took


def _service(project: Project) -> Service:
    targets = tuple(Target("orders", one, f"orders-{one}", one, Aws(_REGION, "111111111111")) for one in STAGES)
    settings = DeploySettings(command=("npx", "osls"))
    return Service("orders", str(project.repo), "services/orders", (), StackOutput(), settings, targets)


def _lent(project: Project) -> ChildCredentials:
    names = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
    environment = {name: project.environment[name] for name in names}
    return ChildCredentials("bench", environment, Identity("111111111111", "arn:aws:iam::1:root", "root"), None, ())


def main(rounds: int) -> int:
    """Measure, and return the exit code."""
    with tempfile.TemporaryDirectory(prefix="promote-tui-bench-") as folder:
        project = Project(Path(folder))
        project.build()
        os.environ.clear()
        os.environ.update(project.environment)
        hand, first, later = [], [], []
        for number in range(rounds):
            trees = WorkTrees(project.folder / f"cache-{number}")
            hand.append(by_hand(project, project.commit(f"change {number}")))
            first.append(ours(project, trees, project.git("rev-parse", "HEAD")))
            later.append(ours(project, trees, project.commit(f"change {number} again")))
    print(
        f"prepare and package for {len(STAGES)} stages, {FILES} files, about {PACKAGES} packages, medians of {rounds}"
    )
    base = statistics.median(hand)
    met = report("the next commit ", base, statistics.median(later), GOAL)
    report("the first commit", base, statistics.median(first), None)
    return 0 if met else 1


def report(what: str, hand: float, ours: float, goal: float | None) -> bool:
    """Print both times and their ratio; return whether the goal is met."""
    met = goal is None or ours <= goal * hand
    verdict = "" if goal is None else f"   goal {goal:.2f}x {'met' if met else 'MISSED'}"
    print(f"{what}   three times by hand {hand:5.1f} s   promote-tui {ours:5.1f} s   {ours / hand:.2f}x{verdict}")
    return met


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else _ROUNDS))
