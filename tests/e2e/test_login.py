"""Logging in from the terminal UI, in a real pty: the AWS CLI gets the terminal, a code goes to AWS alone."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from shutil import which
from typing import TYPE_CHECKING

import pytest

from tests.support.faults import Call, Faults, Forward, Reply, fault_proxy, refuse
from tests.support.terminal import Terminal
from tests.support.waiting import until
from tests.support.workspace import REGION, STAGES, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator

pytestmark = [pytest.mark.aws, pytest.mark.pty]

STAND_IN = r"""#!/bin/sh
echo "$@" >> "$HOME/aws-calls"
stty -echo
printf 'Open https://device.sso.example/ and press enter: '
read answer
stty echo
case "$answer" in
  ok) cp "$HOME/logged-in" "$AWS_CONFIG_FILE"; echo; echo "Successfully logged in" ;;
  *) echo; echo "the portal said no: $answer" >&2; exit 255 ;;
esac
"""


@pytest.fixture
def sso(workspace: Workspace) -> Workspace:
    """Dev and staging share an SSO session that has ended; a stand-in for the AWS CLI ends it well."""
    workspace.commit("Add a topic")
    home = workspace.folder / "home"
    config = home / "aws-config"
    config.rename(home / "logged-in")
    keys = (home / "logged-in").read_text(encoding="utf-8")
    blocks = [f"[sso-session acme]\nsso_region = {REGION}\nsso_start_url = https://never.awsapps.com/start"]
    blocks += [
        f"[profile acme-{stage}]\nsso_session = acme\nsso_account_id = {workspace.accounts[stage]}\n"
        f"sso_role_name = deploy\nregion = {REGION}"
        for stage in ("dev", "staging")
    ]
    blocks.append(keys[keys.index("[profile acme-prod]") :])
    config.write_text("\n".join(blocks), encoding="utf-8")
    tools = workspace.folder / "bin"
    tools.mkdir()
    (tools / "aws").write_text(STAND_IN, encoding="utf-8")
    (tools / "aws").chmod(0o755)
    workspace.environment["PATH"] = f"{tools}:{workspace.environment['PATH']}"
    return workspace


def open_screen(workspace: Workspace) -> Terminal:
    environment = {**workspace.environment, "PYTHONWARNINGS": "default"}
    argv = [sys.executable, "-m", "promote_tui"]
    return Terminal(argv, environment=environment, folder=workspace.folder, columns=110)


@pytest.fixture
def screen(sso: Workspace) -> Iterator[Terminal]:
    """The program, once it has found out that two stages want a log-in."""
    terminal = open_screen(sso)
    terminal.wait(lambda text: text.count("login") >= 2 and "never" in text, "two cells want a log-in")
    yield terminal
    terminal.close()


def calls(workspace: Workspace) -> list[str]:
    return (workspace.folder / "home" / "aws-calls").read_text(encoding="utf-8").splitlines()


def works(screen: Terminal) -> None:
    """Show that the screen is whole and that keys are heard."""
    screen.wait_for("SERVICE", "DEV", "STAGING", "PROD", "orders")
    assert "device.sso" not in screen.text
    screen.press("?")
    screen.wait_for("Keys", "everywhere".upper())
    screen.press("esc")
    screen.wait(lambda text: "Keys" not in text and "SERVICE" in text, "the help has closed")


def test_one_command_logs_in_every_stage_of_its_session(sso: Workspace, screen: Terminal) -> None:
    screen.press("L")
    screen.wait_for("$ aws sso login --profile acme-dev", "Open https://device.sso.example/")
    screen.press("ok", "enter")
    screen.wait_for("logged in to sso-session acme: dev, staging")
    screen.wait(lambda text: text.count("○ never") >= 3, "all stages are read")
    works(screen)
    assert calls(sso) == ["sso login --profile acme-dev --use-device-code --no-browser"]
    screen.press("q")
    assert screen.wait_end() == 0


def test_a_log_in_that_fails_leaves_its_words_until_enter_and_the_screen_comes_back(
    sso: Workspace, screen: Terminal
) -> None:
    screen.press("L")
    screen.wait_for("press enter:")
    screen.press("wrong", "enter")
    screen.wait_for("the portal said no: wrong", "aws ended with 255. Press enter to go back.")
    screen.press("enter")
    screen.wait_for("ended with 255; L begins again")
    works(screen)


def test_ctrl_c_gives_a_log_in_up_and_the_screen_comes_back(sso: Workspace, screen: Terminal) -> None:
    screen.press("L")
    screen.wait_for("press enter:")
    screen.press("ctrl+c")
    screen.wait_for("was interrupted; L begins again")
    works(screen)
    screen.press("L")
    screen.wait_for("press enter:")
    screen.press("ok", "enter")
    screen.wait_for("logged in to sso-session acme")


def test_term_during_a_log_in_ends_both(sso: Workspace, screen: Terminal) -> None:
    screen.press("L")
    screen.wait_for("press enter:")
    until(lambda: sso.processes("bin/aws"), "the command runs")
    os.kill(screen.pid, signal.SIGTERM)
    assert screen.wait_end() == 128 + signal.SIGTERM
    assert sso.processes("bin/aws") == []
    assert bytes(screen.raw).count(b"\x1b[?1049l") >= 2, "the alternate screen was left for good"


def test_without_the_aws_cli_the_next_step_is_said(sso: Workspace) -> None:
    tools = sso.folder / "bin"
    (tools / "aws").unlink()
    (tools / "git").symlink_to(which("git") or "")
    sso.environment["PATH"] = str(tools)
    screen = open_screen(sso)
    screen.wait(lambda text: text.count("login") >= 2 and "never" in text, "two cells want a log-in")
    screen.press("L")
    screen.wait_for("aws is not installed, or not on PATH", "acme-dev --use-device-code")
    works(screen)
    screen.close()


# MFA


class Sts:
    """STS behind a proxy that takes one code, and remembers the secrets that it gave for it."""

    def __init__(self, faults: Faults) -> None:
        self.url = faults.url
        self.secrets: set[bytes] = set()
        for action in ("AssumeRole", "GetSessionToken"):
            faults.spoil(action, self._check, when=lambda call: "SerialNumber" in call.parameters)

    def _check(self, call: Call, forward: Forward) -> Reply:
        if call.parameters.get("TokenCode") != "123456":
            said = "MultiFactorAuthentication failed with invalid MFA one time pass code."
            return refuse("AccessDenied", 403, said)(call, forward)
        reply = forward()
        self.secrets |= set(re.findall(rb"<(?:SecretAccessKey|SessionToken)>([^<]+)<", reply.body))
        return reply


@pytest.fixture
def sts(aws: Emulator) -> Iterator[Sts]:
    with fault_proxy(aws.url) as faults:
        yield Sts(faults)


@pytest.fixture
def mfa(aws: Emulator, sts: Sts, tmp_path: Path) -> Iterator[Workspace]:
    """Dev wants a code; the CLI writes down what every process of the machine shows of itself."""
    accounts = {stage: f"{710000000000 + index:012d}" for index, stage in enumerate(STAGES)}
    made = Workspace(tmp_path, aws, accounts, endpoint=sts.url)
    config = tmp_path / "home" / "aws-config"
    text = config.read_text(encoding="utf-8").replace("[profile acme-dev]", "[profile base]")
    text += (
        f"\n[profile acme-dev]\nrole_arn = arn:aws:iam::{accounts['dev']}:role/deploy\nsource_profile = base\n"
        f"mfa_serial = arn:aws:iam::{accounts['dev']}:mfa/ana\nregion = {REGION}\n"
    )
    config.write_text(text, encoding="utf-8")
    made.wrap(f'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ >> {tmp_path}/shown 2>/dev/null; exec "$OSLS" "$@"')
    yield made
    made.end()


@pytest.mark.cli
def test_a_code_is_asked_for_in_a_dialog_until_aws_takes_it(mfa: Workspace, sts: Sts) -> None:
    sha = mfa.commit("Add a topic")
    screen = open_screen(mfa)
    screen.wait_for("login", "never")
    screen.press("L")
    screen.wait_for("MFA code", "acme-dev", f"arn:aws:iam::{mfa.accounts['dev']}:mfa/ana", "Cancel")
    screen.press("000000", "enter")
    screen.wait_for("AWS rejected the MFA code", "next code")
    screen.press("123456", "enter")
    screen.wait_for("logged in to profile acme-dev: dev", f"promote {sha[:7]} to dev")
    works(screen)
    screen.press("q")
    assert screen.wait_end() == 0
    assert leaks(mfa, sts) == []
    assert not [secret for secret in sts.secrets if secret in bytes(screen.raw)]


VIEWER = """
from pathlib import Path
from promote_tui.bootstrap import open_engine
from promote_tui.core.planning.plan import Confirmation, approve
engine = open_engine(Path("promote-tui.yml"))
(need,) = engine.logins([("orders", "dev")])
engine.give_code(need, "123456")
plan = engine.plans.make(engine.plans.draft("orders", "dev"))
run = engine.runs.start(approve(plan, Confirmation(yes=True), engine.clock.now()))
for _ in engine.runs.follow(run):
    pass
