"""The story of `shop`: a monorepo of three services that share libs/."""

from __future__ import annotations

from promote_tui.demo.repositories.script import ANA, JOE, LINK, LUKAS, MEI, PRIYA, Change, Edit, Fork, Merge, Story


def _serverless(service: str, function: str, variable: str, resource: str) -> str:
    """Return the serverless.yml of a service with one function and one resource, which the function is told of."""
    name = resource.split(":", 1)[0].strip()
    return f"""\
service: {service}
provider:
  name: aws
  runtime: nodejs20.x
  region: eu-west-1
functions:
  {function}:
    handler: src/{function}.handler
    memorySize: 256
    environment:
      {variable}: !Ref {name}
resources:
  Outputs:
    DeployedCommit:
      Value: ${{param:commit, 'unknown'}}
  Resources:
{resource}"""


_ORDERS_QUEUE = """\
    OrdersQueue:
      Type: AWS::SQS::Queue
      Properties:
        QueueName: orders-${sls:stage}-placed
        VisibilityTimeout: 30
"""

_DEAD_LETTERS = """\
    OrdersDeadLetters:
      Type: AWS::SQS::Queue
      Properties:
        QueueName: orders-${sls:stage}-failed
        MessageRetentionPeriod: 1209600
"""

_INVOICES = """\
    Invoices:
      Type: AWS::DynamoDB::Table
      Properties:
        TableName: billing-${sls:stage}-invoices
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions: [{AttributeName: number, AttributeType: S}]
        KeySchema: [{AttributeName: number, KeyType: HASH}]
"""

_RETENTION = """\
    InvoiceRetention:
      Type: AWS::SSM::Parameter
      Properties:
        Name: /billing/${sls:stage}/retention-years
        Type: String
        Value: "10"
"""

_PRICES = """\
    PriceChanges:
      Type: AWS::SNS::Topic
      Properties:
        TopicName: catalog-${sls:stage}-prices
"""

_PAGE_SIZE = """\
    PageSize:
      Type: AWS::SSM::Parameter
      Properties:
        Name: /catalog/${sls:stage}/page-size
        Type: String
        Value: "24"
"""

_PLACE = """\
'use strict';

const { log } = require('./libs/log');

exports.handler = async (order) => {
  const placed = { ...order, status: 'placed' };
  log('placed', { lines: placed.lines.length, queue: process.env.QUEUE_URL });
  return placed;
};
"""

_CHARGE = """\
'use strict';

const { log } = require('./libs/log');
const { number } = require('./number');

exports.handler = async (order) => {
  const invoice = { number: number(order), total: order.total };
  log('invoiced', { number: invoice.number, table: process.env.INVOICES });
  return invoice;
};
"""

_NUMBER = """\
'use strict';

exports.number = (order) => `INV-${order.id}`;
"""

_ROUNDING = """\
'use strict';

exports.decimals = () => 2;
"""

_SEARCH = """\
'use strict';

const { log } = require('./libs/log');

const products = [
  { name: 'Kettle', price: 3900, stock: 12 },
  { name: 'Teapot', price: 2450, stock: 0 },
  { name: 'Tea towel', price: 990, stock: 140 },
];

exports.handler = async ({ words }) => {
  const found = products.filter((product) => product.name.toLowerCase().includes(words.toLowerCase()));
  log('searched', { words, found: found.length, topic: process.env.PRICES });
  return found;
};
"""

_VALIDATE = """\
'use strict';

exports.problems = (order) => {
  const found = [];
  if (!order.lines || order.lines.length === 0) found.push('an order needs a line');
  return found;
};
"""

_MONEY = """\
'use strict';

exports.round = (amount, decimals = 2) => Number(amount.toFixed(decimals));

exports.sum = (lines) => lines.reduce((total, line) => total + line.price * line.count, 0);
"""

_LOG = """\
'use strict';

exports.log = (what, facts) => console.log(what, facts);
"""

_RETRY = """\
'use strict';

exports.retryable = (status) => status === 429 || status >= 500;
"""

_PRICE = """\
'use strict';

exports.valid = (product) => Number.isInteger(product.price) && product.price > 0;
"""

_REFUND = """\
'use strict';

exports.refundable = (order) => order.lines.filter((line) => !line.refunded);
"""

_HISTORY = """\
'use strict';

exports.moved = (order, status, at) => ({
  ...order,
  status,
  history: [...(order.history || []), { status, at }],
});
"""

