"""CloudFormation: what every stage runs, one stage afresh, and a stack's events.

The matrix is read in groups of one account, region and session, all at once. A group's stacks come
from the list of all stacks, page by page, unless single calls are cheaper: where only one stack is
wanted, where the list is not permitted, or where it has more pages than there are stacks to read.
What a list of several pages does not show is asked for by name before it counts as never deployed.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from promote_tui.adapters.aws.calls import call_checked
from promote_tui.adapters.aws.cloudformation import calls
from promote_tui.adapters.aws.errors import why
from promote_tui.adapters.aws.session import CONNECTIONS
from promote_tui.core.errors import AwsError, CredentialsError, OutOfReachError
from promote_tui.core.model.cells import Cell, Unreachable
from promote_tui.core.model.pipeline import StackOutput
from promote_tui.core.stacks.cells import cell_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.core.model.cells import StackState
    from promote_tui.core.model.pipeline import Aws, CommitSource, Target
    from promote_tui.core.model.stack_status import StackEvent

T = TypeVar("T")
_GROUPS = 8
"""How many groups are read at once."""
_FEW = 2
"""Pages that are always worth a try."""


class CloudFormation:
    """The StackReader port."""

    def __init__(
        self, accounts: AwsAccounts, commit_sources: Mapping[Target, CommitSource], bucket_output: str = ""
    ) -> None:
        self._accounts = accounts
        self._bucket_output = bucket_output
        self._sources = commit_sources
        self._by_service = {target.service: source for target, source in commit_sources.items()}
        self._one_by_one: set[Aws] = set()

    def cells(
        self, targets: Collection[Target], on_cell: Callable[[Cell], None] | None = None
    ) -> Mapping[Target, Cell]:
        """Return a cell for every target; `on_cell` is called as each becomes known, from any thread."""
        groups: dict[Aws, list[Target]] = defaultdict(list)
        for target in dict.fromkeys(targets):
            groups[target.aws].append(target)
        heard = _Heard(on_cell)
        if groups:
            with ThreadPoolExecutor(min(_GROUPS, len(groups)), "stacks") as pool:
                list(pool.map(lambda group: self._group(group, heard), groups.values()))
        return {target: heard.cells[target] for target in targets}

    def cell(self, target: Target) -> Cell:
        """Read one target afresh; trouble is a cell too."""
        try:
            return self._cell(target)
        except AwsError as error:
            return _unreachable(target, error)

    def stack(self, target: Target) -> StackState | None:
        """Read one stack afresh; None where it does not exist."""
        raw = self._call(target, lambda client: calls.describe_stack(client, target.stack))
        return self._state(target, raw) if raw else None

    def events(self, target: Target, stack_id: str, *, after: str | None = None) -> tuple[StackEvent, ...]:
        """Return the stack's events after the one with the id `after` (None: all), oldest first."""
        newest_first: dict[str, StackEvent] = {}
        token: str | None = None
        while True:
            page, token = self._call(target, functools.partial(calls.events, stack_id=stack_id, token=token))
            for event in page:
                if event.id == after:
                    return tuple(reversed(newest_first.values()))
                newest_first.setdefault(event.id, event)  # new events push old ones onto the next page
            if token is None:
                return tuple(reversed(newest_first.values()))

    def last_event(self, target: Target, stack_id: str) -> StackEvent | None:
        """Return the newest event."""
        newest, _ = self._call(target, functools.partial(calls.events, stack_id=stack_id, token=None))
        return next(iter(newest), None)

    def cancel_update(self, target: Target, stack_id: str) -> None:
        """Ask CloudFormation to stop the running update and to roll it back."""
        left = self._call(target, lambda client: calls.cancel(client, stack_id))
        if left is not None:
            raise AwsError(str(target), f"the stack is {left}; only a running update can be cancelled", "refresh")

    def _state(self, target: Target, raw: StackTypeDef) -> StackState:
        return calls.state_of(raw, self._source(target), self._bucket_output)

    def _cell_of(self, target: Target, stack: StackState | None) -> Cell:
        return cell_of(target, stack, self._source(target), self._bucket_output)

    def _source(self, target: Target) -> CommitSource:
        """Return it by the service where a stage is not the configuration's, but a preview."""
        return self._sources.get(target) or self._by_service.get(target.service) or StackOutput()

    def _call(self, target: Target, call: Callable[[CloudFormationClient], T]) -> T:
        return call_checked(self._accounts, target, lambda session: call(session.cloudformation()))

    def _cell(self, target: Target) -> Cell:
        return self._cell_of(target, self.stack(target))

    def _group(self, targets: Sequence[Target], heard: _Heard) -> None:
        try:
            if len(targets) > 1 and targets[0].aws not in self._one_by_one:
                self._from_list(targets, heard)
        except AwsError as error:
            for target in heard.missing(targets):
                heard.hear(_unreachable(target, error))
        self._by_name(heard.missing(targets), heard)

    def _from_list(self, targets: Sequence[Target], heard: _Heard) -> None:
        """Report the cells that the list of all stacks shows; the others are read by name."""
        wanted: dict[str, list[Target]] = defaultdict(list)
        for target in targets:
            wanted[target.stack].append(target)
        token: str | None = None
        for number in range(1, max(_FEW, len(targets)) + 1):
            page = self._call(targets[0], functools.partial(calls.list_stacks, token=token))
            if page is None:
                break
            stacks, token = page
            for raw in stacks:
                self._hear(raw, wanted.pop(raw["StackName"], ()), heard)
            if not wanted or token is None:
                return None if number > 1 else self._never(wanted, heard)
        self._one_by_one.add(targets[0].aws)
        return None

    def _hear(self, raw: StackTypeDef, targets: Collection[Target], heard: _Heard) -> None:
        for target in targets:
            heard.hear(self._cell_of(target, self._state(target, raw)))

    def _never(self, left: Mapping[str, Collection[Target]], heard: _Heard) -> None:
        """Report that these have no stack: one page held all stacks."""
        for targets in left.values():
            for target in targets:
                heard.hear(self._cell_of(target, None))

    def _by_name(self, targets: Sequence[Target], heard: _Heard) -> None:
        """Read each cell by a call of its own, until one shows that AWS is out of reach for all of them."""
        broken: list[AwsError] = []

        def read(target: Target) -> None:
            try:
                heard.hear(_unreachable(target, broken[0]) if broken else self._cell(target))
            except AwsError as error:
                if isinstance(error, OutOfReachError | CredentialsError):
                    broken.append(error)
                heard.hear(_unreachable(target, error))

        if targets:
            with ThreadPoolExecutor(min(CONNECTIONS, len(targets)), "stack") as pool:
                list(pool.map(read, targets))


class _Heard:
    """The cells that are known so far; usable from several threads."""

    def __init__(self, on_cell: Callable[[Cell], None] | None) -> None:
        self.cells: dict[Target, Cell] = {}
        self._on_cell = on_cell

    def hear(self, cell: Cell) -> None:
        """Keep a cell and pass it to the listener."""
        self.cells[cell.target] = cell
        if self._on_cell is not None:
            self._on_cell(cell)

    def missing(self, targets: Sequence[Target]) -> list[Target]:
        """Return the targets whose cells are not known yet."""
        return [target for target in targets if target not in self.cells]


def _unreachable(target: Target, error: AwsError) -> Unreachable:
    return Unreachable(target, error.cause, error.remedy, isinstance(error, CredentialsError), why(error))
