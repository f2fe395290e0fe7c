"""Which values of a template may be shown: a list of public properties; all others read as changed."""

from __future__ import annotations

import json

_LONGEST = 80
_PUBLIC = {
    "AWS::ApiGateway::Method": {"AuthorizationType", "HttpMethod"},
    "AWS::DynamoDB::Table": {"AttributeDefinitions", "BillingMode", "KeySchema", "ProvisionedThroughput", "TableName"},
    "AWS::Events::Rule": {"ScheduleExpression", "State"},
    "AWS::Kinesis::Stream": {"Name", "RetentionPeriodHours", "ShardCount"},
    "AWS::Lambda::Function": {
        "Architectures", "EphemeralStorage", "FunctionName", "Handler", "MemorySize", "ReservedConcurrentExecutions",
        "Runtime", "Timeout",
    },
    "AWS::Logs::LogGroup": {"LogGroupName", "RetentionInDays"},
    "AWS::S3::Bucket": {"AccessControl", "BucketName", "PublicAccessBlockConfiguration", "VersioningConfiguration"},
    "AWS::SNS::Topic": {"DisplayName", "FifoTopic", "TopicName"},
    "AWS::SQS::Queue": {
        "DelaySeconds", "FifoQueue", "MessageRetentionPeriod", "QueueName", "ReceiveMessageWaitTimeSeconds",
        "VisibilityTimeout",
    },
}  # fmt: skip


def is_public(resource_type: str, path: str) -> bool:
    """Tell whether the value at a dotted path of a resource's properties may be shown."""
    return path.partition(".")[0] in _PUBLIC.get(resource_type, ())


def redact(value: object) -> str:
    """Return a short text of a JSON value."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
