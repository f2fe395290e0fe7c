"""Accounts in memory: everybody is `ana` in the account that the target names, until a test says otherwise."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, CredentialsError
from promote_tui.core.login import CodeLogin, CommandLogin
from promote_tui.ports import ChildCredentials, Identity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime
    from pathlib import Path

    from promote_tui.core.login import Login
    from promote_tui.core.model.pipeline import Target


class FakeAccounts:
    """The Accounts port; all attributes may be changed at any time."""

    def __init__(self, person: str = "ana") -> None:
        self.person = person
        self.role = "deploy"
        self.expires_at: datetime | None = None
        self.secret = "canary-secret"
        self.lent: list[Target] = []
        self._accounts: dict[str, str] = {}
        self.code = "123456"
        """The code that MFA takes now."""
        self.given: set[str] = set()
        self.taken: bytes = b""
        self._errors: dict[str, AwsError] = {}
        self._asks: set[str] = set()

    def wrong_account(self, stage: str, account: str) -> None:
        """Let a stage's credentials be for another account."""
        self._accounts[stage] = account

    def log_out(self, stage: str, error: AwsError | None = None) -> None:
        """Let a stage's credentials be expired, or fail in another way."""
        cause = f"the session of profile {stage} has expired"
        self._errors[stage] = error or CredentialsError(stage, cause, f"aws sso login --profile {stage}")

    def log_in(self, stage: str) -> None:
        """Let a stage's credentials be good again."""
        self._errors.pop(stage, None)

    def ask_for_code(self, stage: str) -> None:
        """Let a stage's profile want an MFA code."""
        self._asks.add(stage)
        self.log_out(stage, CredentialsError(stage, f"profile {stage} asks for an MFA code", "give it"))

    def login(self, target: Target) -> Login | None:
        """Return what a person has to do; AwsErrors of other kinds are raised."""
        error = self._errors.get(target.stage)
        if error is None:
            return None
        if not isinstance(error, CredentialsError):
            raise error
        if target.stage in self._asks:
            return CodeLogin(target.stage, "arn:aws:iam::111111111111:mfa/ana", f"role-of-{target.stage}")
        return CommandLogin(("aws", "sso", "login", "--profile", target.stage), "sso-session acme")

    def give_code(self, target: Target, code: str) -> None:
        """Take the right code for a stage."""
        if code != self.code:
            raise CredentialsError(str(target), "AWS rejected the MFA code", "wait for the next code")
        self.given.add(target.stage)
        self.log_in(target.stage)

    def hand_over(self, targets: Collection[Target]) -> bytes:
        """Return the stages that a code was given for."""
        return ",".join(target.stage for target in targets if target.stage in self.given).encode()

    def take_over(self, handed: bytes) -> None:
        """Keep it."""
        self.taken = handed

    def identity(self, target: Target) -> Identity:
        """Return who we are in the target's account; where that is nobody's, AWS is not asked."""
        if target.aws.unresolved is not None:
            raise AwsError(str(target), target.aws.unresolved.cause, target.aws.unresolved.remedy)
        if target.stage in self._errors:
            raise self._errors[target.stage]
        account = self._accounts.get(target.stage, target.aws.account)
        arn = f"arn:aws:sts::{account}:assumed-role/{self.role}/{self.person}"
        return Identity(account, arn, self.person)

    @contextlib.contextmanager
    def lend(self, target: Target, folder: Path) -> Iterator[ChildCredentials]:
        """Write a private file with a planted secret into `folder` and remove it at the end."""
        identity = self.identity(target)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"config-{len(self.lent)}"
        self.lent.append(target)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(f"[profile promote-tui]\naws_access_key_id = {identity.account}\n")
            out.write(f"aws_secret_access_key = {self.secret}\nregion = {target.aws.region}\n")
        environment = {
            "AWS_CONFIG_FILE": str(path),
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_REGION": target.aws.region,
            "AWS_DEFAULT_REGION": target.aws.region,
            "AWS_SDK_LOAD_CONFIG": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        try:
            yield ChildCredentials("promote-tui", environment, identity, self.expires_at, (self.secret,))
        finally:
            path.unlink(missing_ok=True)
