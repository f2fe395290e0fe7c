"""Every action of the terminal UI that has a key: one table, which bindings are made from and `keys:` is checked by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEFAULTS: Mapping[str, str] = {
    "app.approve": "a",
    "app.copy": "y",
    "app.decide": "x",
    "app.describe": "D",
    "app.drift": "3",
    "app.fetch": "R",
    "app.help": "question_mark,f1",
    "app.inbox": "5",
    "app.leave": "ctrl+c,ctrl+q",
    "app.login": "L",
    "app.open": "o",
    "app.palette": "ctrl+p",
    "app.pipeline": "1",
    "app.previews": "V",
    "app.releases": "2",
    "app.rollback": "u",
    "app.runs": "4",
    "ask.back": "escape",
    "ask.left": "left",
    "ask.right": "right",
    "choose.back": "escape",
    "description.back": "escape",
    "description.logs": "l",
    "description.refresh": "r",
    "diff.back": "escape",
    "diff.ends": "c",
    "diff.find": "slash",
    "diff.next_file": "right_square_bracket,n",
    "diff.pager": "v",
    "diff.previous_file": "left_square_bracket,N",
    "diff.refresh": "r",
    "drift.clear": "escape",
    "drift.detect": "s",
    "drift.detect_all": "S",
    "drift.diff": "d",
    "drift.filter": "slash",
    "drift.promote": "p",
    "drift.quit": "q",
    "drift.refresh": "r",
    "finder.back": "escape",
    "finder.choose": "enter",
    "finder.down": "down,ctrl+n",
    "finder.page_down": "pagedown",
    "finder.page_up": "pageup",
    "finder.up": "up",
    "help.back": "escape,question_mark,f1,q",
    "help.down": "down",
    "help.page_down": "pagedown",
    "help.page_up": "pageup",
    "help.up": "up",
    "inbox.approve": "a",
    "inbox.mark": "space",
    "inbox.mine": "m",
    "inbox.quit": "q",
    "inbox.refresh": "r",
    "inbox.tick": "t",
    "log.bottom": "end,G",
    "log.down": "down,j",
    "log.page_down": "pagedown",
    "log.page_up": "pageup",
    "log.top": "home,g",
    "log.up": "up,k",
    "login.back": "escape",
    "matrix.bottom": "end,G",
    "matrix.down": "down,j",
    "matrix.left": "left,h",
    "matrix.open": "enter",
    "matrix.page_down": "pagedown",
    "matrix.page_up": "pageup",
    "matrix.right": "right,l",
    "matrix.top": "home,g",
    "matrix.up": "up,k",
    "patch.bottom": "end,G",
    "patch.down": "down,j",
    "patch.left": "left,h",
    "patch.page_down": "pagedown,space",
    "patch.page_up": "pageup",
    "patch.right": "right,l",
    "patch.top": "home,g",
    "patch.up": "up,k",
    "notes.back": "escape",
    "notes.copy": "y",
    "notes.down": "down,j",
    "notes.page_down": "pagedown",
    "notes.page_up": "pageup",
    "notes.up": "up,k",
    "pipeline.branches": "b",
    "pipeline.clear": "escape",
    "pipeline.diff": "d",
    "pipeline.filter": "slash",
    "pipeline.group": "O",
    "pipeline.mark": "space",
    "pipeline.promote": "p",
    "pipeline.quit": "q",
    "pipeline.refresh": "r",
    "pipeline.sort": "s",
    "previews.back": "escape",
    "previews.down": "d",
    "previews.prune": "P",
    "previews.refresh": "r",
    "previews.up": "n",
    "promote.again": "r",
    "promote.approvals": "4",
    "promote.back": "escape",
    "promote.before": "b",
    "promote.changes": "2",
    "promote.checks": "c",
    "promote.choose": "s",
    "promote.commits": "1",
    "promote.confirm": "5",
    "promote.deploy": "p",
    "promote.diff": "d",
    "promote.down": "down,j",
    "promote.gates": "3",
    "promote.left": "left",
    "promote.lift": "l",
    "promote.next": "tab",
    "promote.override": "o",
    "promote.page_down": "pagedown",
    "promote.page_up": "pageup",
    "promote.right": "right",
    "promote.run": "w",
    "promote.skip": "n",
    "promote.tick": "t",
    "promote.up": "up,k",
    "reason.back": "escape",
    "reason.next": "tab",
    "release.approve": "a",
    "release.at": "w",
    "release.back": "escape",
    "release.diff": "d",
    "release.go": "p",
    "release.next": "tab",
    "release.notes": "n",
    "release.override": "o",
    "release.refresh": "r",
    "release.resume": "c",
    "release.retry": "e",
    "release.roll_back_all": "U",
    "release.skip": "s",
    "release.stop": "ctrl+x",
    "release.summary": "i",
    "release.tick": "t",
    "releases.all": "escape",
    "releases.diff": "d",
    "releases.earlier": "left,h,shift+tab",
    "releases.filter": "slash",
    "releases.later": "right,l,tab",
    "releases.mark": "space",
    "releases.mark_all": "*",
    "releases.open": "w",
    "releases.promote": "p",
    "releases.quit": "q",
    "releases.refresh": "r",
    "rows.bottom": "end,G",
    "rows.choose": "enter",
    "rows.down": "down,j",
    "rows.page_down": "pagedown",
    "rows.page_up": "pageup",
    "rows.top": "home,g",
    "rows.up": "up,k",
    "run.back": "escape",
    "run.follow": "f",
    "run.next_match": "n",
    "run.pager": "v",
    "run.previous_match": "N",
    "run.promote": "p",
    "run.reconcile": "c",
    "run.refresh": "r",
    "run.search": "slash",
    "run.stop": "ctrl+x",
    "run.wrap": "w",
    "runs.clear": "escape",
    "runs.filter": "slash",
    "runs.promote": "p",
    "runs.quit": "q",
    "runs.reconcile": "c",
    "runs.refresh": "r",
    "runs.related": "w",
    "service.back": "escape",
    "service.branches": "b",
    "service.clear": "escape",
    "service.diff": "d",
    "service.next_stage": "right_square_bracket",
    "service.previous_stage": "left_square_bracket",
    "service.promote": "p",
    "service.refresh": "r",
    "service.search": "slash",
    "small.quit": "q",
    "stop.down": "down,j",
    "stop.up": "up,k",
}
"""Action id -> its keys, separated by commas, by the names that Textual gives them."""

_NAMED = {
    *("enter", "escape", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"),
    *("up", "down", "left", "right", "slash", "question_mark", "comma", "left_square_bracket", "right_square_bracket"),
    *(f"f{number}" for number in range(1, 25)),
}
_ALSO_WHILE_TYPING = {"app.leave", "finder.choose"}
_TYPED = {"space", "slash", "question_mark", "comma", "left_square_bracket", "right_square_bracket"}
_MODIFIED = r"(?:ctrl|alt|shift)\+(.+)"
_KEPT = {"ctrl+z", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m"}
"""Keys that a terminal sends for backspace, tab and enter, or that suspend the program."""


def key_problem(keys: str, action: str = "") -> str:
    """Return what is wrong with the keys of an action, in words that follow their name; empty where they are fine."""
    for key in keys.split(",") if keys != "," else ["comma"]:
        name = key.strip()
        if name in _KEPT:
            return f"{name} is the terminal's own; choose another key"
        if action in _ALSO_WHILE_TYPING and (len(name) == 1 or name in _TYPED):
            return f"{name} is typed into fields, and this key works there too; choose one with ctrl, or a function key"
        if not _is_key(name):
            return "is not a key; write a character, or a name such as f5, ctrl+r or space"
    return ""


def _is_key(name: str) -> bool:
    modified = re.fullmatch(_MODIFIED, name)
    if modified:
        return _is_key(modified[1])
    return name in _NAMED or (len(name) == 1 and name.isprintable() and name != " ")


def find_clashes(chosen: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield (action, key, other action) where a chosen key already does something else on the same screen."""
    now = {**DEFAULTS, **{action: keys for action, keys in chosen.items() if action in DEFAULTS}}
    for action in chosen:
        mine = set(_split(now.get(action, "")))
        for other, keys in now.items():
            if other != action and _meet(action, other) and (both := mine & {*_split(keys)}):
                yield action, _AS_WRITTEN.get(min(both), min(both)), other


def _meet(action: str, other: str) -> bool:
    """Tell whether two actions can be had at the same time: on one screen, or everywhere."""
    one, two = action.partition(".")[0], other.partition(".")[0]
    return one == two or ("app" in {one, two} and not {one, two} & _MODAL)


_MODAL = {"ask", "choose", "finder", "help", "login", "reason", "small", "stop"}


def _split(keys: str) -> list[str]:
    return [_WRITTEN.get(key.strip(), key.strip()) for key in keys.split(",")]


_WRITTEN = {"/": "slash", "?": "question_mark", "[": "left_square_bracket", "]": "right_square_bracket"}
_AS_WRITTEN = {name: char for char, name in _WRITTEN.items()}