print(engine.runs.find(run).status.value)
"""
"""What the terminal UI does between the dialog and the end of the run."""


@pytest.mark.cli
def test_the_runner_gets_the_role_through_a_pipe_and_nothing_else_shows_it(mfa: Workspace, sts: Sts) -> None:
    sha = mfa.commit("Add a topic")
    done = subprocess.run(
        [sys.executable, "-c", VIEWER], cwd=mfa.folder, env=mfa.environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "succeeded\n", done.stderr
    assert mfa.deployed("dev") == sha
    assert len(sts.secrets) == 2
    assert b"promote_tui.runner" in (mfa.folder / "shown").read_bytes()
    assert leaks(mfa, sts) == []


def leaks(workspace: Workspace, sts: Sts) -> list[str]:
    """Return every file of the project that holds one of the secrets, what processes showed among them."""
    assert sts.secrets
    files = [path for path in workspace.folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(secret in path.read_bytes() for secret in sts.secrets)]


def test_the_command_line_asks_for_no_code_and_names_the_command_that_does(mfa: Workspace) -> None:
    mfa.commit("Add a topic")
    done = mfa.promote("dev")
    assert done.returncode == 4
    assert "profile acme-dev asks for an MFA code; aws sts get-caller-identity --profile acme-dev" in done.stderr


def test_a_command_takes_the_code_of_the_configured_device_from_the_environment(workspace: Workspace, sts: Sts) -> None:
    sha = workspace.commit("Add a topic")
    account, device = workspace.accounts["dev"], "arn:aws:iam::111111111111:mfa/ana"
    aws = {"profile": "acme-dev", "region": REGION, "account": account, "mfa": device}
    dev = {"name": "dev", "aws": {**aws, "role_arn": f"arn:aws:iam::{account}:role/deploy"}, "confirm": "none"}
    prod = {"name": "prod", "aws": {"profile": "acme-prod", "region": REGION, "account": workspace.accounts["prod"]}}
    workspace.configure(stages=[dev, prod])
    workspace.environment["AWS_ENDPOINT_URL"] = sts.url
    refused = workspace.promote("dev")
    words = f"profile acme-dev needs a code of the MFA device {device}; give it in the terminal UI, or in "
    assert refused.returncode == 4
    assert f"{words}PROMOTE_TUI_MFA_CODE" in refused.stderr
    done = workspace.run("promote", "orders", "--to", "dev", "--yes", PROMOTE_TUI_MFA_CODE="123456")
    assert (done.returncode, workspace.deployed("dev")) == (0, sha), done.stderr
    assert len(sts.secrets) == 2  # one code, one session: the runner was handed that
    assert leaks(workspace, sts) == []
