"""Simulate: play a policy against a world, with a seller who does what the plan says.

>>> from datetime import timedelta
>>> from atoz.testing.builders import a_claim
>>> from atoz.testing.world import World, on_day
>>> claim, world = a_claim(), World.of(on_day(5, "denied"))
>>> played = simulate(claim, "faq-2016", world, until=claim.updated_at + timedelta(days=9))
>>> played.claim.status.value, played.paid_by.value, len(played.messages)
('closed', 'nobody', 1)
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from atoz.errors import Fault, InvalidDocument, TransitionRefused
from atoz.lifecycle.operations import apply, lapse
from atoz.lifecycle.refund_bearer import paid_by
from atoz.model.claim import Claim
from atoz.model.events import Actor, AnyEvent
from atoz.model.instant import instant_argument
from atoz.model.intervals import interval
from atoz.planner.actions import Action
from atoz.planner.plan import Plan, plan
from atoz.planner.policy import Policy
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline
from atoz.rulebook.edition import Edition, passed_editions
from atoz.rulebook.odr_effect import odr_effect
from atoz.testing.seller import PROMPT, Seller, completing_event
from atoz.testing.simulation import Simulation, Turn
from atoz.testing.world import SILENCE, World


def simulate(
    claim: Claim,
    policy: Policy | str,
    world: World = SILENCE,
    *,
    until: datetime,
    seller: Seller = PROMPT,
    editions: Iterable[Edition] = (),
) -> Simulation:
    """What becomes of a claim if the seller follows a policy and this world happens, from its last event on.

    At one instant the world comes first, then the seller. What the machine refuses by then does not happen and is
    kept as a turn that says why. `editions` are those of your own that the claim may name.

    Raises:
        InvalidDocument: `until` is naive or before the claim's last event, or a happening's facts do not fit.
        UnknownName: no such policy, or there is no edition of the claim's id.
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
    """
    end = instant_argument("until", until)
    if end < claim.updated_at:
        raise InvalidDocument("until", (Fault("until", "too_early", "it lies before the claim's last event"),))
    chosen = policy if isinstance(policy, Policy) else Policy.named(policy)
    return _Game(claim, chosen, world, seller, end, passed_editions(editions)).play()


class _Game:
    """One simulation as it is played."""

    def __init__(
        self,
        claim: Claim,
        policy: Policy,
        world: World,
        seller: Seller,
        end: datetime,
        editions: tuple[Edition, ...],
    ) -> None:
        self.claim, self.policy, self.world, self.seller, self.end = claim, policy, world, seller, end
        self.editions = editions
        self.now = claim.updated_at
        self.ahead = sorted(
            ((happening.at(claim), place, happening) for place, happening in enumerate(world.happenings)),
            key=lambda row: row[:2],
        )
        self.ahead = [row for row in self.ahead if row[0] >= self.now]
        self.shown: dict[str, datetime] = {}
        self.turns: list[Turn] = []
        self.outcomes: dict[tuple[DeadlineName, datetime | None], Deadline] = {}

    def play(self) -> Simulation:
        """Turn by turn to the end."""
        made = self._turn(None)
        while True:
            made = self._worldly(made)
            made = self._sellers(made)
            following = self._next(made)
            if following is None or following > self.end:
                break
            self.now = following
            made = self._plan_again(made)
        return Simulation(
            policy=self.policy.id,
            seller=self.seller,
            claim=self.claim,
            until=self.end,
            turns=tuple(self.turns),
            deadlines=tuple(self.outcomes.values()),
            paid_by=paid_by(self.claim.status),
            odr=odr_effect(self.claim),
        )

    def _worldly(self, made: Plan) -> Plan:
        while self.ahead and self.ahead[0][0] <= self.now:
            event = self.ahead.pop(0)[2].happen(self.claim, self.now)
            made = self._happen(event, None, made)
        lapsed = lapse(self.claim, as_of=self.now, editions=self.editions) if self.world.lapses else None
        decided = lapsed is not None and self.now >= lapsed.due_at + interval("atoz.testing", "silence_decided_after")
        return self._happen(lapsed, None, made) if lapsed and decided else made

    def _sellers(self, made: Plan) -> Plan:
        """Everything that the seller does at this instant; a step comes up once an instant, whatever the plan says."""
        done: set[str] = set()
        while step := next((step for step in self._due(made) if step not in done), None):
            done.add(step)
            event = completing_event(self.policy.step(step), self.now)
            if event is not None:
                made = self._happen(event, step, made)
        return made

    def _due(self, made: Plan) -> Iterator[str]:
        for planned in made.now:
            at = self.seller.acts_at(planned, self.shown.get(planned.step, self.now))
            if at is not None and at <= self.now:
                yield planned.step

    def _happen(self, event: AnyEvent, step: str | None, made: Plan) -> Plan:
        try:
            self.claim = apply(self.claim, event, editions=self.editions)
        except TransitionRefused as refused:
            refusal = f"{refused.refusal.code}: {refused.refusal.message}"
            self.turns.append(Turn(at=self.now, who=event.actor, event=event, step=step, refused=refusal, plan=made))
            return made
        return self._turn(event, step)

    def _turn(self, event: AnyEvent | None, step: str | None = None) -> Plan:
        made = self._plan()
        who = event.actor if event else Actor.CLOCK
        self.turns.append(Turn(at=self.now, who=who, event=event, step=step, plan=made))
        return made

    def _plan_again(self, before: Plan) -> Plan:
        """The plan at a new instant; a turn of the clock if what is to be done, or a deadline, has changed."""
        made = self._plan()
        if _news(made) != _news(before):
            self.turns.append(Turn(at=self.now, who=Actor.CLOCK, plan=made))
        return made

    def _plan(self) -> Plan:
        made = plan(self.claim, as_of=self.now, policy=self.policy, pinned_only=True, editions=self.editions)
        steps = {action.step for action in made.now}
        self.shown = {step: self.shown.get(step, self.now) for step in sorted(steps)}
        for deadline in made.deadlines:
            if deadline.started_by is not None:
                self.outcomes[deadline.name, deadline.started_at] = deadline
        return made

    def _next(self, made: Plan) -> datetime | None:
        """The next instant at which anything can happen."""
        acts = (
            self.seller.acts_at(action, self.shown[action.step])
            for action in made.now
            if action.action is not Action.WAIT
        )
        after = interval("atoz.testing", "silence_decided_after")
        lapses = (deadline.due_at + after for deadline in made.deadlines if deadline.due_at and deadline.running)
        candidates = (made.look_again_at, *acts, *lapses, *(row[0] for row in self.ahead[:1]))
        return min((at for at in candidates if at is not None and at > self.now), default=None)


def _news(made: Plan) -> tuple[object, ...]:
    return (
        tuple(action.step for action in made.now),
        tuple((deadline.name, deadline.state) for deadline in made.deadlines),
        made.attention,
    )