_ADDRESS = """\
'use strict';

const needed = ['street', 'city', 'postcode', 'country'];

exports.missing = (address) => needed.filter((field) => !address[field]);
"""

_SUGGEST = """\
'use strict';

exports.suggest = (products, typed) => products
  .filter((product) => product.name.toLowerCase().startsWith(typed.toLowerCase()))
  .slice(0, 5);
"""

_O, _B, _C = "services/orders", "services/billing", "services/catalog"


def _libs(service: str) -> Edit:
    """Return the link by which a service's package holds the shared folder."""
    return Edit(f"{service}/src/libs", "../../../libs", mode=LINK)


_BEGINNING = (
    Change(
        "main",
        ANA,
        "Start the shop with a service for orders",
        (
            Edit("README.md", "# shop\n\nOrders, billing and the catalog. What they share is in libs/.\n"),
            Edit("libs/log.js", _LOG),
            Edit(f"{_O}/serverless.yml", _serverless("orders", "place", "QUEUE_URL", _ORDERS_QUEUE)),
            Edit(f"{_O}/src/place.js", _PLACE),
            _libs(_O),
        ),
    ),
    Fork("develop", "main"),
    Change(
        "develop",
        JOE,
        "Add billing with a table of invoices",
        (
            Edit(f"{_B}/serverless.yml", _serverless("billing", "charge", "INVOICES", _INVOICES)),
            Edit(f"{_B}/src/charge.js", _CHARGE),
            Edit(f"{_B}/src/number.js", _NUMBER),
            Edit(f"{_B}/src/rounding.js", _ROUNDING),
            _libs(_B),
        ),
    ),
    Change(
        "develop",
        MEI,
        "Add the catalog with a search",
        (
            Edit(f"{_C}/serverless.yml", _serverless("catalog", "search", "PRICES", _PRICES)),
            Edit(f"{_C}/src/search.js", _SEARCH),
            _libs(_C),
        ),
    ),
    Change("develop", ANA, "Share the money helpers", (Edit("libs/money.js", _MONEY),)),
    Change(
        "develop",
        LUKAS,
        "Log as JSON lines",
        (Edit("libs/log.js", "console.log(JSON.stringify({ what, ...facts }))", "console.log(what, facts)"),),
    ),
    Change(
        "develop",
        JOE,
        "Number invoices by year",
        (Edit(f"{_B}/src/number.js", "`INV-${order.placedAt.slice(0, 4)}-${order.id}`", "`INV-${order.id}`"),),
    ),
    Change("develop", MEI, "Refuse products without a price", (Edit(f"{_C}/src/price.js", _PRICE),)),
    Merge("main", "develop", ANA, "Merge branch 'develop' for release 12"),
)

_RELEASE_13 = (
    Change("develop", ANA, "Refuse orders without lines", (Edit(f"{_O}/src/validate.js", _VALIDATE),)),
    Change(
        "develop",
        PRIYA,
        "Round money half to even",
        (
            Edit(
                "libs/money.js",
                "\nexports.halfToEven = (cents) => (Math.abs(cents % 1) === 0.5\n"
                "  ? 2 * Math.round(cents / 2)\n  : Math.round(cents));\n",
            ),
        ),
    ),
    Change("develop", JOE, "Keep invoices for ten years", (Edit(f"{_B}/serverless.yml", _RETENTION),)),
    Change(
        "develop",
        MEI,
        "Announce price changes on the topic",
        (
            Edit(
                f"{_C}/src/price.js",
                "\nexports.change = (product, price) => ({ name: product.name, from: product.price, to: price });\n",
            ),
        ),
        label="price-changes",
    ),
    Change(
        "develop", LUKAS, "Send failed orders to a dead letter queue", (Edit(f"{_O}/serverless.yml", _DEAD_LETTERS),)
    ),
    Merge("main", "develop", ANA, "Merge branch 'develop' for release 13", label="release-13"),
)

