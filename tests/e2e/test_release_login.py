"""A release into a stage that asks for an MFA code: a face asks, and the release's process is handed the role."""

from __future__ import annotations

import dataclasses
import itertools
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_login import Sts, leaks
from tests.support import stand_in_cli
from tests.support.faults import fault_proxy
from tests.support.release_workspace import Shop
from tests.support.terminal import Terminal
from tests.support.workspace import REGION, STAGES, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator
    from tests.support.faults import Call, Forward, Reply
    from tests.support.programs import Programs

pytestmark = [pytest.mark.aws, pytest.mark.pty]
_ACCOUNTS = itertools.count()
SHOW = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ >> {folder}/shown 2>/dev/null"


class TimedSts(Sts):
    """An STS whose roles last for `seconds`, where that is said."""

    seconds: float | None = None

    def _check(self, call: Call, forward: Forward) -> Reply:
        reply = super()._check(call, forward)
        if self.seconds is None:
            return reply
        ends = datetime.now(UTC) + timedelta(seconds=self.seconds)
        body = re.sub(rb"(<Expiration>)[^<]+", rb"\g<1>" + f"{ends:%Y-%m-%dT%H:%M:%SZ}".encode(), reply.body)
        return dataclasses.replace(reply, body=body)


@pytest.fixture
def sts(aws: Emulator) -> Iterator[TimedSts]:
    with fault_proxy(aws.url) as faults:
        yield TimedSts(faults)


@pytest.fixture
def shop(aws: Emulator, sts: TimedSts, programs: Programs, tmp_path: Path) -> Iterator[Shop]:
    """Prod wants a code; at each deploy it is written down what every process of the machine shows of itself."""
    accounts = {stage: f"{720000000000 + next(_ACCOUNTS):012d}" for stage in STAGES}
    made = Workspace(tmp_path, aws, accounts, endpoint=sts.url, cli=stand_in_cli.install(tmp_path), programs=programs)
    config = tmp_path / "home" / "aws-config"
    text = config.read_text(encoding="utf-8").replace("[profile acme-prod]", "[profile base]")
    text += (
        f"\n[profile acme-prod]\nrole_arn = arn:aws:iam::{accounts['prod']}:role/deploy\nsource_profile = base\n"
        f"mfa_serial = arn:aws:iam::{accounts['prod']}:mfa/ana\nregion = {REGION}\n"
    )
    config.write_text(text, encoding="utf-8")
    shop = Shop(made, ("catalog", "orders"))
    shop.set_up()
    wrapper = tmp_path / "wrapper.sh"
    script = wrapper.read_text(encoding="utf-8")
    wrapper.write_text(script.replace("exec ", f"{SHOW.format(folder=tmp_path)}\nexec ", 1), encoding="utf-8")
    yield shop
    made.end()


def test_the_screen_asks_for_the_code_and_the_release_works_with_it_to_its_end(shop: Shop, sts: TimedSts) -> None:
    environment = {**shop.workspace.environment, "PYTHONWARNINGS": "default"}
    argv = [sys.executable, "-m", "promote_tui"]
    screen = Terminal(argv, environment=environment, folder=shop.workspace.folder, columns=120, rows=40)
    screen.wait_for("catalog", "orders", "login")
    screen.press("L")
    screen.wait_for("MFA code", "acme-prod")
    screen.press("123456", "enter")
    screen.wait_for("behind")
    screen.press("2")
    screen.wait_for("plan a release of 2 services into prod")
    screen.press("*", "p")
    screen.wait_for("Plan a release of 2 services into prod")
    screen.press("spring", "enter")
    screen.wait_for(
        "✓ go   2 services in 2 waves", "PROD  account", shop.workspace.accounts["prod"], "then type the words"
    )
    screen.press("p", "release spring prod")
    screen.wait_for("then enter starts it")
    screen.press("tab", "enter")
    screen.wait_for("✓ done   took")
    assert set(shop.running().values()) == {"new"}
    assert len(sts.secrets) == 2, "one code was asked for, and served the release with all its runs"
    shown = (shop.workspace.folder / "shown").read_bytes()
    assert b"promote_tui.release_runner" in shown
    assert leaks(shop.workspace, sts) == []
    assert not [secret for secret in sts.secrets if secret in bytes(screen.raw)]
    screen.press("esc")
    screen.wait_for("nothing is waiting for prod")
    screen.press("q")
    assert screen.wait_end() == 0
    screen.close()


VIEWER = """
import sys
from pathlib import Path
from promote_tui.bootstrap import open_engine
from promote_tui.engine.releases.control import ReleaseConfirmation
from promote_tui.engine.releases.planning import ReleaseRequest
engine = open_engine(Path("promote-tui.yml"))
(need,) = engine.logins([("catalog", "prod")])
engine.give_code(need, "123456")
if sys.argv[1] == "start":
    engine.releases.plan(ReleaseRequest("spring", "prod"))
    engine.releases.start("spring", ReleaseConfirmation("release spring prod"))
else:
    engine.releases.resume("spring")
for _ in engine.releases.follow("spring"):
    pass
release = engine.releases.find("spring")
print(release.status.value, release.paused.why if release.paused else "")
print(release.paused.words if release.paused else "")
"""
"""What a screen does between the dialog and the end of the release."""


def view(shop: Shop, what: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", VIEWER, what],
        cwd=shop.workspace.folder,
        env=shop.workspace.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_session_that_ends_before_the_whole_release_does_starts_nothing(shop: Shop, sts: TimedSts) -> None:
    sts.seconds = 17 * 60  # enough for one of the two waves, of ten minutes each
    status, words = view(shop, "start")
    assert status == "paused credentials"
    assert f"{shop.workspace.accounts['prod']}: " in words
    assert "this release" in words
    assert set(shop.running().values()) == {"old"}

    sts.seconds = None
    assert view(shop, "resume")[0].strip() == "done"
    assert set(shop.running().values()) == {"new"}
    assert leaks(shop.workspace, sts) == []


def test_the_command_line_asks_for_no_code_and_names_the_command_that_does(shop: Shop) -> None:
    done = shop.workspace.run("release", "run", "spring", "--to", "prod", "--confirm", "release spring prod")
    assert done.returncode == 4
    assert "profile acme-prod asks for an MFA code; aws sts get-caller-identity --profile acme-prod" in done.stderr
