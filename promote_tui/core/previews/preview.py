"""A preview as it stands: its stacks, what is known of its branch, who made it, and what it costs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.durations import span
from promote_tui.core.model.pipeline import Target
from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

BranchState: TypeAlias = Literal["open", "merged", "deleted", "unknown"]
"""How a branch stands to its repository's default branch; `unknown` where that cannot be told."""

COST_BEARING = frozenset({
    "AWS::AmazonMQ::Broker",
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::DAX::Cluster",
    "AWS::DocDB::DBCluster",
    "AWS::EC2::EIP",
    "AWS::EC2::Instance",
    "AWS::EC2::NatGateway",
    "AWS::EC2::VPCEndpoint",
    "AWS::ECS::Service",
    "AWS::EFS::FileSystem",
    "AWS::EKS::Cluster",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::Elasticsearch::Domain",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::MSK::Cluster",
    "AWS::Neptune::DBCluster",
    "AWS::OpenSearchService::Domain",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::Redshift::Cluster",
    "AWS::Route53::HostedZone",
    "AWS::SecretsManager::Secret",
    "AWS::WAFv2::WebACL",
})  # fmt: skip
"""Types of resources that are paid for by the hour or the month, whether or not anybody uses them."""


class PreviewStack(Value):
    """A service of a preview: its stack, and what that says.

    `status` is empty where the stack cannot be read, and `problem` says why. `costs` are resources that cost money
    while nobody uses them, as (type, how many).
    """

    target: Target
    stack_id: str = ""
    status: str = ""
    commit: str = ""
    updated_at: Moment | None = None
    urls: tuple[tuple[str, str], ...] = ()
    costs: tuple[tuple[str, int], ...] = ()
    problem: str = ""


class Preview(Value):
    """The stage of a branch; `owner` is who deployed it last, empty where no run is on record.

    `branch_problem` is why the state of its branch is unknown.
    """

    name: str
    branch: str
    stacks: tuple[PreviewStack, ...]
    branch_state: BranchState = "unknown"
    branch_problem: str = ""
    owner: str = ""

    @property
    def updated_at(self) -> datetime | None:
        """When something of it was deployed last; None where that is not known."""
        return max((each.updated_at for each in self.stacks if each.updated_at), default=None)

    @property
    def services(self) -> tuple[str, ...]:
        """The services that it has."""
        return tuple(each.target.service for each in self.stacks)

    @property
    def costs(self) -> tuple[tuple[str, int], ...]:
        """What costs money in it while nobody uses it, over all its stacks."""
        found: dict[str, int] = {}
        for kind, count in (pair for each in self.stacks for pair in each.costs):
            found[kind] = found.get(kind, 0) + count
        return tuple(sorted(found.items()))

    @property
    def cost_words(self) -> str:
        """What costs money in it while nobody uses it: `2 EC2 NatGateway`."""
        return ", ".join(f"{count} {kind.removeprefix('AWS::').replace('::', ' ')}" for kind, count in self.costs)

    def age(self, now: datetime) -> timedelta | None:
        """Return the time since its last deploy; None where that is not known."""
        return now - self.updated_at if self.updated_at else None


def join_branch_states(states: Sequence[BranchState]) -> BranchState:
    """Return how a branch stands that several repositories have: in doubt it is in use."""
    if not states or "unknown" in states:
        return "unknown"
    if "open" in states:
        return "open"
    return "merged" if "merged" in states else "deleted"


def prune_reason(preview: Preview, now: datetime, max_age: float) -> str:
    """Return in words why a preview may be removed; empty where it stays. `max_age` is seconds (0: no limit)."""
    if preview.branch_state == "merged":
        return "its branch is merged"
    if preview.branch_state == "deleted":
        return "its branch is deleted"
    age = preview.age(now)
    if max_age and age is not None and age.total_seconds() > max_age:
        return f"its last deploy is older than {span(timedelta(seconds=max_age))}"
    return ""


def count_costs(types: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return those of a template's resource types that cost money while nobody uses them, each with its number."""
    found = [kind for kind in types if kind in COST_BEARING]
    return tuple((kind, found.count(kind)) for kind in sorted({*found}))


def find_urls(outputs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the outputs of a stack that are addresses, by their names."""
    return tuple((name, value) for name, value in outputs if value.startswith(("https://", "http://", "wss://")))
