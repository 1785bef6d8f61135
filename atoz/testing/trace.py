"""A story: how a claim began and everything that then happened, up to the instant that it is about."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from pydantic import Field

from atoz.lifecycle.operations import apply
from atoz.model.claim import Claim
from atoz.model.events import Actor, AnyEvent
from atoz.model.order import RETURN_FACTS
from atoz.model.record import Record
from atoz.model.text import Language, Text, fill
from atoz.planner.plan import plan
from atoz.planner.policy import Policy
from atoz.planner.policy_choice import chosen_policy
from atoz.rulebook.edition import Edition, passed_editions
from atoz.rulebook.explanation import shown
from atoz.testing.invariants import Moment


class Story(Record):
    """A claim as it was filed, what happened to it, and an instant; play it again with `replay` or `moment`."""

    start: Claim = Field(description="The claim as it was filed.")
    events: tuple[AnyEvent, ...] = Field(default=(), description="What happened then, in order.")
    at: datetime = Field(description="The instant that the story is about.")

    @property
    def of_others(self) -> int:
        """How many of the events are the buyer's, Amazon's or the clock's."""
        return sum(event.actor is not Actor.SELLER for event in self.events)

    def replay(self, *, editions: Iterable[Edition] = ()) -> Claim:
        """The claim at the end of the story, applied event by event.

        `editions` are those of your own that the claim may name.

        Raises:
            EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
            TransitionRefused: the machine refuses one of them.
        """
        claim, passed = self.start, passed_editions(editions)
        for event in self.events:
            claim = apply(claim, event, editions=passed)
        return claim

    def moment(self, policy: Policy | str | None = None, *, editions: Iterable[Edition] = ()) -> Moment:
        """The end of the story under a policy, the default one unless named: what an invariant looks at."""
        passed = passed_editions(editions)
        claim = self.replay(editions=passed)
        chosen = chosen_policy(claim, policy)
        made = plan(claim, as_of=self.at, policy=chosen, pinned_only=True, editions=passed)
        return Moment(claim, made, chosen, passed)

    def say(self, language: Language = "en") -> str:
        """The story, a line for each thing that happened; events and facts by their codes."""
        order, zone = self.start.order, self.start.order.zone
        detail = f" ({self.start.detail})" if self.start.detail else ""
        first = _say(
            "first",
            reason=f"{self.start.reason}{detail}",
            fulfilment=order.fulfilment,
            protected=order.claims_protected,
            contact=_when(order.first_contact_at, self.start),
            delivered=_when(order.delivered_at, self.start),
            edition=self.start.edition,
        ).say(language)
        lines = [
            f"  {shown(event.at.astimezone(zone))}  {event_line(event, language)}"
            for event in (*self.start.history, *self.events)
        ]
        end = _say("end").say(language)
        more = "".join(text.say(language) for text in _more_facts(self.start))
        return "\n".join([f"  {first}{more}", *lines, f"  {shown(self.at.astimezone(zone))}  {end}"])

    def __str__(self) -> str:
        """The same in English."""
        return self.say()


def _more_facts(claim: Claim) -> Iterator[Text]:
    """What else a policy can ask about the order and the claim, as far as it is known."""
    if claim.order.deliver_by is not None:
        yield _say("promised", day=shown(claim.order.deliver_by))
    if claim.amount is not None:
        yield _say("amount", amount=claim.amount)
    for fact in RETURN_FACTS:
        at = getattr(claim.order, fact)
        if at is not None:
            yield _say("fact", name=fact, at=_when(at, claim))


def event_line(event: AnyEvent, language: Language = "en") -> str:
    """One event in a line: who, what, and what it was for."""
    purpose = getattr(event, "purpose", None)
    respond_by = getattr(event, "respond_by", None)
    due = _say("answer_by", at=shown(respond_by)).say(language) if respond_by else None
    more = f" ({purpose})" if purpose else f" ({due})" if due else ""
    return f"{event.actor}: {event.kind}{more}"


def _say(code: str, **values: object) -> Text:
    return fill("atoz.testing", f"story_{code}", **values)


def _when(at: datetime | None, claim: Claim) -> Text | str:
    return shown(at.astimezone(claim.order.zone)) if at else _say("none")
