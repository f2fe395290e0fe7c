"""Values that are kept in AWS: in the SSM Parameter Store and in Secrets Manager, read only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from promote_tui.adapters.aws.calls import call_checked
from promote_tui.core.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.adapters.aws.session import AwsSession
    from promote_tui.core.model.pipeline import Target

_AT_ONCE = 10
"""How many names GetParameters takes."""


class KeptValues:
    """The ValueReader port."""

    def __init__(self, accounts: AwsAccounts) -> None:
        self._accounts = accounts

    def parameters(self, target: Target, names: Sequence[str]) -> Mapping[str, str]:
        """Return the values of parameters of the SSM Parameter Store, decrypted, by their names."""
        return call_checked(self._accounts, target, lambda session: dict(_parameters(session, names)))

    def secret(self, target: Target, name: str) -> str | None:
        """Return the text of a secret of Secrets Manager, by its name or ARN; None where there is none."""
        return call_checked(self._accounts, target, lambda session: _secret(session, target, name))


def _parameters(session: AwsSession, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (asked name, value): a name may be an ARN, or end in a version or a label, which the answer takes apart."""
    client = session.client("ssm")
    for start in range(0, len(names), _AT_ONCE):
        some = list(names[start : start + _AT_ONCE])
        for found in client.get_parameters(Names=some, WithDecryption=True)["Parameters"]:
            answers = {found["Name"] + found.get("Selector", ""), found.get("ARN", "") + found.get("Selector", "")}
            yield from ((name, found["Value"]) for name in some if name in answers)


def _secret(session: AwsSession, target: Target, name: str) -> str | None:
    try:
        found = session.client("secretsmanager").get_secret_value(SecretId=name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise
    text = found.get("SecretString")
    if not isinstance(text, str):
        raise AwsError(str(target), f"the secret {name} is not text", "keep it as a string in Secrets Manager")
    return text
