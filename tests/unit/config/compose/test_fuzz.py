"""Whatever a compose file holds, it is a configuration or a ConfigError with lines."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from promote_tui.config.compose.manual_lists import describe_unlisted
from promote_tui.config.loader import describe, load
from promote_tui.core.errors import ConfigError
from tests.support.configs import BASE, write
from tests.unit.config.compose.test_merge import STAGES
from tests.unit.config.test_fuzz import as_yaml

KEYS = [
    "services",
    "stages",
    "path",
    "config",
    "dependsOn",
    "params",
    "component",
    "region",
    "default",
    "prod",
    "a",
    "b",
]
WORDS = ["a", "b", "..", "${a.Url}", "${b.Url}/x", "${sls:stage}", "${env:X}", "{stage}", "é", "a\nb", ""]
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=5)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)
services = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.fixed_dictionaries(
        {"path": st.sampled_from(["a", "b"])},
        optional={"dependsOn": trees, "params": trees, "config": trees, "component": trees, "region": trees},
    ),
    max_size=3,
)
OWN = ["", "services: [{name: a, depends_on: [], deploy: {params: {a: x}}}]\n", "services: [{name: b, stages: 7}]\n"]


def problems(path: Path) -> tuple[str, ...]:
    """Return the lines that a configuration is refused with; one that is not can be shown."""
    try:
        load(path)
    except ConfigError as error:
        return error.problems
    assert describe(path)
    return ()


def hold(compose: bytes, own: str) -> None:
    """Load configurations beside a compose file, which ends with a configuration or with lines."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / ".git").mkdir()
        (folder / "serverless-compose.yml").write_bytes(compose)
        path = write(folder, STAGES + "compose: .\n" + own)
        for line in problems(path):
            assert line.startswith(("promote-tui.yml", "serverless-compose.yml:"))
        assert all("\n" not in note for note in describe_unlisted(load(write(folder, BASE)).pipeline))


@settings(max_examples=40)
@given(trees, st.sampled_from(OWN))
def test_any_tree(tree: object, own: str) -> None:
    hold(as_yaml(tree), own)


@settings(max_examples=40)
@given(services, trees, st.sampled_from(OWN))
def test_any_services(some: object, stages: object, own: str) -> None:
    hold(as_yaml({"services": some, "stages": stages}), own)


@settings(max_examples=40)
@given(st.text(alphabet="-[]{}:,&*!|>'\"%@`#?~$. \n\taservices", max_size=60))
def test_any_punctuation(text: str) -> None:
    hold(text.encode(), "")
