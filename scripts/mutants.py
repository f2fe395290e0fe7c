"""Change what decides, one place at a time, and count the changes that the unit tests and the types notice.

Ends with 1 where one goes unnoticed that `mutants.toml` does not explain, or where that explains one that is noticed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[1]
MUTMUT = Path(sys.executable).with_name("mutmut")
COPY = ROOT / "mutants"
PACKAGE = "promote_tui.core."
TESTS, TYPES, TIME, EXPLAINED, UNNOTICED = COLUMNS = ("tests", "types", "time", "explained", "unnoticed")
NOTICED = {"killed": TESTS, "caught by type check": TYPES, "timeout": TIME}


def main() -> int:
    """Make all mutants, try them, and print what became of those of each module."""
    shutil.rmtree(COPY, ignore_errors=True)
    (COPY / "promote_tui" / "demo").mkdir(parents=True)  # mutmut copies single files of it, and makes no folder
    subprocess.run([MUTMUT, "run"], cwd=ROOT, check=True)
    slow = [name for name, state in results() if state == "timeout"]
    if slow:  # the machine may have been busy: what never ends does not end the second time either
        subprocess.run([MUTMUT, "run", *slow], cwd=ROOT, check=True)
    return report()


def report() -> int:
    """Print the mutants of each module by who noticed them, and those that nobody did; return the exit code."""
    explained = explanations()
    open_ = {name: change(name) for name, state in results() if state not in NOTICED}
    counts = Counter(
        (module_of(name), NOTICED.get(state) or (EXPLAINED if open_[name] in explained else UNNOTICED))
        for name, state in results()
    )
    print(table(counts))
    lost = [f"{name}: {words}" for name, words in open_.items() if words not in explained]
    stale = sorted(explained - {*open_.values()})
    print(
        "".join(f"\nnobody notices {words}" for words in lost)
        + "".join(f"\nnoticed, explained: {each}" for each in stale)
    )
    return 1 if lost or stale else 0


def results() -> list[tuple[str, str]]:
    """Return the name of each mutant with what became of it, as mutmut says."""
    listed = _mutmut("results", "--all", "true")
    return [(name, state) for name, _, state in (line.strip().partition(": ") for line in listed.splitlines()) if state]


def change(name: str) -> str:
    """Return a mutant as `module: the lines before -> the lines after`; its number may be another one tomorrow."""
    lines = [line for line in _mutmut("show", name).splitlines() if line[:3] not in {"---", "+++"}]
    before, after = (" ".join(line[1:].strip() for line in lines if line[:1] == sign) for sign in "-+")
    return f"{module_of(name)}: {before} -> {after}"


def module_of(name: str) -> str:
    """Return the module of a mutant below the core: `gates.freezes`."""
    return re.sub(r"\.x[_ǁ].*", "", name).removeprefix(PACKAGE)


def explanations() -> set[str]:
    """Return the changes that need no test, each as `change` writes it."""
    classes = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {change for each in classes.values() for change in each["changes"]}


def table(counts: Counter[tuple[str, str]]) -> str:
    """Return a line for each module, and one for all."""
    modules = sorted({module for module, _ in counts})
    rows = [(module, [counts[module, column] for column in COLUMNS]) for module in modules]
    rows.append(("all", [sum(column) for column in zip(*(found for _, found in rows), strict=True)]))
    return "\n".join([_line("module", ["mutants", *COLUMNS]), *(_line(name, [sum(row), *row]) for name, row in rows)])


def _line(name: str, cells: Iterable[object]) -> str:
    return f"{name:28}" + "".join(f"{cell!s:>11}" for cell in cells)


def _mutmut(*argv: str) -> str:
    return subprocess.run([MUTMUT, *argv], cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
