"""The command line: the commands by name, and click's complaints as a line and an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.exceptions import NoArgsIsHelpError

from promote_tui.cli.click_types import SETTINGS
from promote_tui.cli.context import CliContext
from promote_tui.cli.errors import INTERRUPTED, write_stderr
from promote_tui.cli.lazy import LazyCommand, LazyCommands, Root
from promote_tui.core.errors import UsageError
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promote_tui.cli.global_options import GlobalOptions
    from promote_tui.engine.engine import Engine

COMMANDS = LazyCommands(
    {
        "status": LazyCommand("status:status", "Show the matrix: what runs where, and how it differs."),
        "describe": LazyCommand(
            "describe:describe", "Show what was deployed to a stage: outputs, resources, the last failure, deployments."
        ),
        "inbox": LazyCommand(
            "inbox:inbox", "Show what waits for you over all services, each with the command that does it."
        ),
        "log": LazyCommand("log:log", "Show a service's commits with the stages that run each."),
        "plan": LazyCommand("plan:plan", "Show what a promotion would do, and leave nothing behind."),
        "promote": LazyCommand("promote:promote", "Promote a commit to a stage: plan, confirm, deploy, verify."),
        "rollback": LazyCommand(
            "promote:rollback", "Roll a stage back to code that was verified there, and put it on hold."
        ),
        "recover": LazyCommand(
            "recover:recover", "Free a stuck stack: continue its rollback, roll it back, or delete what never worked."
        ),
        "release": LazyCommand(
            "release.group:release",
            "Bring several services into a stage as one: planned, confirmed once, wave by wave, resumable.",
        ),
        "sync": LazyCommand(
            "sync:sync", "Deploy what is due: the tips of branches, and what is verified, as the configuration says."
        ),
        "preview": LazyCommand(
            "preview.group:preview", "Deploy branches as stages of their own, list them, and remove them."
        ),
        "ask": LazyCommand("decisions:ask", "Ask others for their approval, through the channels under `notify`."),
        "approve": LazyCommand(
            "decisions:approve", "Approve a commit's code for a stage; the promoter's own approval does not count."
        ),
        "withdraw": LazyCommand("decisions:withdraw", "Withdraw your approval, or a tick of the checklist."),
        "check": LazyCommand(
            "check:check",
            "Tick an item of a stage's checklist for a commit's code, or run the stage's checks on it.",
        ),
        "hold": LazyCommand(
            "decisions:hold",
            "Block every promotion of a service to a stage, or of all services, until the hold is lifted.",
        ),
        "unhold": LazyCommand("decisions:unhold", "Lift a hold, or every hold on a stage."),
        "veto": LazyCommand("decisions:veto", "Block a commit's code from every stage, permanently."),
        "drift": LazyCommand(
            "drift:drift",
            "Show how the stages differ: commits, configuration, what was changed by hand, and traffic.",
        ),
        "notes": LazyCommand("notes:notes", "Write release notes: the commits that one end has and the other lacks."),
        "metrics": LazyCommand("metrics:metrics", "Show the four DORA figures of a stage, with their definitions."),
        "runs": LazyCommand("runs:runs", "Show who deployed what, when, and how it ended."),
        "why": LazyCommand("why:why", "Say how what a stage runs came there, in sentences."),
        "adopt": LazyCommand("external:adopt", "Let what somebody else deployed to a stage count as verified there."),
        "attach": LazyCommand("watch:attach", "Watch a run until it ends; Ctrl-C leaves it running."),
        "cancel": LazyCommand("watch:cancel", "Stop a run."),
        "logs": LazyCommand("watch:logs", "Print a run's log."),
        "ledger": LazyCommand("ledger:ledger", "Create the ledger, and move its contents."),
        "config": LazyCommand("config:config", "Check and show the configuration."),
        "accounts": LazyCommand(
            "accounts:accounts", "List the organization's accounts with their stages, and what is wrong with them."
        ),
        "iam": LazyCommand("iam:iam", "Print the IAM policies of a stage, made from the configuration."),
        "doctor": LazyCommand("doctor:doctor", "Check everything that a promotion needs."),
        "prune": LazyCommand("prune:prune", "Remove expired plans, old runs' folders, leftovers."),
        "demo": LazyCommand("demo:demo", "Open promote-tui on an embedded sandbox."),
    }
)


@click.group(cls=Root, commands=COMMANDS, context_settings=SETTINGS)
def main() -> None:
    """See which commit runs on which stage, and promote commits safely from stage to stage.

    Without a command, it opens the terminal UI; without a terminal it prints `status`.
    """


def run(words: Sequence[str], open_engine: Callable[[GlobalOptions], Engine] | None = None) -> int:
    """Run the command that these words name and return its exit code; raises PromoteError."""
    try:
        code = main.main([*words], "promote-tui", standalone_mode=False, obj=CliContext(open_engine))
    except click.Abort:
        return INTERRUPTED
    except NoArgsIsHelpError as error:
        error.show()  # the help of a group, for whoever named none of its commands
        return UsageError.exit_code
    except click.ClickException as error:
        write_stderr(_complaint(error))
        return UsageError.exit_code
    return code or 0


def _complaint(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    name = context.command_path if context else "promote-tui"
    message = " ".join(error.format_message().split())
    return clean(f"{name}: {message} Try `{name} -h`.", limit=1_000)
