"""What is wrong with the accounts of stages: every kind of finding, and what is none."""

from __future__ import annotations

import pytest

from promote_tui.core.model.organization import AccountRule, AccountRules, MemberAccount
from promote_tui.core.organization.facts import AccountFacts, StageAccount
from promote_tui.core.organization.findings import AccountFinding, FindingKind, find_wrong_accounts
from promote_tui.core.value import replace

D, S, P = "111111111111", "222222222222", "333333333333"
DEV, STAGING, PROD = MemberAccount(D, "acme-dev"), MemberAccount(S, "acme-staging"), MemberAccount(P, "acme-prod")
LOGS = MemberAccount("555555555555", "log-archive")
RULES = AccountRules((("dev", AccountRule("*-dev")), ("prod", AccountRule("*-prod"))), ("log-*",))
IN_DEV, IN_PROD = StageAccount("dev", D, reached=D), StageAccount("prod", P, reached=P)
FINE = AccountFacts(RULES, (IN_DEV, IN_PROD), (DEV, PROD, LOGS))


def rules(**stages: AccountRule) -> AccountRules:
    """Rules by stage."""
    return AccountRules(tuple(stages.items()))


def tagged(account: MemberAccount, *tags: tuple[str, str]) -> MemberAccount:
    """An account whose tags were read."""
    return replace(account, tags=tags)


def found(facts: AccountFacts) -> list[tuple[FindingKind, tuple[str, ...], str]]:
    """The findings by kind, stages and account."""
    return [(each.kind, each.stages, each.account) for each in find_wrong_accounts(facts)]


def test_where_every_stage_is_in_the_account_that_its_rule_gives_nothing_is_found() -> None:
    assert find_wrong_accounts(FINE) == ()


@pytest.mark.parametrize(
    ("facts", "finding"),
    [
        (
            replace(FINE, stages=(IN_DEV, replace(IN_PROD, reached=D))),
            AccountFinding(
                "credentials",
                f"the credentials are for acme-dev {D}, not for acme-prod {P}",
                "fix its profile or its role",
                ("prod",),
                P,
            ),
        ),
        (
            replace(FINE, stages=(IN_DEV, IN_PROD, StageAccount("qa", S, reached=S))),
            AccountFinding(
                "not_in_organization", f"{S} is not in the organization", "correct the account of qa", ("qa",), S
            ),
        ),
        (
            replace(FINE, members=(DEV, replace(PROD, state="suspended"), LOGS)),
            AccountFinding(
                "not_active",
                f"acme-prod {P} is suspended",
                "have the account reopened, or correct the account of prod",
                ("prod",),
                P,
            ),
        ),
        (
            replace(FINE, stages=(IN_DEV, StageAccount("prod", S, reached=S)), members=(DEV, STAGING, PROD)),
            AccountFinding(
                "wrong_account",
                f"acme-staging {S} is configured, but the rule (name *-prod) gives acme-prod {P}",
                "correct the account of prod, or the rule",
                ("prod",),
                S,
            ),
        ),
        (
            replace(FINE, stages=(IN_DEV, IN_PROD, StageAccount("prod", D, ("orders", "billing"), D))),
            AccountFinding(
                "wrong_account",
                f"acme-dev {D} is configured, but the rule (name *-prod) gives acme-prod {P}",
                "correct the account of orders and billing in prod, or the rule",
                ("prod",),
                D,
                ("orders", "billing"),
            ),
        ),
        (
            replace(FINE, rules=replace(RULES, stages=(*RULES.stages, ("qa", AccountRule("*-qa", "stage=qa"))))),
            AccountFinding(
                "stage_without_account",
                "no account of the organization matches its rule (name *-qa and tag stage=qa)",
                "correct `organization.stages.qa`, or name or tag its account so",
                ("qa",),
            ),
        ),
        (
            replace(FINE, stages=(IN_DEV, IN_PROD, StageAccount("qa", D, reached=D))),
            AccountFinding(
                "shared_account",
                f"dev and qa deploy to the same account, acme-dev {D}",
                "give each an account of its own, or, where that is meant, all of them the same rule",
                ("dev", "qa"),
                D,
            ),
        ),
        (
            replace(
                FINE, rules=replace(RULES, stages=(("dev", AccountRule("acme-*")), ("prod", AccountRule("*-prod"))))
            ),
            AccountFinding(
                "ambiguous_rules",
                f"different rules, of dev and prod, give acme-prod {P}",
                "make them narrower, so that each account is given by one",
                ("dev", "prod"),
                P,
            ),
        ),
        (
            replace(FINE, members=(DEV, PROD, MemberAccount(S, "sandbox"))),
            AccountFinding(
                "account_without_stage",
                f"sandbox {S} is no stage's: none deploys to it, and no rule gives it",
                "add its stage, or its name to `organization.ignore`",
                (),
                S,
            ),
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_next_step(facts: AccountFacts, finding: AccountFinding) -> None:
    assert finding in find_wrong_accounts(facts)


SAME = AccountRule("acme-dev")


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        (replace(FINE, stages=(replace(IN_DEV, reached=None), IN_PROD)), []),  # said as not checked
        (replace(FINE, members=None), []),  # the same, of the organization
        (replace(FINE, members=(DEV, PROD, replace(STAGING, state="suspended"))), []),  # closed accounts stay listed
        (replace(FINE, members=(DEV, PROD, STAGING), others=((S, "ledger"),)), []),
        (replace(FINE, members=(DEV, PROD, MemberAccount(S, "shop-prod"))), []),  # given, though nothing is there yet
        (replace(FINE, members=(DEV, PROD, MemberAccount(S, "acme-prod", "pending closure"))), []),  # of the same name
        (  # two stages in one account on purpose
            replace(FINE, rules=rules(dev=SAME, qa=SAME), stages=(IN_DEV, StageAccount("qa", D)), members=(DEV,)),
            [],
        ),
        (  # the organization is unknown, and two stages are in one account all the same
            replace(FINE, stages=(IN_DEV, StageAccount("prod", D, reached=P)), members=None),
            ["credentials", "shared_account"],
        ),
        (  # nobody has said that they may be
            replace(FINE, rules=AccountRules(), stages=(IN_DEV, StageAccount("qa", D)), members=(DEV,)),
            ["shared_account"],
        ),
        (  # several profiles of one stage are one stage
            replace(FINE, stages=(IN_DEV, IN_PROD, StageAccount("prod", P, ("orders",), P))),
            [],
        ),
        (replace(FINE, stages=(), members=()), ["stage_without_account", "stage_without_account"]),
        (  # what its rule gives is closed, and the stage is there
            replace(FINE, members=(DEV, replace(PROD, state="pending closure"))),
            ["not_active"],
        ),
        (replace(FINE, members=(DEV, PROD, replace(STAGING, state="pending activation"))), []),
    ],
)
def test_each_trouble_is_found_once_and_nothing_else(facts: AccountFacts, kinds: list[FindingKind]) -> None:
    assert [each.kind for each in find_wrong_accounts(facts)] == kinds


BY_TAG = rules(dev=AccountRule(tag="stage=dev"), prod=AccountRule(tag="stage=prod"))


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ((tagged(DEV, ("stage", "dev")), tagged(PROD, ("team", "x"), ("stage", "prod"))), []),
        (
            (tagged(DEV, ("stage", "prod")), tagged(PROD, ("stage", "dev"))),
            [("wrong_account", ("dev",), D), ("wrong_account", ("prod",), P)],
        ),
        (
            (tagged(DEV, ("stage", "dev")), tagged(PROD, ("Stage", "prod"))),
            [("stage_without_account", ("prod",), "")],
        ),
        ((DEV, PROD, STAGING), []),  # the tags were not read, so nothing is known of any
        ((tagged(DEV, ("stage", "dev")), tagged(PROD, ("stage", "prod")), tagged(STAGING)),
         [("account_without_stage", (), S)]),
    ],
)  # fmt: skip
def test_a_rule_that_goes_by_a_tag(members: tuple[MemberAccount, ...], expected: list[object]) -> None:
    assert found(replace(FINE, rules=BY_TAG, members=members)) == expected


