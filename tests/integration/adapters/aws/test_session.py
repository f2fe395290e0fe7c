"""What the sessions of several stages share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import botocore.session
from botocore.awsrequest import AWSRequest
from botocore.loaders import JSONFileLoader

from promote_tui.adapters.aws.session import AwsSession, Limits, open_core
from promote_tui.core.model.pipeline import Aws

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.aliases import Json


def count_reads(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Counter[str]:
    """Return how often each of botocore's descriptions is read from now on, however many were read before."""
    read: Counter[str] = Counter()
    load = JSONFileLoader.load_file

    def counting(loader: JSONFileLoader, path: str) -> Json:
        found = load(loader, path)
        read[path] += found is not None
        return found

    monkeypatch.setattr(JSONFileLoader, "load_file", counting)
    monkeypatch.setenv("AWS_DATA_PATH", str(folder))  # where no other test has read from
    return read


def test_what_botocore_knows_of_a_service_is_read_once_for_all_stages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    read = count_reads(monkeypatch, tmp_path)
    for key, value in (("AWS_ACCESS_KEY_ID", "123456789012"), ("AWS_SECRET_ACCESS_KEY", "x")):
        monkeypatch.setenv(key, value)
    for region in ("eu-west-1", "us-east-1"):
        session = AwsSession(Aws(region, "123456789012"), Limits())
        session.sts().close()
        session.cloudformation().close()
    assert any("cloudformation" in path for path in read)
    assert {*read.values()} <= {0, 1}


def test_a_session_does_at_events_what_botocore_does_and_nothing_that_another_one_was_given() -> None:
    event, heard = "request-created.s3.PutObject", list[str]()
    cores = {"mine": open_core(None), "another": open_core(None), "botocore's own": botocore.session.Session()}
    cores["mine"].register(event, lambda **_: heard.append("mine"))
    done = {}
    for name, core in cores.items():
        heard.clear()
        answers = core.get_component("event_emitter").emit(event, request=AWSRequest(), operation_name="PutObject")
        done[name] = [handler for handler, _ in answers if handler.__module__.startswith("botocore")], [*heard]
    assert done["another"] == done["botocore's own"]
    assert done["mine"] == (done["another"][0], ["mine"])
    assert done["another"][0], "there is something to do"
