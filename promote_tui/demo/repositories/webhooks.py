"""The story of `webhooks`: a repository of one service at its root, which leaves the commit output to promote-tui."""

from __future__ import annotations

from promote_tui.demo.repositories.script import ANA, LUKAS, PRIYA, Change, Edit, Fork, Merge, Story

_SERVERLESS = """\
service: webhooks
provider:
  name: aws
  runtime: nodejs20.x
  region: eu-west-1
  memorySize: 256
functions:
  receive:
    handler: src/receive.handler
    timeout: 10
    environment:
      QUEUE_URL: !Ref DeliveriesQueue
resources:
  Resources:
    DeliveriesQueue:
      Type: AWS::SQS::Queue
      Properties:
        QueueName: webhooks-${sls:stage}-deliveries
        VisibilityTimeout: 30
"""

_RECEIVE = """\
'use strict';

const { delivery } = require('./delivery');

exports.handler = async (event) => {
  const accepted = delivery(event);
  console.log(JSON.stringify({ queue: process.env.QUEUE_URL, accepted: accepted.id }));
  return { statusCode: 200, body: accepted.id };
};
"""

_DELIVERY = """\
'use strict';

exports.delivery = (event) => ({
  id: event.headers['x-delivery-id'],
  body: event.body,
});
"""

_SIGNATURE = """\
'use strict';

const { createHmac, timingSafeEqual } = require('node:crypto');

exports.signed = (body, signature, key) => {
  const expected = createHmac('sha256', key).update(body).digest();
  const given = Buffer.from(signature || '', 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
};
"""

_BACKOFF = """\
'use strict';

exports.delay = (attempt) => Math.min(900, 2 ** attempt * 5);
"""

_CUSTOM_KEY = """\
    SigningKey:
      Type: Custom::SigningKey
      Properties:
        Length: 32
        RotateAfterDays: 30
"""

_PARAMETER_KEY = """\
    SigningKey:
      Type: AWS::SSM::Parameter
      Properties:
        Name: /webhooks/${sls:stage}/signing-key-id
        Type: String
        Value: current
"""

_ARCHIVE = """\
    Deliveries:
      Type: AWS::DynamoDB::Table
      Properties:
        TableName: webhooks-${sls:stage}-deliveries
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
        KeySchema: [{AttributeName: id, KeyType: HASH}]
"""

WEBHOOKS = Story(
    "webhooks",
    ("develop", "main"),
    (
        Change(
            "main",
            LUKAS,
            "Receive webhooks and queue them",
            (
                Edit("README.md", "# webhooks\n\nTakes what partners send us, and hands it on.\n"),
                Edit("serverless.yml", _SERVERLESS),
                Edit("src/receive.js", _RECEIVE),
                Edit("src/delivery.js", _DELIVERY),
            ),
        ),
        Fork("develop", "main"),
        Change(
            "develop",
            LUKAS,
            "Answer 202 before the work is done",
            (Edit("src/receive.js", "statusCode: 202", "statusCode: 200"),),
        ),
        Change(
            "develop",
            PRIYA,
            "Compare signatures in constant time",
            (Edit("src/signature.js", _SIGNATURE),),
        ),
        Change(
            "develop",
            LUKAS,
            "Keep deliveries for replay",
            (Edit("serverless.yml", _ARCHIVE),),
        ),
        Merge("main", "develop", LUKAS, "Merge branch 'develop' for 1.3"),
        Change(
            "develop",
            PRIYA,
            "Retry deliveries with a growing delay",
            (
                Edit("src/backoff.js", _BACKOFF),
                Edit("serverless.yml", "VisibilityTimeout: 60", "VisibilityTimeout: 30"),
            ),
            label="retries",
        ),
        Change(
            "develop",
            LUKAS,
            "Rotate the signing key with a custom resource",
            (Edit("serverless.yml", _CUSTOM_KEY),),
            label="broken",
        ),
        Change(
            "develop",
            LUKAS,
            "Name the signing key in a parameter instead",
            (Edit("serverless.yml", _PARAMETER_KEY, _CUSTOM_KEY),),
        ),
        Change(
            "develop",
            PRIYA,
            "Refuse deliveries without an id",
            (
                Edit(
                    "src/receive.js",
                    "  if (!accepted.id) return { statusCode: 400, body: 'x-delivery-id is missing' };\n  console.log(",
                    "  console.log(",
                ),
            ),
        ),
        Merge("main", "develop", LUKAS, "Merge branch 'develop' for 1.4"),
        Change(
            "develop",
            ANA,
            "Say who sent a delivery in every log line",
            (
                Edit(
                    "src/delivery.js",
                    "  sender: event.headers['user-agent'] || 'unknown',\n  body: event.body,",
                    "  body: event.body,",
                ),
                Edit("src/receive.js", "accepted: accepted.id, sender: accepted.sender", "accepted: accepted.id"),
            ),
        ),
        Change(
            "develop",
            PRIYA,
            "Stop retrying after a day",
            (Edit("src/backoff.js", "\nexports.givesUp = (firstTry, now) => now - firstTry > 24 * 3600 * 1000;\n"),),
        ),
    ),
)
