"""Who we are in a stage's account: by profile, role, environment, and when something is in the way."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import botocore.credentials
import botocore.session
import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.cloudformation.stacks import CloudFormation
from promote_tui.adapters.aws.errors import why
from promote_tui.adapters.aws.session import AwsSession, Limits, open_session, person, session_name
from promote_tui.core.errors import AwsError, CredentialsError
from promote_tui.core.model.cells import Unreachable
from promote_tui.core.model.pipeline import Aws, Target
from promote_tui.core.model.users import Unresolved
from promote_tui.core.value import replace
from tests.support.aws_stacks import REGION, target, use_profiles
from tests.support.fakes.engine import FixedClock
from tests.support.faults import Faults, drop_request, fault_proxy, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promote_tui.demo.emulator import Emulator

pytestmark = pytest.mark.aws
QUICK = Limits(connect=30, read=60, attempts=2, patience=0.2)
ROLE = "arn:aws:iam::{}:role/deploy"


@pytest.fixture
def faults(aws: Emulator) -> Iterator[Faults]:
    with fault_proxy(aws.url) as proxy:
        yield proxy


class Profiles:
    """The AWS config file of a test."""

    def __init__(self, path: Path, url: str, patch: pytest.MonkeyPatch, account: str) -> None:
        self.path, self.url, self.patch, self.account = path, url, patch, account
        self.write("")

    def write(self, extra: str) -> None:
        """Write the account's own profile and this text."""
        use_profiles(self.path, self.url, self.patch, self.account, extra=extra)


@pytest.fixture
def profiles(faults: Faults, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profiles:
    return Profiles(tmp_path / "config", faults.url, monkeypatch, account)


def accounts(clock: FixedClock | None = None) -> AwsAccounts:
    return AwsAccounts(clock or FixedClock(), QUICK)


def by(profile: str | None, account: str = "111111111111", role: str | None = None) -> Target:
    return Target("orders", "prod", "orders-prod", "prod", Aws(REGION, account, profile, role))


def trouble(target: Target, limits: Limits = QUICK) -> AwsError:
    """Return what asking for the identity fails with."""
    with pytest.raises(AwsError) as caught:
        AwsAccounts(FixedClock(), limits).identity(target)
    return caught.value


# Who


def test_a_profile_names_its_account(profiles: Profiles, account: str) -> None:
    found = accounts().identity(target("orders", account))
    assert (found.account, found.arn, found.person) == (account, f"arn:aws:iam::{account}:root", "root")


def test_a_role_is_assumed_on_top_under_the_persons_name(profiles: Profiles, account: str, faults: Faults) -> None:
    other = str(int(account) + 100_000)
    found = accounts().identity(target("orders", other, profile=f"p{account}", role=ROLE.format(other)))
    assert (found.account, found.person) == (other, "root")
    assert found.arn == f"arn:aws:sts::{other}:assumed-role/deploy/root"
    assert [call.parameters.get("RoleSessionName") for call in faults.calls if call.action == "AssumeRole"] == ["root"]


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ((None, 0), (None, None)),
        (("acme-7f3a", 0), ("acme-7f3a", None)),
        (("acme-7f3a", 7200), ("acme-7f3a", "7200")),
    ],
)
def test_a_role_is_asked_for_with_its_external_id_and_for_its_time(
    settings: tuple[str | None, int],
    asked: tuple[str | None, str | None],
    profiles: Profiles,
    account: str,
    faults: Faults,
) -> None:
    other = str(int(account) + 100_000)
    there = target("orders", other, profile=f"p{account}", role=ROLE.format(other))
    accounts().identity(replace(there, aws=replace(there.aws, external_id=settings[0], session_seconds=settings[1])))
    (call,) = [call for call in faults.calls if call.action == "AssumeRole"]
    assert (call.parameters.get("ExternalId"), call.parameters.get("DurationSeconds")) == asked


def test_aws_is_never_asked_where_nobody_knows_whose_stage_it_is(
    profiles: Profiles, account: str, faults: Faults, tmp_path: Path
) -> None:
    there = target("orders", account)
    nobodys = replace(there, aws=replace(there.aws, unresolved=Unresolved("nobody", "be somebody")))
    known = accounts()
    stacks = CloudFormation(known, {})
    asked: list[Callable[[], object]] = [
        lambda: known.identity(nobodys),
        lambda: known.login(nobodys),
        lambda: known.give_code(nobodys, "123456"),
        lambda: known.lend(nobodys, tmp_path / "lent").__enter__(),
        lambda: stacks.stack(nobodys),
    ]
    for ask in asked:
        with pytest.raises(AwsError, match=r"^orders/prod: nobody; be somebody$"):
            ask()
    cell = stacks.cells([nobodys])[nobodys]
    assert (cell, faults.calls) == (Unreachable(nobodys, "nobody", "be somebody"), [])
    assert not (tmp_path / "lent").exists()


