"""What a promotion would do to a stack: resources that are added, modified, replaced or removed.

A review comes from a change set of CloudFormation, or, where there can be none, from comparing the
deployed template with the packaged one: then it is `predicted`. Values are shown only where they are
on the list of public properties (`core.changes.redaction`); all others read as changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from promote_tui.core.model.pipeline import Commit
from promote_tui.core.text import plural
from promote_tui.core.value import Value

Template: TypeAlias = Mapping[str, Any]
"""A CloudFormation template as JSON values."""
ChangeAction: TypeAlias = Literal["add", "modify", "remove"]
Replacement: TypeAlias = Literal["true", "false", "conditional"]
Recreation: TypeAlias = Literal["Never", "Conditionally", "Always"]


class Cause(Value):
    """Why a property changes that may make CloudFormation recreate its resource.

    `entity` is the parameter, the resource (`Orders`) or its attribute (`Orders.Arn`) that it refers to; empty where
    the template itself says otherwise.
    """

    property: str
    entity: str = ""


class SetChange(Value):
    """A resource in a change set, as CloudFormation describes it.

    `properties` are (name, whether it makes CloudFormation recreate the resource) of the changed
    top-level properties; `attributes` are what else changes: Metadata, Tags, DeletionPolicy, ...;
    `causes` are those of the properties that may recreate it.
    """

    logical_id: str
    resource_type: str
    action: ChangeAction
    replacement: Replacement = "false"
    properties: tuple[tuple[str, Recreation], ...] = ()
    attributes: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()


class PropertyChange(Value):
    """A changed property by its path, such as `Environment.Variables.TOKEN`.

    `before` and `after` are its values as short text, or None where the values are not public: `changed`. The empty
    text stands for the side that lacks the property.
    """

    path: str
    before: str | None = None
    after: str | None = None


class ResourceChange(Value):
    """One resource that a promotion would change.

    - `notes` point out what people must see: rights that are granted, public access.
    - `origins` are the commits of the range that touched its file, newest first; empty where that is not known.
    - `overwrites` are properties that somebody changed by hand and that this change sets back.
    - `kept`: a removed or replaced resource stays in the account.
    """

    logical_id: str
    resource_type: str
    action: ChangeAction
    replacement: Replacement = "false"
    properties: tuple[PropertyChange, ...] = ()
    holds_data: bool = False
    predicted: bool = False
    notes: tuple[str, ...] = ()
    origins: tuple[Commit, ...] = ()
    overwrites: tuple[str, ...] = ()
    kept: bool = False

    @property
    def loses_data(self) -> bool:
        """Whether what it holds may be gone afterwards."""
        return self.holds_data and (self.action == "remove" or self.replacement != "false")


NEW_CODE = "new code: "
"""How the folded line begins that names the functions with other code."""


class RemovedExport(Value):
    """An export that the stack would no longer have, and the stacks that import it (None: could not be asked)."""

    name: str
    importers: tuple[str, ...] | None


class ChangeReview(Value):
    """All that a promotion would do to a stack, replacements and removals of data first.

    `folded` are lines about what every deploy changes. `predicted` is why there was no change set (empty:
    there was one); `unknown` is why nothing can be told at all. `warnings` are what could not be asked, and values that
    become empty. `refused` is why CloudFormation would not take the template.
    """

    changes: tuple[ResourceChange, ...] = ()
    folded: tuple[str, ...] = ()
    exports: tuple[RemovedExport, ...] = ()
    predicted: str = ""
    unknown: str = ""
    warnings: tuple[str, ...] = ()
    refused: str = ""

    @property
    def code(self) -> str:
        """The functions that get other code, in words such as `Charge, Refund`; empty where none does."""
        return next((words.removeprefix(NEW_CODE) for words in self.folded if words.startswith(NEW_CODE)), "")

    @property
    def without_resources(self) -> str:
        """What changes where no resource does, in one line: nothing, or code or exports alone."""
        if self.changes or self.unknown:
            return ""
        parts = [f"new code only: {self.code}"] if self.code else []
        parts += [f"{plural(len(self.exports), 'export')} removed"] if self.exports else []
        return ", ".join(parts) or "nothing changes in the stack"

    @property
    def other_folded(self) -> tuple[str, ...]:
        """The folded lines that `without_resources` does not say already."""
        return tuple(words for words in self.folded if not (self.without_resources and words.startswith(NEW_CODE)))

    @property
    def replaced_data(self) -> tuple[str, ...]:
        """The logical ids of resources with data that may be replaced."""
        return tuple(each.logical_id for each in self.changes if each.loses_data and each.action != "remove")

    @property
    def removed_data(self) -> tuple[str, ...]:
        """The logical ids of resources with data that would be removed."""
        return tuple(each.logical_id for each in self.changes if each.loses_data and each.action == "remove")
