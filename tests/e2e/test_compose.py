"""A monorepo with Serverless Compose: services, order and parameters, outputs of other services among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = [pytest.mark.aws, pytest.mark.cli]

COMPOSE = """\
services:
  billing:
    path: apps/billing
    params:
      title: billing of ${sls:stage}
  orders:
    path: apps/orders
    params:
      title: ${billing.Title}
"""


def serverless(service: str) -> str:
    """Return a serverless.yml whose topic has the parameter as its name, which is an output, too."""
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "${param:title}"}}
    resources = {"Resources": {"Topic": topic}, "Outputs": {"Title": {"Value": {"Fn::GetAtt": ["Topic", "TopicName"]}}}}
    provider = {"name": "aws", "runtime": "nodejs20.x"}
    return yaml.safe_dump({"service": service, "provider": provider, "resources": resources})


def test_a_service_is_given_the_output_of_another_one_and_waits_for_it(workspace: Workspace) -> None:
    workspace.configure(compose="orders", services=[{"name": "orders", "owner": "ana"}])
    for name in ("billing", "orders"):
        (workspace.repo / "apps" / name).mkdir(parents=True)
    files = {f"apps/{name}/serverless.yml": serverless(name) for name in ("billing", "orders")}
    workspace.commit("Compose the services", files={"serverless-compose.yml": COMPOSE, **files})
    early = workspace.run("promote", "orders", "--to", "dev", "--yes")
    assert early.returncode == 1
    what = "params title (output Title of billing, which is not deployed to dev); deploy billing to dev first"
    assert what in early.stderr

    done = workspace.run("sync", "--branch", "main")
    assert done.returncode == 0, done.stderr
    sns = workspace.client("dev", "sns")
    topics = [sns.get_topic_attributes(TopicArn=each["TopicArn"]) for each in sns.list_topics()["Topics"]]
    named = {each["Attributes"]["TopicArn"].rpartition(":")[2]: each["Attributes"]["DisplayName"] for each in topics}
    (billing,) = [topic for topic, title in named.items() if title == "billing of dev"]
    assert billing in named.values()
    (plan,) = workspace.json("plan", "orders", "--to", "dev")["plans"]
    assert [(each["name"], each["source"]) for each in plan["values"]] == [("title", "output Title of billing")]