def test_a_profiles_own_role_is_assumed(profiles: Profiles, account: str) -> None:
    other = str(int(account) + 100_000)
    profiles.write(
        f"[profile roled]\nrole_arn = {ROLE.format(other)}\n"
        f"source_profile = p{account}\nendpoint_url = {profiles.url}\n"
    )
    found = accounts().identity(by("roled", other))
    assert (found.account, found.person) == (other, "deploy")


def test_without_a_profile_the_default_chain_decides(
    profiles: Profiles, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", f"p{account}")
    assert accounts().identity(by(None)).account == account
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "222222222222")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert accounts().identity(by(None)).account == "222222222222"


def test_a_profile_goes_before_keys_in_the_environment(
    profiles: Profiles, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "222222222222")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert accounts().identity(target("orders", account)).account == account


@pytest.mark.parametrize(
    ("arn", "who"),
    [
        ("arn:aws:iam::111111111111:root", "root"),
        ("arn:aws:iam::111111111111:user/ana", "ana"),
        ("arn:aws:iam::111111111111:user/team/a/ana", "ana"),
        ("arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_0123/ana@example.com", "ana@example.com"),
        ("arn:aws:sts::111111111111:assumed-role/deploy/botocore-session-1700000000", "deploy"),
        ("arn:aws:sts::111111111111:assumed-role/deploy/aws-sdk-js-1700000000", "deploy"),
        ("arn:aws:sts::111111111111:federated-user/ana", "ana"),
        ("arn:aws-cn:sts::111111111111:assumed-role/ci/GitHubActions", "GitHubActions"),
    ],
)
def test_a_person_is_known_by_the_last_name_in_the_arn(arn: str, who: str) -> None:
    assert person(arn) == who


@pytest.mark.parametrize(
    ("who", "name"),
    [("ana@example.com", "ana@example.com"), ("Jos\u00e9 \u00d1", "Jos---"), ("a", "a-"), ("x" * 80, "x" * 64)],
)
def test_a_session_name_is_one_that_aws_takes(who: str, name: str) -> None:
    assert session_name(who) == name


# Remembered


def test_an_identity_is_remembered_for_minutes(profiles: Profiles, account: str, faults: Faults) -> None:
    clock = FixedClock()
    ours = accounts(clock)
    for seconds, calls in ((0, 1), (120, 1), (120, 2)):
        clock.forward(seconds)
        ours.identity(target("orders", account))
        assert faults.actions == ["sts:GetCallerIdentity"] * calls


def test_failures_are_not_remembered(profiles: Profiles, account: str, faults: Faults) -> None:
    ours = accounts()
    faults.spoil("GetCallerIdentity", drop_request)
    with pytest.raises(AwsError):
        ours.identity(target("orders", account))
    faults.mend()
    assert ours.identity(target("orders", account)).account == account


def test_after_a_login_the_config_files_are_read_again(profiles: Profiles, account: str) -> None:
    ours = accounts()
    with pytest.raises(CredentialsError, match="there is no AWS profile new"):
        ours.identity(by("new"))
    keys = f"aws_access_key_id = {account}\naws_secret_access_key = x\nendpoint_url = {profiles.url}\n"
    profiles.write(f"[profile new]\n{keys}")
    assert ours.identity(by("new")).account == account


def test_credentials_that_expire_are_read_again_after_the_login(
    profiles: Profiles, account: str, faults: Faults
) -> None:
    clock = FixedClock()
    ours = accounts(clock)
    ours.identity(target("orders", account))
    clock.forward(1000)
    faults.spoil("GetCallerIdentity", refuse("ExpiredToken", 403), times=1)
    with pytest.raises(CredentialsError, match=f"profile p{account} have expired; aws configure --profile p{account}"):
        ours.identity(target("orders", account))
    text = profiles.path.read_text().replace(f"aws_access_key_id = {account}", "aws_access_key_id = 222222222222")
    profiles.path.write_text(text)
    assert ours.identity(target("orders", account)).account == "222222222222"


def test_many_threads_share_one_session(profiles: Profiles, account: str) -> None:
    ours = accounts()
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: ours.identity(target("orders", account)).account, range(64)))
    assert set(found) == {account}


# In the way


def test_no_credentials_name_the_command_that_sets_them_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = trouble(by(None))
    assert isinstance(found, CredentialsError)
    assert str(found) == "orders/prod: no credentials for the default profile; aws configure"


def test_an_sso_profile_without_a_token_names_its_login(profiles: Profiles) -> None:
    sso = "sso_region = eu-west-1\nsso_start_url = https://never.awsapps.com/start\n"
    profiles.write(
        f"[profile sso]\nsso_session = never\nsso_account_id = 111111111111\nsso_role_name = x\n"
        f"[sso-session never]\n{sso}"
    )
    found = trouble(by("sso"))
    assert isinstance(found, CredentialsError)
    assert str(found) == "orders/prod: the session of profile sso has expired; aws sso login --profile sso"


