"""Each host's API, as its vendor documents it, on loopback: what is read of it, and what never passes for an answer."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from promote_tui.adapters.ci.statuses import CiStatuses
from promote_tui.core.errors import DeployError
from promote_tui.core.model.ci import (
    CiReading,
    CiRecord,
    CiReport,
    CiReportState,
    CiSettings,
    CiState,
    CiStatus,
    Provider,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.value import Json

SHA = "8d20b6e1c03f7a95b4d2e6f8091a3c5d7e9fb102"
TOKEN = "canary-token-5521"
VARIABLES = {"github": "GITHUB_TOKEN", "gitlab": "GITLAB_TOKEN", "bitbucket": "BITBUCKET_TOKEN"}
AUTHORIZED = {
    "github": ("Authorization", f"Bearer {TOKEN}"),
    "gitlab": ("PRIVATE-TOKEN", TOKEN),
    "bitbucket": ("Authorization", f"Bearer {TOKEN}"),
}
WORDS: dict[Provider, dict[str, CiState]] = {
    "github": {
        "success": "success",
        "pending": "pending",
        "failure": "failed",
        "error": "failed",
        "in_progress": "pending",
        "queued": "pending",
        "cancelled": "failed",
        "timed_out": "failed",
        "skipped": "skipped",
        "neutral": "skipped",
        "made_up": "unknown",
    },
    "gitlab": {
        "success": "success",
        "running": "pending",
        "created": "pending",
        "manual": "pending",
        "failed": "failed",
        "canceled": "failed",
        "skipped": "skipped",
        "made_up": "unknown",
    },
    "bitbucket": {
        "SUCCESSFUL": "success",
        "INPROGRESS": "pending",
        "FAILED": "failed",
        "STOPPED": "failed",
        "MADE_UP": "unknown",
    },
}
PROVIDERS: tuple[Provider, ...] = ("github", "gitlab", "bitbucket")


class Host(BaseHTTPRequestHandler):
    """Answers as GitHub, GitLab or Bitbucket does, page by page; the first folder of a path says as which."""

    builds: ClassVar[dict[str, str]] = {}
    answers: ClassVar[list[int | bytes]] = []
    asked: ClassVar[list[str]] = []
    written: ClassVar[list[tuple[str, Json]]] = []

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        _, provider, path = parts.path.split("/", 2)
        self.asked.append(parts.path)
        name, value = AUTHORIZED[provider]
        if self.answers:
            self._say(self.answers[0])
        elif self.headers[name] != value:
            self._say(401)
        else:
            query = {key: int(each[0]) for key, each in parse_qs(parts.query).items() if each[0].isdigit()}
            found = getattr(self, f"_{provider}")(unquote(path), query)
            self._say(404 if found is None else json.dumps(found).encode())

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        _, provider, path = parts.path.split("/", 2)
        name, value = AUTHORIZED[provider]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.answers:
            self._say(self.answers[0])
        elif self.headers[name] != value:
            self._say(401)
        else:
            self.written.append((unquote(path), body))
            self._say(json.dumps({"id": 7, "key": "k"}).encode())

    def _say(self, answer: int | bytes) -> None:
        self.send_response(answer if isinstance(answer, int) else 200)
        self.end_headers()
        self.wfile.write(answer if isinstance(answer, bytes) else b"{}")

    def _page(self, query: dict[str, int], size: str, *, of: dict[str, str] | None = None) -> list[tuple[str, str]]:
        start = (query["page"] - 1) * query[size]
        return [*(self.builds if of is None else of).items()][start : start + query[size]]

    def _github(self, path: str, query: dict[str, int]) -> Json:
        if path == "repos/acme/shop/deployments":
            return [{"id": 7}]
        contexts = {"success", "pending", "failure", "error"}
        old = {name: word for name, word in self.builds.items() if word in contexts and not name.startswith("run-")}
        if path == f"repos/acme/shop/commits/{SHA}/status":
            page = self._page(query, "per_page", of=old)
            return {"state": "x", "statuses": [{"context": name, "state": word, "id": 1} for name, word in page]}
        if path == f"repos/acme/shop/commits/{SHA}/check-runs":
            runs = {name: word for name, word in self.builds.items() if name not in old}
            page = self._page(query, "per_page", of=runs)
            return {"total_count": len(runs), "check_runs": [self._check_run(*each) for each in page]}
        return None

    @staticmethod
    def _check_run(name: str, word: str) -> dict[str, Json]:
        is_over = word not in {"in_progress", "queued"}
        status, conclusion = ("completed", word) if is_over else (word, None)
        return {"id": 4, "name": name, "status": status, "conclusion": conclusion, "head_sha": SHA}

    def _gitlab(self, path: str, query: dict[str, int]) -> Json:
        if path != f"projects/acme/shop/repository/commits/{SHA}/statuses":
            return None
        return [{"id": 9, "name": name, "status": word} for name, word in self._page(query, "per_page")]

    def _bitbucket(self, path: str, query: dict[str, int]) -> Json:
        if path != f"repositories/acme/shop/commit/{SHA}/statuses":
            return None
        page = self._page(query, "pagelen")
        more = {"next": "https://evil.test/"} if query["page"] * query["pagelen"] < len(self.builds) else {}
        values = [{"type": "build", "key": f"K-{name}", "name": name, "state": word} for name, word in page]
        return {"size": len(self.builds), "values": values, **more}

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    Host.builds, Host.answers, Host.asked, Host.written = {}, [], [], []
    for names in (*VARIABLES.values(), "GH_TOKEN"):
        monkeypatch.delenv(names, raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, host: str) -> Provider:
    monkeypatch.setenv(VARIABLES[request.param], TOKEN)
    return request.param  # type: ignore[no-any-return]


def read(host: str, provider: Provider, commit: str = SHA, statuses: CiStatuses | None = None) -> CiReading:
    """What is said of a commit."""
    settings = CiSettings(provider, f"{host}/{provider}")
    return (statuses or CiStatuses()).read("git@git.acme.test:acme/shop.git", settings, commit)


def test_every_word_of_a_host_has_its_meaning(host: str, provider: Provider) -> None:
    Host.builds = {word: word for word in WORDS[provider]}
    found = {each.name: each for each in read(host, provider).statuses if not each.name.startswith("K-")}
    assert found == {word: CiStatus(word, state, word) for word, state in WORDS[provider].items()}


def test_all_pages_are_read(host: str, provider: Provider) -> None:
    word = next(iter(WORDS[provider]))
    Host.builds = {f"{kind}{number}": word for kind in ("run-", "old-") for number in range(130)}
    found = read(host, provider)
    assert not found.problem
    assert {each.name for each in found.statuses} >= {*Host.builds}


def test_bitbucket_knows_a_build_by_its_key_too(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BITBUCKET_TOKEN", TOKEN)
    Host.builds = {"build": "SUCCESSFUL"}
    assert [each.name for each in read(host, "bitbucket").statuses] == ["build", "K-build"]


@pytest.mark.parametrize("wanted", PROVIDERS)
def test_without_a_token_nobody_is_asked(host: str, wanted: Provider) -> None:
    found = read(host, wanted)
    assert found.problem == f"{VARIABLES[wanted]} is not set in the environment"
    assert found.remedy == f"export {VARIABLES[wanted]}, then plan again"
    assert Host.asked == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (401, "the token is not accepted (401)"),
        (403, "the token may not read it, or asked too often (403)"),
        (404, "the repository or the commit is not there, or the token may not read it (404)"),
        (429, "it was asked too often (429)"),
        (302, "it answered 302"),
        (500, "it answered 500"),
        (b"<html>", "its answer is not what it documents"),
        (b'{"values": 1, "statuses": 1}', "its answer is not what it documents"),
    ],
)
def test_trouble_is_no_answer_and_names_no_token(
    host: str, provider: Provider, answer: int | bytes, problem: str
) -> None:
    Host.answers = [answer]
    found = read(host, provider)
    assert (found.statuses, found.problem) == ((), problem)
    assert found.remedy
    assert TOKEN not in str(found)


def test_a_commit_that_the_host_does_not_have_is_no_answer(host: str, provider: Provider) -> None:
    assert "is not there" in read(host, provider, "0" * 40).problem


def test_a_host_that_is_not_there_is_no_answer(provider: Provider) -> None:
    found = read("http://127.0.0.1:9", provider)
    assert found.problem.startswith("it does not answer")


def test_an_answer_is_known_for_some_seconds_and_trouble_is_not(host: str, provider: Provider) -> None:
    statuses = CiStatuses()
    Host.answers = [500]
    assert read(host, provider, statuses=statuses).problem
    Host.answers = []
    first = read(host, provider, statuses=statuses)
    asked = len(Host.asked)
    assert read(host, provider, statuses=statuses) == first
    assert len(Host.asked) == asked


def test_an_unknown_host_is_not_asked(provider: Provider) -> None:
    found = CiStatuses().read("https://git.acme.test/acme/shop", CiSettings(), SHA)
    assert found.problem == "the host of the repository's remote is unknown"


def write(host: str, provider: Provider, *records: CiRecord, state: CiReportState = "success") -> None:
    """Tell the host of a run."""
    settings = CiSettings(provider, f"{host}/{provider}", records)
    report = CiReport(SHA, "orders", "prod", state, "verified (run r1)")
    CiStatuses().write("git@git.acme.test:acme/shop.git", settings, report)


URL = f"https://bitbucket.org/acme/shop/commits/{SHA}"
WRITTEN: dict[Provider, tuple[str, dict[str, Json]]] = {
    "github": (f"repos/acme/shop/statuses/{SHA}", {"context": "promote-tui/orders/prod"}),
    "gitlab": (f"projects/acme/shop/statuses/{SHA}", {"name": "promote-tui/orders/prod"}),
    "bitbucket": (
        f"repositories/acme/shop/commit/{SHA}/statuses/build",
        {"key": "promote-tui/orders/prod", "name": "promote-tui/orders/prod", "url": URL},
    ),
}
STATES: dict[Provider, tuple[str, str, str]] = {
    "github": ("pending", "success", "failure"),
    "gitlab": ("running", "success", "failed"),
    "bitbucket": ("INPROGRESS", "SUCCESSFUL", "FAILED"),
}


def test_a_status_is_written_under_the_service_and_the_stage(host: str, provider: Provider) -> None:
    states: tuple[CiReportState, ...] = ("running", "success", "failed")
    for state in states:
        write(host, provider, "statuses", state=state)
    path, body = WRITTEN[provider]
    assert Host.written == [
        (path, {**body, "state": word, "description": "verified (run r1)"}) for word in STATES[provider]
    ]


def test_a_deployment_is_made_at_the_start_of_a_run_and_found_again_at_its_end(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    write(host, "github", "deployments", state="running")
    write(host, "github", "deployments", state="success")
    told = {"description": "verified (run r1)", "environment": "prod/orders"}
    made = {"ref": SHA, "environment": "prod/orders", "description": "promote-tui: orders"}
    assert Host.written == [
        ("repos/acme/shop/deployments", {**made, "auto_merge": False, "required_contexts": []}),
        ("repos/acme/shop/deployments/7/statuses", {**told, "state": "in_progress"}),
        ("repos/acme/shop/deployments/7/statuses", {**told, "state": "success"}),
    ]
    assert [path for path in Host.asked if path.endswith("/deployments")] == ["/github/repos/acme/shop/deployments"]


@pytest.mark.parametrize(
    ("answer", "cause"), [(403, "it answered 403"), (b"<html>", "its answer is not what it documents")]
)
def test_a_host_that_does_not_take_a_status_says_so_without_the_token(
    host: str, provider: Provider, answer: int | bytes, cause: str
) -> None:
    Host.answers = [answer]
    with pytest.raises(DeployError) as caught:
        write(host, provider, "statuses")
    assert caught.value.cause == cause
    assert TOKEN not in str(caught.value)


def test_nothing_is_written_without_a_token(host: str) -> None:
    with pytest.raises(DeployError, match="GITHUB_TOKEN is not set"):
        write(host, "github", "statuses")
    assert Host.written == []