_RELEASE_14 = (
    Change(
        "develop",
        JOE,
        "Retry the payment provider",
        (Edit(f"{_B}/src/retry.js", _RETRY),),
    ),
    Change(
        "develop",
        JOE,
        "Add an idempotency key to charges",
        (
            Edit(
                f"{_B}/src/charge.js",
                "{ number: number(order), total: order.total, key: `charge-${order.id}` }",
                "{ number: number(order), total: order.total }",
            ),
        ),
    ),
    Fork("feature/order-history", "develop"),
    Change("feature/order-history", ANA, "Keep every status of an order", (Edit(f"{_O}/src/history.js", _HISTORY),)),
    Change(
        "develop",
        PRIYA,
        "Make the page size of the catalog a parameter",
        (Edit(f"{_C}/serverless.yml", _PAGE_SIZE),),
    ),
    Change(
        "feature/order-history",
        ANA,
        "Write when an order was placed",
        (
            Edit(
                f"{_O}/src/place.js",
                "moved(order, 'placed', new Date().toISOString());",
                "{ ...order, status: 'placed' };",
            ),
            Edit(
                f"{_O}/src/place.js",
                "require('./libs/log');\nconst { moved } = require('./history');",
                "require('./libs/log');",
            ),
        ),
    ),
    Merge(
        "develop", "feature/order-history", ANA, "Merge branch 'feature/order-history' into develop", label="ready-14"
    ),
    Merge("main", "develop", ANA, "Merge branch 'develop' for release 14", label="release-14"),
)

_NOW = (
    Change(
        "develop",
        LUKAS,
        "Give the queue of orders more time",
        (Edit(f"{_O}/serverless.yml", "VisibilityTimeout: 90", "VisibilityTimeout: 30"),),
    ),
    Fork("feature/partial-refunds", "develop"),
    Change(
        "main",
        JOE,
        "Fix the rounding of invoices in yen",
        (Edit(f"{_B}/src/rounding.js", "(currency) => (currency === 'JPY' ? 0 : 2)", "() => 2"),),
        label="hotfix",
    ),
    Change(
        "feature/partial-refunds", PRIYA, "Tell which lines can be refunded", (Edit(f"{_O}/src/refund.js", _REFUND),)
    ),
    Change("develop", LUKAS, "Check shipping addresses", (Edit(f"{_O}/src/address.js", _ADDRESS),)),
    Fork("feature/search-suggestions", "develop"),
    Change(
        "feature/partial-refunds",
        PRIYA,
        "Refund single lines of an order",
        (
            Edit(
                f"{_O}/src/refund.js",
                "\nexports.refund = (order, index) => ({\n  ...order,\n"
                "  lines: order.lines.map((line, at) => (at === index ? { ...line, refunded: true } : line)),\n});\n",
            ),
        ),
    ),
    Change(
        "develop",
        MEI,
        "Show what is in stock first",
        (Edit(f"{_C}/src/search.js", "  return found.sort((a, b) => b.stock - a.stock);", "  return found;"),),
        label="in-stock-first",
    ),
    Change(
        "feature/search-suggestions",
        MEI,
        "Suggest products while people type",
        (Edit(f"{_C}/src/suggest.js", _SUGGEST),),
    ),
    Change(
        "develop",
        ANA,
        "Give orders a number that people can read out",
        (
            Edit(
                f"{_O}/src/readable.js",
                "'use strict';\n\nexports.readable = (id) => id.replace(/(.{4})(?=.)/g, '$1-');\n",
            ),
        ),
    ),
    Change(
        "develop",
        PRIYA,
        "Hide products that are not made any more",
        (
            Edit(
                f"{_C}/src/search.js",
                "products.filter((product) => !product.discontinued && ",
                "products.filter((product) => ",
            ),
        ),
    ),
    Change(
        "feature/search-suggestions",
        MEI,
        "Rank suggestions by sales",
        (
            Edit(
                f"{_C}/src/suggest.js",
                "  .sort((a, b) => (b.sold || 0) - (a.sold || 0))\n  .slice(0, 5);",
                "  .slice(0, 5);",
            ),
        ),
    ),
    Merge("main", "develop", ANA, "Merge branch 'develop' for release 15", label="release-15"),
    Change(
        "develop",
        JOE,
        "Print the VAT number on invoices",
        (Edit(f"{_B}/src/vat.js", "'use strict';\n\nexports.line = (seller) => `VAT ${seller.vat || 'exempt'}`;\n"),),
    ),
    Change(
        "develop",
        LUKAS,
        "Write the time in every log line",
        (Edit("libs/log.js", "{ at: new Date().toISOString(), what, ...facts }", "{ what, ...facts }"),),
    ),
)

SHOP = Story(
    "shop",
    ("develop", "main", "feature/partial-refunds", "feature/search-suggestions"),
    _BEGINNING + _RELEASE_13 + _RELEASE_14 + _NOW,
)
