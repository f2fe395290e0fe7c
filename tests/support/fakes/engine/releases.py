"""The facade `releases`, answered from a script; a release itself is the fold of its events, as everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError, Refused, UsageError
from promote_tui.core.gates.decisions import Decision, DecisionKind
from promote_tui.core.planning.plan import Confirmation, how_to_confirm, is_confirmed, release_phrase
from promote_tui.core.planning.waves import waves
from promote_tui.core.releases.events import (
    Answered,
    LeftOut,
    Member,
    MemberReviewed,
    ProcessStarted,
    ReleaseConfirmed,
    ReleaseEnded,
    ReleaseEvent,
    ReleasePlanned,
)
from promote_tui.core.releases.fold import fold_release
from promote_tui.core.releases.names import free_name
from promote_tui.core.releases.next_commands import is_interrupted
from promote_tui.core.releases.review import MemberReview
from promote_tui.core.releases.sign_offs import join_sign_offs, judge_sign_offs
from promote_tui.core.runs.run import Process
from promote_tui.engine.api.releases import Releases
from promote_tui.engine.decision_batch import DecisionBatch
from promote_tui.engine.process_log import log
from promote_tui.engine.releases.details import DetailsRead, ListedRelease, ReleaseDetails, join_details
from promote_tui.engine.releases.planning import PlanWatch
from promote_tui.engine.releases.record import taken_name_error
from promote_tui.engine.releases.rules import gone_stage_error
from promote_tui.engine.releases.selection import Candidate
from promote_tui.ports import Holder, RecordedRelease

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.releases.release import Release
    from promote_tui.core.releases.sign_offs import ReleaseSignOff
    from promote_tui.engine.releases.control import ReleaseAnswer, ReleaseConfirmation
    from promote_tui.engine.releases.planning import ReleaseRequest
    from tests.support.fakes.engine.tape import Tape


class FakeReleases(Releases):
    """The public methods of Releases, answered from the script."""

    _tape: Tape

    def __init__(self, tape: Tape) -> None:
        object.__setattr__(self, "_tape", tape)

    def plan(self, wanted: ReleaseRequest, watch: PlanWatch | None = None) -> Release:
        tape, heard = self._tape, watch or PlanWatch()
        tape.call("releases.plan", wanted)
        if wanted.name in tape.releases:
            raise taken_name_error(wanted.name)
        chosen = [each for each in tape.pipeline.services if not wanted.services or each.name in wanted.services]
        candidates = [self._candidate(each.name, wanted.stage) for each in chosen]
        for each in candidates:
            heard.on_candidate(each)
        self._begin(wanted, candidates)
        for each in candidates:
            if each.draft is not None:
                tape.call("releases.review", each.service)
                review = tape.script.reviews.get(each.service, MemberReview(len(each.draft.brings), ("ana",)))
                tape.write_release(wanted.name, MemberReviewed(tape.clock.now(), each.service, review))
                heard.on_review(each.service, review)
        return self.find(wanted.name)

    def review(self, name: str, watch: PlanWatch | None = None) -> Release:
        tape, heard = self._tape, watch or PlanWatch()
        for service in self.find(name).unreviewed:
            tape.call("releases.review", service)
            review = tape.script.reviews.get(service, MemberReview(1, ("ana",)))
            tape.write_release(name, MemberReviewed(tape.clock.now(), service, review))
            heard.on_review(service, review)
        return self.find(name)

    def _candidate(self, service: str, stage: str) -> Candidate:
        draft = self._tape.script.drafts.get((service, stage))
        if draft is None:
            reason = f"{stage} runs 5cc1f02 already"
            return Candidate(service, left_out=LeftOut(service, reason, unchanged=True))
        return Candidate(service, draft)

    def _begin(self, wanted: ReleaseRequest, candidates: list[Candidate]) -> None:
        tape = self._tape
        members = {each.service for each in candidates if each.draft is not None}
        services = [each for each in tape.pipeline.services if each.name in members]
        planned = ReleasePlanned(
            tape.clock.now(),
            wanted.name,
            wanted.stage,
            tape.pipeline.stage(wanted.stage).after or "",
            tuple(
                Member(
                    each.service,
                    each.draft.commit.sha,
                    each.draft.commit.subject,
                    each.draft.deployed.sha if each.draft.deployed else None,
                    tuple(need for need in tape.pipeline.service(each.service).depends_on if need in members),
                )
                for each in candidates
                if each.draft is not None
            ),
            tuple(wave.services for wave in waves(services)),
            tuple(each.left_out for each in candidates if each.left_out is not None),
            tape.script.me,
            f"arn:aws:iam::333333333333:user/{tape.script.me}",
            wanted.reason,
        )
        tape.write_release(wanted.name, planned)

    def free_name(self) -> str:
        self._tape.call("releases.free_name")
        return free_name(self._tape.clock.now().date(), self._tape.releases)

    def names(self) -> tuple[str, ...]:
        self._tape.call("releases.names")
        return tuple(self._tape.releases)

    def find(self, name: str) -> Release:
        self._tape.call("releases.find", name)
        release = fold_release(self._tape.release_events(name))
        if release is None:
            raise UsageError(f"release {name}", "there is no such release", "see `promote-tui release list`")
        return release

    def newest(self, limit: int = 50) -> tuple[Release, ...]:
        self._tape.call("releases.newest", limit)
        found = [fold_release(self._tape.release_events(name)) for name in self._tape.releases]
        listed = [release for release in found if release is not None]
        return tuple(sorted(listed, key=lambda each: each.planned.at, reverse=True)[:limit])

    def list_newest(self, limit: int = 50) -> tuple[ListedRelease, ...]:
        self._tape.call("releases.list_newest", limit)
        found = self.newest(limit)
        return tuple(
            ListedRelease(
                each,
                is_interrupted(
                    each, is_at_work=bool(self.worker(each.name)) or each.is_beginning(self._tape.clock.now())
                ),
            )
            for each in found
        )

    def worker(self, name: str) -> Holder | None:
        self._tape.call("releases.worker", name)
        release = fold_release(self._tape.release_events(name))
        if release is None or release.is_left or name in self._tape.script.dead:
            return None
        return Holder(f"release/{name}", "attempt-1", 1, self._tape.clock.now(), "laptop", runner_alive=True, who="ana")

    def start(self, name: str, given: ReleaseConfirmation) -> Release:
        self._tape.call("releases.start", name, given)
        self._require_confirmation(name, given.typed)
        event = ReleaseConfirmed(
            self._tape.clock.now(),
            self._tape.script.me,
            "arn",
            given.typed,
            given.reason,
            given.overrides,
            given.allowances,
            given.starts_at,
        )
        return self._begin_work(name, event)

    def answer(self, name: str, given: ReleaseAnswer) -> Release:
        self._tape.call("releases.answer", name, given)
        self.find(name)
        if given.answer not in {"skip", "stop"}:
            self._require_confirmation(name, given.typed)
        now, me = self._tape.clock.now(), self._tape.script.me
        words = given.services, given.reason, given.typed
        event = Answered(now, me, "arn", given.answer, *words, given.overrides, given.allowances)
        release = self._tape.write_release(name, event)
        if release.confirmed is None:
            return release
        if given.answer == "stop" and release.is_left:
            return self._tape.write_release(name, ReleaseEnded(now, "stopped"))
        return self._begin_work(name) if release.is_left else release

    def resume(self, name: str, say: Callable[[str], None] | None = None) -> Release:
        self._tape.call("releases.resume", name)
        self._tape.script.dead.discard(name)
        return self._begin_work(name)

    def events(self, name: str) -> tuple[RecordedRelease, ...]:
        self._tape.call("releases.events", name)
        self.find(name)
        return tuple(RecordedRelease(seq, event) for seq, event in enumerate(self._tape.release_events(name), 1))

    def follow(self, name: str, after: int = 0, say: Callable[[str], None] = log) -> Iterator[RecordedRelease]:
        self._tape.call("releases.follow", name, after)
        while True:
            gone = self.worker(name) is None
            fresh = [recorded for recorded in self.events(name) if recorded.seq > after]
            yield from fresh
            if not fresh and gone:
                return
            if not fresh:
                with self._tape.news:
                    self._tape.news.wait(0.05)
            after += len(fresh)

    def details(self, name: str) -> ReleaseDetails:
        self._tape.call("releases.details", name)
        worker, release = self.worker(name), self.find(name)
        stage = self.stage(release)
        now = self._tape.clock.now()
        try:
            return join_details(release, stage, DetailsRead(worker, now, self.sign_offs(release)))
        except PromoteError as error:
            return join_details(release, stage, DetailsRead(worker, now, None, error))

    def stage(self, release: Release) -> Stage:
        try:
            return self._tape.pipeline.stage(release.stage)
        except KeyError:
            raise gone_stage_error(release) from None

    def sign_offs(self, release: Release) -> tuple[ReleaseSignOff, ...]:
        self._tape.call("releases.sign_offs", release.name)
        stage, found = self._tape.pipeline.stage(release.stage), self._tape.script.decisions
        promoter = release.confirmed.arn if release.confirmed else release.planned.arn
        return join_sign_offs([judge_sign_offs(each.service, stage, found, promoter) for each in release.members])

    def approve(self, name: str, reason: str = "") -> DecisionBatch:
        self._tape.call("releases.approve", name, reason)
        return self._sign(name, "approve", reason)

    def check(
        self, name: str, item: str, reason: str = "", *, evidence: str = "", on_behalf: str = ""
    ) -> DecisionBatch:
        self._tape.call("releases.check", name, item, reason, evidence, on_behalf)
        return self._sign(name, "check", reason, item)

    def withdraw(self, name: str, reason: str = "", item: str = "") -> DecisionBatch:
        self._tape.call("releases.withdraw", name, reason, item)
        return self._sign(name, "withdraw", reason, item)

    def _sign(self, name: str, kind: DecisionKind, reason: str, item: str = "") -> DecisionBatch:
        release, me, now = self.find(name), self._tape.script.me, self._tape.clock.now()
        arn, unwritten = f"arn:aws:iam::333333333333:user/{me}", dict(self._tape.script.unwritten)
        written = tuple(
            Decision(now, kind, each.service, release.stage, each.commit, me, arn, reason, item=item)
            for each in release.members
            if each.service not in unwritten
        )
        self._tape.script.decisions += written
        return DecisionBatch(kind, written, failed=tuple(unwritten.items()))

    def log_file(self, name: str) -> Path:
        return self._tape.folder / f"release-{name}.log"

    def _begin_work(self, name: str, *before: ReleaseEvent) -> Release:
        for event in before:
            self._tape.write_release(name, event)
        started = ProcessStarted(self._tape.clock.now(), "attempt-1", "laptop", Process(1, "then"))
        return self._tape.write_release(name, started, *self._tape.script.release_story)

    def _require_confirmation(self, name: str, typed: str) -> None:
        release = self.find(name)
        confirm = self._tape.pipeline.stage(release.stage).confirm
        phrase = release_phrase(name, release.stage)
        if not is_confirmed(confirm, Confirmation(yes=typed in {"yes", phrase}, typed=typed), phrase):
            raise Refused(f"release {name}", "not confirmed", how_to_confirm(confirm, phrase))
