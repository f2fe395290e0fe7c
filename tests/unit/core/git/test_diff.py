"""Which line of a diff is of which file, and what it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from promote_tui.core.git.diff import LineKind, parse

TEXT = """\
diff --git a/src/a b.js b/src/a b.js
index 1..2 100644
--- a/src/a b.js
+++ b/src/a b.js
@@ -1,3 +1,4 @@ function f() {
 one
--- a/evil
+++ b/evil
+diff --git a/x b/x
 three
\\ No newline at end of file
@@ -9 +10 @@
-old
+new
diff --git a/old.js b/new.js
similarity index 100%
rename from old.js
rename to new.js
diff --git a/logo.png b/logo.png
Binary files a/logo.png and b/logo.png differ
"""


def test_every_line_is_of_its_file_whatever_it_looks_like() -> None:
    found = parse(TEXT)
    assert [(line.path, line.kind) for line in found if line.kind in {"file", "hunk"}] == [
        ("src/a b.js", "file"),
        ("src/a b.js", "hunk"),
        ("src/a b.js", "hunk"),
        ("new.js", "file"),
        ("logo.png", "file"),
    ]


def test_lines_of_a_hunk_are_counted() -> None:
    body = [line for line in parse(TEXT) if line.kind in {"added", "removed", "same", "note"}]
    expected: list[tuple[LineKind, str, int | None]] = [
        ("same", "one", 1),
        ("removed", "-- a/evil", None),
        ("added", "++ b/evil", 2),
        ("added", "diff --git a/x b/x", 3),
        ("same", "three", 4),
        ("note", "No newline at end of file", None),
        ("removed", "old", None),
        ("added", "new", 10),
    ]
    assert [(line.kind, line.text, line.number) for line in body] == expected


def test_no_text_has_no_lines() -> None:
    assert parse("") == ()


@given(st.text(alphabet='ab/ +-@\\\n,1"', max_size=200))
def test_whatever_it_is_it_has_as_many_lines_as_the_text(text: str) -> None:
    assert len(parse(text)) == len(text.split("\n")) - (text.endswith("\n") or not text)
