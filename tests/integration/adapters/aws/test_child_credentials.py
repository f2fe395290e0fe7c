"""The real Serverless CLI uses the credentials that it was lent, whatever else points elsewhere."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.process.system import SystemClock
from promote_tui.demo.toolchain import share_compiled
from tests.support.aws_stacks import REGION, AwsStacks, target, use_profiles
from tests.support.faults import fault_proxy
from tests.support.services import OSLS

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator

SERVERLESS_YML = f"""
service: orders
useDotenv: true
provider: {{name: aws, runtime: nodejs20.x, region: {REGION}, stackName: orders-prod}}
functions: {{hello: {{handler: handler.hello}}}}
"""
DOTENV = """
AWS_PROD_PROFILE=elsewhere
AWS_PROFILE=elsewhere
AWS_ACCESS_KEY_ID=999999999999
AWS_SECRET_ACCESS_KEY=elsewhere
AWS_CONFIG_FILE={config}
AWS_SHARED_CREDENTIALS_FILE={credentials}
AWS_REGION=us-east-1
"""


@pytest.mark.aws
@pytest.mark.cli
def test_the_cli_uses_what_it_was_lent_and_nothing_else(
    aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = str(int(account) + 100_000)
    service = tmp_path / "service"
    service.mkdir()
    keys = f"aws_access_key_id = {elsewhere}\naws_secret_access_key = x\n"
    (tmp_path / "credentials").write_text(f"[elsewhere]\n{keys}[promote-tui]\n{keys}")
    (service / "serverless.yml").write_text(SERVERLESS_YML)
    (service / ".env").write_text(DOTENV.format(config=tmp_path / "config", credentials=tmp_path / "credentials"))
    AwsStacks(aws.url, {}).deploy(target("orders", account), "a" * 40)
    share_compiled(OSLS, tmp_path)
    with fault_proxy(aws.url) as faults:
        use_profiles(tmp_path / "config", faults.url, monkeypatch, account, extra=f"[profile elsewhere]\n{keys}")
        with AwsAccounts(SystemClock()).lend(target("orders", account), tmp_path / "aws") as lent:
            faults.forget()
            around = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_PROD_PROFILE": "elsewhere", "CI": "1"}
            argv = [str(OSLS), "info", "--stage", "prod", "--aws-profile", lent.profile]
            done = subprocess.run(
                argv,
                cwd=service,
                env={**around, **lent.environment, "SLS_TELEMETRY_DISABLED": "1"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
        assert done.returncode == 0, done.stderr
        assert "DescribeStacks" in {call.action for call in faults.calls}
        assert {call.access_key for call in faults.calls} == {account}
