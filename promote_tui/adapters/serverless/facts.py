"""What is the Serverless CLI's own: its name, and what it calls its files and resources."""

from __future__ import annotations

from promote_tui.core.model.deployer import DeployerFacts

READABLE = ("serverless.yml", "serverless.yaml", "serverless.json")
PROGRAMS = ("serverless.ts", "serverless.js", "serverless.cjs", "serverless.mjs")
"""Configurations that are programs: only their words are looked at."""

FACTS = DeployerFacts(
    name="Serverless CLI",
    configuration="serverless.yml",
    configurations=(*READABLE, *PROGRAMS),
    bucket="ServerlessDeploymentBucket",
    bucket_output="ServerlessDeploymentBucketName",
    bucket_remedy="name one under provider.deploymentBucket in serverless.yml",
    keep_output=(
        "a deploy by hand names its commit with Outputs: {DeployedCommit: {Value: \"${param:commit, 'unknown'}\"}} "
        "in serverless.yml and --param commit=$(git rev-parse HEAD)"
    ),
)