def test_no_permission_to_assume_the_role_is_not_a_matter_of_credentials(
    profiles: Profiles, account: str, faults: Faults
) -> None:
    faults.spoil("AssumeRole", refuse("AccessDenied", 403, "not trusted"))
    found = trouble(by(f"p{account}", role=ROLE.format("222222222222")))
    assert not isinstance(found, CredentialsError)
    assert why(found) == "denied"
    assert found.cause == "the role may not be assumed: not trusted"


def test_a_config_file_that_is_not_one_is_one_line(profiles: Profiles) -> None:
    profiles.path.write_text("[profile\nx")
    found = trouble(by("acme"))
    assert isinstance(found, CredentialsError)
    assert "the AWS configuration of profile acme is not usable" in str(found)
    assert "\n" not in str(found)


# Nobody is asked

MFA = "mfa_serial = arn:aws:iam::111111111111:mfa/ana\n"


@pytest.fixture
def no_getpass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where botocore asks for a code: its default prompt, taken at its import, is replaced."""

    def asked(*_: object, **__: object) -> str:
        pytest.fail("a prompt was reached")

    make = botocore.credentials.AssumeRoleProvider.__init__
    defaults = make.__defaults__ or ()
    assert getpass.getpass in defaults
    changed = tuple(asked if value is getpass.getpass else value for value in defaults)
    monkeypatch.setattr(make, "__defaults__", changed)


@pytest.mark.usefixtures("no_getpass")
@pytest.mark.parametrize("depth", [0, 1])
def test_an_mfa_profile_says_what_to_do_and_never_asks(profiles: Profiles, account: str, depth: int) -> None:
    role = ROLE.format("222222222222")
    profiles.write(
        f"[profile mfa]\nrole_arn = {role}\nsource_profile = p{account}\nendpoint_url = {profiles.url}\n{MFA}"
        f"[profile deep]\nrole_arn = {role}\nsource_profile = mfa\nendpoint_url = {profiles.url}\n"
    )
    name = ("mfa", "deep")[depth]
    found = trouble(by(name))
    assert isinstance(found, CredentialsError)
    assert str(found) == (
        f"orders/prod: profile {name} asks for an MFA code; aws sts get-caller-identity --profile {name}"
    )


@pytest.mark.usefixtures("no_getpass")
def test_a_role_that_the_aws_cli_assumed_with_mfa_is_used_and_its_cache_left_alone(
    profiles: Profiles, account: str, home: Path
) -> None:
    role = ROLE.format(account)
    profiles.write(
        f"[profile mfa]\nrole_arn = {role}\nsource_profile = p{account}\nendpoint_url = {profiles.url}\n{MFA}"
    )
    cache = home / ".aws" / "cli" / "cache"
    cache.mkdir(parents=True)
    asked = json.dumps({"RoleArn": role, "SerialNumber": "arn:aws:iam::111111111111:mfa/ana"}, sort_keys=True)
    expires = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    keys = {"AccessKeyId": account, "SecretAccessKey": "x", "SessionToken": "t", "Expiration": expires}
    entry = cache / f"{hashlib.sha1(asked.encode(), usedforsecurity=False).hexdigest()}.json"
    entry.write_text(json.dumps({"Credentials": keys}))
    before = entry.read_bytes()
    assert accounts().identity(by("mfa", account)).account == account
    assert [path.name for path in cache.iterdir()] == [entry.name]
    assert entry.read_bytes() == before


def test_the_parts_of_botocore_that_are_replaced_are_there() -> None:
    session = botocore.session.Session()
    resolver = session.get_component("credential_provider")
    roles = vars(resolver.get_provider("assume-role"))
    assert callable(roles["_prompter"])
    assert isinstance(roles["_profile_provider_builder"], botocore.credentials.ProfileProviderBuilder)
    assert "cache" in roles
    assert callable(vars(resolver.get_provider("custom-process"))["_popen"])
    assert "_credentials" in vars(session)
    temporary = botocore.credentials.RefreshableCredentials.create_from_metadata(
        {"access_key": "a", "secret_key": "b", "token": "c", "expiry_time": "2100-01-01T00:00:00Z"}, dict, "test"
    )
    assert vars(temporary)["_expiry_time"].year == 2100
    for limit in ("_advisory_refresh_timeout", "_mandatory_refresh_timeout"):
        assert isinstance(getattr(temporary, limit), int)
        setattr(temporary, limit, 10**12)
    assert temporary.refresh_needed(), "the limits of the instance count"


# The profile's own program


def process(profiles: Profiles, tmp_path: Path, script: str) -> None:
    """Write the profile `own`, and `nested` whose role rests on it, with this script as credential_process."""
    path = tmp_path / "vault"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    profiles.write(
        f"[profile own]\ncredential_process = {path}\nendpoint_url = {profiles.url}\n"
        f"[profile nested]\nrole_arn = {ROLE.format('222222222222')}\nsource_profile = own\n"
        f"endpoint_url = {profiles.url}\n"
    )


def printing(**changed: str) -> str:
    keys = {"Version": 1, "AccessKeyId": "222222222222", "SecretAccessKey": "x", **changed}
    return f"echo '{json.dumps(keys)}'"


@pytest.mark.parametrize("profile", ["own", "nested"])
def test_a_credential_process_gives_credentials(profiles: Profiles, tmp_path: Path, profile: str) -> None:
    process(profiles, tmp_path, printing())
    assert accounts().identity(by(profile)).account == "222222222222"


@pytest.mark.parametrize("profile", ["own", "nested"])
def test_a_credential_process_that_hangs_is_killed_with_its_children(
    profiles: Profiles, tmp_path: Path, profile: str
) -> None:
    pid = tmp_path / "pid"
    process(profiles, tmp_path, f"sleep 600 & echo $! > {pid}.new; mv {pid}.new {pid}; wait")
    for seconds in (0.5, 4.0, 16.0, 64.0):  # until it has begun meanwhile
        found = trouble(by(profile), Limits(process=seconds))
        assert isinstance(found, CredentialsError)
        words = f"profile {profile} gave no credentials: its credential_process did not answer within {seconds:g} s"
        assert words in str(found)
        if pid.exists():
            break
    assert _gone(int(pid.read_text()))


def _gone(pid: int) -> bool:
    """Tell whether a process ends soon; who reaps an orphan may take its time."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            with Path(f"/proc/{pid}/stat").open(encoding="ascii") as stat:  # may vanish at any time
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        threading.Event().wait(0.02)
    return False


