"""A claim on a random walk: whatever happens, in whatever order, its invariants hold."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from textbook import Textbook

from atoz.errors import TransitionRefused
from atoz.lifecycle.attention import attention
from atoz.lifecycle.operations import apply, lapse, options
from atoz.lifecycle.replay import rebuild, under, verify
from atoz.lifecycle.transition_table import ROWS, TRIGGERS
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, AnyEvent, Filed, Observed, status_after
from atoz.model.order import Order
from atoz.model.record import parse_json, read_document
from atoz.model.status import ClaimStatus
from atoz.rulebook.deadlines import DeadlineState, deadlines

AT = datetime(2026, 6, 1, 16, tzinfo=UTC)
TICK = timedelta(microseconds=1)
EDITIONS = (
    *("faq-2016", "us-2016-06", "us-2016-11", "us-2020-07", "us-2026"),
    *("uk-current", "eu-current", "in-current", "ca-current"),
)
KINDS = [kind for kind in EVENT_CLASSES if kind != "filed"]
GAPS = [TICK, timedelta(hours=1), timedelta(days=1), timedelta(days=2), timedelta(days=3), timedelta(days=7)]
GAPS += [timedelta(days=7) + TICK, timedelta(days=30), timedelta(days=30) + TICK]


def happen(kind: str, at: datetime, *, consent: bool = False, status: str = "closed") -> AnyEvent:
    """An event of a kind."""
    facts: dict[str, dict[str, object]] = {
        "response_lapsed": {"due_at": at - TICK},
        "withdrawn": {"consent_to_recharge": consent},
        "order_cancelled": {"actor": "buyer"},
        "evidence_added": {"evidence": "photo"},
        "observed": {"status": status},
    }
    return EVENT_CLASSES[kind].model_validate({"at": at, **facts.get(kind, {})})  # type: ignore[return-value]


class Walk(RuleBasedStateMachine):
    """One claim, the textbook's claim beside it, and a clock that only goes forward."""

    claim: Claim
    book: Textbook
    now: datetime

    @initialize(
        edition=st.sampled_from(EDITIONS),
        status=st.none() | st.sampled_from(ClaimStatus),
        contact=st.none() | st.just(AT - timedelta(days=1)),
    )
    def begin(self, edition: str, status: ClaimStatus | None, contact: datetime | None) -> None:
        """Filed, or only seen."""
        order = Order(
            order_id="123-1234567-1234567", marketplace="JP", placed_at=AT - timedelta(days=9), first_contact_at=contact
        )
        first: AnyEvent = Filed(at=AT) if status is None else Observed(at=AT, status=status)
        facts = {"order": order, "reason": "other", "edition": edition, "history": (first,)}
        self.claim, self.now = Claim.model_validate(facts), AT
        self.book = Textbook(edition)
        self.book.begin(first)

    @rule(gap=st.sampled_from(GAPS))
    def time_passes(self, gap: timedelta) -> None:
        """Nothing happens for a while."""
        self.now += gap

    @rule(
        kind=st.sampled_from(KINDS),
        consent=st.booleans(),
        status=st.sampled_from(ClaimStatus),
        gap=st.sampled_from(GAPS),
    )
    def something_happens(self, kind: str, *, consent: bool, status: ClaimStatus, gap: timedelta) -> None:
        """Any event at all, some time after the last: both models take it or refuse it for the same reason."""
        self.now += gap
        self._apply(happen(kind, self.now, consent=consent, status=status.value))

    @precondition(lambda self: any((self.claim.status, kind) in ROWS for kind in TRIGGERS))
    @rule(pick=st.randoms(use_true_random=False), gap=st.sampled_from(GAPS))
    def something_likely_happens(self, pick: object, gap: timedelta) -> None:
        """One of the events that the table knows here, so that walks stay alive."""
        self.now += gap
        kinds = sorted(kind for status, kind in ROWS if status is self.claim.status)
        self._apply(happen(pick.choice(kinds), self.now, consent=True))  # type: ignore[attr-defined]

    @rule()
    def the_clock_is_asked(self) -> None:
        """A lapse is offered only for a missed deadline whose source says that silence will be decided."""
        offered = lapse(self.claim, as_of=self.now)
        answer = deadlines(self.claim, as_of=self.now)[1]
        certain = self.claim.edition in ("faq-2016", "us-2016-06", "us-2016-11")
        due = self.book.answer_due()
        waiting = self.book.memory.asked_at and not self.book.memory.answered and not self.book.memory.decided
        under_review = self.claim.status is ClaimStatus.UNDER_REVIEW
        expected = bool(certain and waiting and under_review and due and self.now > due)
        assert (offered is not None) is expected
        if offered is not None:
            assert (offered.at, offered.due_at) == (self.now, answer.due_at)
            assert answer.state is DeadlineState.MISSED
            self._apply(offered)
            assert self.claim.status is ClaimStatus.GRANTED_SELLER_FUNDED

    @rule(gap=st.sampled_from(GAPS))
    def something_is_told_too_late(self, gap: timedelta) -> None:
        """An event from before the last one is refused, whatever it is."""
        for kind in KINDS:
            with pytest.raises(TransitionRefused) as caught:
                apply(self.claim, happen(kind, self.claim.updated_at - gap))
            assert caught.value.refusal.code == "out_of_order"

    def _apply(self, event: AnyEvent) -> None:
        before, copy = self.claim, self.claim.model_dump_json()
        try:
            self.claim = apply(before, event)
            said = ""
        except TransitionRefused as refused:
            said = refused.refusal.code
        assert said == self.book.fire(event)
        assert before.model_dump_json() == copy

    @invariant()
    def history_chains(self) -> None:
        """Times never go back, the status is what the history ends in, and every move is a row of the table."""
        events = self.claim.history
        assert all(one.at <= other.at for one, other in itertools.pairwise(events))
        status = None
        for event in events:
            after = status_after(event)
            if status is not None and after is not None and not isinstance(event, Observed):
                assert ROWS[status, event.kind].target is after
            status = after or status
        assert self.claim.status is status
        assert self.claim.status.value == self.book.memory.state

    @invariant()
    def json_round_trips(self) -> None:
        """Out, in, out: the same bytes, the same claim, the same hash."""
        dumped = self.claim.model_dump_json()
        again = read_document(Claim, parse_json(dumped))
        assert again == self.claim
        assert hash(again) == hash(self.claim)
        assert again.model_dump_json() == dumped

    @invariant()
    def options_agree_with_apply(self) -> None:
        """At this instant, for every trigger: possible is possible, and a refusal has the same words."""
        found = options(self.claim, self.now)
        assert list(found) == list(TRIGGERS)
        for kind in TRIGGERS:
            event = Filed(at=self.now) if kind == "filed" else happen(kind, self.now)
            try:
                apply(self.claim, event)
            except TransitionRefused as refused:
                assert found[kind] == refused.refusal  # noqa: PT017
            else:
                assert found[kind] is None

    @invariant()
    def refusals_are_honest(self) -> None:
        """Nothing is possible a microsecond before `possible_from` or after `possible_until`."""
        for kind, why in options(self.claim, self.now).items():
            if why is None or why.code == "out_of_order":
                continue
            if why.possible_from:
                assert options(self.claim, why.possible_from)[kind] is None
                assert options(self.claim, why.possible_from - TICK)[kind] is not None
            if why.possible_until:
                assert options(self.claim, why.possible_until + TICK)[kind] is not None
                on_it = options(self.claim, why.possible_until)[kind]
                assert on_it is None or on_it.code == "out_of_order"

    @invariant()
    def it_verifies_and_can_be_rebuilt(self) -> None:
        """The history replays; from a bag in any order of time, events of one instant as they came, it comes out again.

        Two events can share an instant: a lapse is offered at the instant of the last event as at any later one.
        """
        assert verify(self.claim) is self.claim
        by_instant = [list(group) for _, group in itertools.groupby(self.claim.history, key=lambda event: event.at)]
        shuffled = [event for group in (*by_instant[::-2], *by_instant[-2::-2]) for event in group]
        again = rebuild(self.claim.order, shuffled, reason=self.claim.reason, edition=self.claim.edition)
        assert again == self.claim

    @invariant()
    def every_edition_can_look_at_it(self) -> None:
        """The what-if changes the edition and nothing else, and everything that is derived can be."""
        for edition in EDITIONS:
            other = under(self.claim, edition)
            assert (other.edition, other.history, other.status) == (edition, self.claim.history, self.claim.status)
            assert attention(other, as_of=self.now)


Walk.TestCase.settings = settings(max_examples=40, stateful_step_count=15)
TestWalk = Walk.TestCase


def test_a_lapse_at_the_instant_of_the_last_event_keeps_every_invariant() -> None:
    """The clock may be asked right when something happened: the walk that once failed by chance, step by step."""
    walk = Walk()
    walk.begin(edition="faq-2016", status=None, contact=None)
    walk.something_happens("seller_messaged", consent=False, status=ClaimStatus.CLOSED, gap=timedelta(days=7) + TICK)
    walk.the_clock_is_asked()
    message, lapsed = walk.claim.history[-2:]
    assert (message.at, message.kind, lapsed.kind) == (lapsed.at, "seller_messaged", "response_lapsed")
    walk.it_verifies_and_can_be_rebuilt()
    walk.history_chains()
    walk.options_agree_with_apply()
    walk.refusals_are_honest()