@pytest.mark.parametrize(
    ("rule", "account", "matched"),
    [
        (AccountRule("*-prod"), PROD, True),
        (AccountRule("*-prod"), DEV, False),
        (AccountRule("acme-prod"), PROD, True),
        (AccountRule("ACME-prod"), PROD, False),
        (AccountRule(tag="stage=prod"), PROD, None),
        (AccountRule(tag="stage=p*"), tagged(PROD, ("stage", "prod")), True),
        (AccountRule(tag="stage="), tagged(PROD, ("stage", "")), True),
        (AccountRule(tag="stage=a=b"), tagged(PROD, ("stage", "a=b")), True),
        (AccountRule(tag="stage=prod"), tagged(PROD), False),
        (AccountRule("*-prod", "stage=prod"), DEV, False),
        (AccountRule("*-prod", "stage=prod"), PROD, None),
        (AccountRule("*-prod", "stage=prod"), tagged(PROD, ("stage", "dev")), False),
    ],
)
def test_what_a_rule_matches(rule: AccountRule, account: MemberAccount, matched: bool | None) -> None:
    assert rule.matches(account) is matched


USERS = rules(**{"dev-ana": AccountRule("dev-{user}"), "prod": AccountRule("*-prod")})
DEVS = (MemberAccount(D, "dev-ana"), MemberAccount(S, "dev-joe"), PROD)


@pytest.mark.parametrize(
    ("user", "account", "kinds"),
    [
        ("ana", D, []),
        ("ana", S, ["wrong_account"]),  # joe's
        ("zoe", D, ["stage_without_account"]),
        ("", D, []),  # nobody is known: their stages are not judged
    ],
)
def test_each_user_is_held_to_their_own_account_and_others_have_theirs(
    user: str, account: str, kinds: list[FindingKind]
) -> None:
    place = StageAccount("dev-ana", account, reached=account)
    facts = AccountFacts(USERS.of_user(user), (place, IN_PROD), DEVS)
    assert [each.kind for each in find_wrong_accounts(facts)] == kinds


def test_a_users_tag_is_read_as_a_name_is() -> None:
    theirs = rules(dev=AccountRule(tag="owner={user}"))
    assert theirs.of_user("ana") == AccountRules(
        (("dev", AccountRule(tag="owner=ana")),), (), (AccountRule(tag="owner=*"),)
    )
    assert theirs.of_user("") == AccountRules((), (), (AccountRule(tag="owner=*"),))
    assert theirs.of_user("").asks_for_tags
    untagged = AccountFacts(theirs.of_user(""), (), (DEV,))
    assert find_wrong_accounts(untagged) == ()  # it may be a user's