def test_a_credential_process_has_no_terminal_and_no_input(profiles: Profiles, tmp_path: Path) -> None:
    process(profiles, tmp_path, f"read line && exit 3; (: < /dev/tty) 2>/dev/null && exit 4; {printing()}")
    assert accounts().identity(by("own")).account == "222222222222"


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        ("echo 'vault is locked' >&2; exit 1", "profile own gave no credentials: vault is locked"),
        ("echo oops", "profile own gave no usable credentials: "),
        ("echo '[]'", "profile own gave no usable credentials: "),
        ("""echo '{"Version": 2}'""", "profile own gave no credentials: Unsupported version '2'"),
        (
            printing(SessionToken="t", Expiration="2020-01-01T00:00:00Z"),
            "profile own gave no usable credentials: ",
        ),
        (printing(SessionToken="t", Expiration="soon"), "profile own gave no usable credentials: "),
    ],
)
def test_a_credential_process_that_fails_is_one_line(
    profiles: Profiles, tmp_path: Path, script: str, cause: str
) -> None:
    process(profiles, tmp_path, script)
    found = trouble(by("own"))
    assert isinstance(found, CredentialsError)
    assert found.cause.startswith(cause)
    assert found.remedy == "log in with the program that is its credential_process"


def test_a_credential_process_that_is_not_installed_is_one_line(profiles: Profiles, tmp_path: Path) -> None:
    profiles.write(f"[profile own]\ncredential_process = {tmp_path}/nowhere\n")
    found = trouble(by("own"))
    assert isinstance(found, CredentialsError)
    assert "No such file or directory" in found.cause


def test_nothing_is_written_to_the_terminal(
    profiles: Profiles, account: str, capfd: pytest.CaptureFixture[str], faults: Faults
) -> None:
    faults.spoil("AssumeRole", refuse("AccessDenied", 403))
    trouble(by(f"p{account}", role=ROLE.format("222222222222")))
    trouble(by("nobody"))
    assert capfd.readouterr() == ("", "")


# Endpoints


def test_the_endpoints_of_a_child_are_those_that_are_used_here(
    profiles: Profiles, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = target("orders", account).aws
    assert AwsSession(aws, QUICK).endpoints() == {"AWS_ENDPOINT_URL": profiles.url}
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:2")
    expected = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:2"}
    assert AwsSession(aws, QUICK).endpoints() == expected
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert AwsSession(aws, QUICK).endpoints() == {}


def test_clients_are_made_with_our_limits(profiles: Profiles, account: str) -> None:
    session = open_session(target("orders", account).aws, Limits())
    config = session.client("cloudformation").meta.config
    assert (config.connect_timeout, config.read_timeout) == (3.0, 10.0)  # type: ignore[attr-defined]  # set by Config
    assert config.retries == {"mode": "adaptive", "total_max_attempts": 3}  # type: ignore[attr-defined]  # the same
