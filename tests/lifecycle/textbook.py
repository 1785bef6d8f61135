"""A second, independent model of a claim's life: plain `transitions`, as its README would write it.

Its table is typed by hand from the design, not read from atoz; it knows June and July in one zone only, so that a
day is always 24 hours.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from transitions import Machine

from atoz.model.events import AnyEvent, InformationRequested, Observed, ResponseLapsed, Withdrawn

ANSWER = {
    "faq-2016": timedelta(days=7),
    "us-2016-06": timedelta(days=7),
    "us-2016-11": timedelta(days=3),
    "us-2020-07": timedelta(hours=48),
    "us-2026": timedelta(hours=72),
    "uk-current": timedelta(hours=48),
    "eu-current": timedelta(hours=48),
    "in-current": timedelta(hours=72),
}
ONLY_WHEN_ASKED = ("us-2020-07", "us-2026", "uk-current", "eu-current", "in-current")
APPEAL = dict.fromkeys(ONLY_WHEN_ASKED, timedelta(days=30))
BUYER_APPEAL = {"uk-current": timedelta(days=30)}

STATES = [
    "under_review",
    "granted_seller_funded",
    "granted_amazon_funded",
    "refunded",
    "closed",
    "withdrawn",
    "cancelled",
]
TRANSITIONS: list[dict[str, Any]] = [
    {"trigger": "granted_seller_funded", "source": "under_review", "dest": "granted_seller_funded"},
    {"trigger": "granted_amazon_funded", "source": "under_review", "dest": "granted_amazon_funded"},
    {
        "trigger": "response_lapsed",
        "source": "under_review",
        "dest": "granted_seller_funded",
        "conditions": "nobody_answered_in_time",
    },
    {"trigger": "seller_refunded", "source": "under_review", "dest": "refunded"},
    {"trigger": "denied", "source": "under_review", "dest": "closed"},
    {"trigger": "withdrawn", "source": "under_review", "dest": "withdrawn"},
    {"trigger": "order_cancelled", "source": "under_review", "dest": "cancelled"},
    {
        "trigger": "seller_appealed",
        "source": "granted_seller_funded",
        "dest": "under_review",
        "conditions": "within_the_appeal_window",
    },
    {
        "trigger": "buyer_appealed",
        "source": "closed",
        "dest": "under_review",
        "conditions": "within_the_buyers_window",
    },
    {
        "trigger": "withdrawn",
        "source": ["granted_seller_funded", "granted_amazon_funded"],
        "dest": "withdrawn",
        "conditions": "buyer_consents",
    },
]
TRIGGERS = {str(each["trigger"]) for each in TRANSITIONS}
UNKNOWN = datetime.min.replace(tzinfo=UTC)
"""An instant that nobody knows."""


@dataclass(frozen=True)
class Memory:
    """What a textbook claim remembers."""

    state: str
    last: datetime
    asked_at: datetime | None = None
    stated: datetime | None = None
    answered: bool = False
    decided: bool = False
    granted_at: datetime | None = None
    appealed: bool = False
    granted_again: bool = False
    denied_at: datetime | None = None


class Textbook:
    """One claim, moved by one machine of its own."""

    state: str

    def __init__(self, edition: str) -> None:
        self.edition = edition
        self.memory = Memory("", UNKNOWN)
        self.why = ""
        self.machine = Machine(
            model=self,
            states=STATES,
            transitions=cast("list[Any]", TRANSITIONS),
            initial="under_review",
            auto_transitions=False,
        )

    def begin(self, event: AnyEvent) -> None:
        """File it, or see it for the first time."""
        self.memory = Memory("", event.at)
        if isinstance(event, Observed):
            self._see(event)
        else:
            runs = self.edition not in ONLY_WHEN_ASKED
            self.memory = Memory("under_review", event.at, asked_at=event.at if runs else None)

    def fire(self, event: AnyEvent) -> str:
        """Let an event happen: nothing if it did, otherwise the code of the refusal."""
        if event.at < self.memory.last:
            return "out_of_order"
        if isinstance(event, Observed):
            self._see(event)
            return ""
        if event.kind in TRIGGERS or event.kind == "filed":
            return self._move(event)
        self._note(event)
        return ""

    def _move(self, event: AnyEvent) -> str:
        self.machine.set_state(self.memory.state)
        self.why = "no_such_transition"
        if event.kind not in self.machine.get_triggers(self.memory.state):
            return self.why
        if not getattr(self, event.kind)(event):
            return self.why
        self._set(last=event.at, state=self.state)
        if event.kind == "seller_appealed" and self.memory.asked_at and not self.memory.decided:
            self._set(answered=True)
        if event.kind == "seller_appealed":
            self._set(appealed=True)
        if self.state == "granted_seller_funded":
            self._set(granted_at=event.at, granted_again=self.memory.appealed)
        if self.state == "closed":
            self._set(denied_at=event.at)
        self._left_review()
        return ""

    def _note(self, event: AnyEvent) -> None:
        self._set(last=event.at)
        if event.kind == "seller_responded" and self.memory.asked_at and not self.memory.decided:
            self._set(answered=True)
        if isinstance(event, InformationRequested) and self.memory.state == "under_review":
            self._set(asked_at=event.at, stated=event.respond_by, answered=False, decided=False)

    def _see(self, event: Observed) -> None:
        """A status that is seen for the first time of all may hide a question; a decision that is new was made by now.

        So its appeal is surely over once its whole time has gone by since it was seen.
        """
        new = event.status.value
        if new == "under_review" and self.memory.state == "":
            self._set(asked_at=UNKNOWN)
        if new == "granted_seller_funded" != self.memory.state:
            self._set(granted_at=event.at, granted_again=self.memory.appealed)
        if new == "closed" != self.memory.state:
            self._set(denied_at=event.at)
        self._set(state=new, last=event.at)
        self._left_review()

    def _left_review(self) -> None:
        if self.memory.state != "under_review" and self.memory.asked_at and not self.memory.answered:
            self._set(decided=True)

    def _set(self, **changes: Any) -> None:
        self.memory = Memory(**{**self.memory.__dict__, **changes})

    def nobody_answered_in_time(self, event: AnyEvent) -> bool:
        """The guard of a lapse."""
        assert isinstance(event, ResponseLapsed)
        self.why = "already_answered" if self.memory.answered else "too_early"
        if self.memory.answered or self.memory.decided or self.memory.asked_at is None:
            return False
        return event.at > (self.answer_due() or event.due_at)

    def within_the_appeal_window(self, event: AnyEvent) -> bool:
        """The guard of a seller's appeal."""
        self.why = "too_late"
        due = self.appeal_due()
        return due is None or event.at <= due

    def within_the_buyers_window(self, event: AnyEvent) -> bool:
        """The guard of a buyer's appeal."""
        self.why = "too_late"
        due = self.buyer_due()
        return due is None or event.at <= due

    def buyer_consents(self, event: AnyEvent) -> bool:
        """The guard of a withdrawal after a grant."""
        self.why = "consent_missing"
        return isinstance(event, Withdrawn) and event.consent_to_recharge

    def answer_due(self) -> datetime | None:
        """The last instant to answer; none if unknown."""
        if self.memory.stated:
            return self.memory.stated
        return _plus(self.memory.asked_at, ANSWER.get(self.edition))

    def appeal_due(self) -> datetime | None:
        """The last instant at which the seller's appeal can be in time; none if unknown, as for every second appeal."""
        return None if self.memory.granted_again else _plus(self.memory.granted_at, APPEAL.get(self.edition))

    def buyer_due(self) -> datetime | None:
        """The last instant at which the buyer's appeal can be in time; none if unknown."""
        return _plus(self.memory.denied_at, BUYER_APPEAL.get(self.edition))


def _plus(start: datetime | None, span: timedelta | None) -> datetime | None:
    return None if start is None or start == UNKNOWN or span is None else start + span
