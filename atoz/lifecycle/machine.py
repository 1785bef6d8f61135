"""The `transitions` machine, made from the table; it is what moves a claim.

One machine serves every claim: it is never given a model to keep. A small holder carries the frozen claim through an
event; when the machine sets the holder's state, the holder swaps in the next claim. Whatever a hook raises, the claim
that came in is untouched.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TypedDict, Unpack, cast

from transitions import EventData, Machine

from atoz.errors import Refusal, UnknownName
from atoz.lifecycle.guards import check
from atoz.lifecycle.transition_table import TABLE, Row, is_final
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.history import History
from atoz.model.status import ClaimStatus

Hook = Callable[[EventData], object]
"""A callback of the machine: `event.model.claim` is the claim, `event.kwargs["event"]` what happens to it."""


class ClaimModel:
    """A claim on its way through one event: the model that the machine drives."""

    __slots__ = ("claim", "event", "refusal")

    def __init__(self, claim: Claim, event: AnyEvent) -> None:
        self.claim, self.event = claim, event
        self.refusal: Refusal | None = None

    @property
    def state(self) -> str:
        """The claim's status, as the plain text that the machine knows it by."""
        return self.claim.status.value

    @state.setter
    def state(self, target: str) -> None:
        """Called by the machine between leaving and entering: the next claim takes the place of the last."""
        self.claim = with_event(self.claim, self.event, ClaimStatus(target))


def with_event(claim: Claim, event: AnyEvent, status: ClaimStatus) -> Claim:
    """The next claim: one event more, and the status that it brings."""
    return claim.model_copy(update={"history": (*claim.history, event), "status": status})


class Hooks(TypedDict, total=False):
    """The callbacks of `transitions.Machine` that can be given; each one hook or several."""

    prepare_event: Hook | Sequence[Hook]
    before_state_change: Hook | Sequence[Hook]
    after_state_change: Hook | Sequence[Hook]
    finalize_event: Hook | Sequence[Hook]
    on_exception: Hook | Sequence[Hook]
    on_final: Hook | Sequence[Hook]


def machine(**callbacks: Unpack[Hooks]) -> Machine:
    """A `transitions.Machine` of the claim's lifecycle, with your own hooks; pass it to `apply(..., machine=...)`.

    The callbacks of `transitions.Machine` can be given (`before_state_change`, `after_state_change`, ...) or added
    later (`machine.on_enter_closed(hook)`). Hooks get a `transitions.EventData`; `data.model.claim` is the old claim
    before the state changes and the new one after. A hook that raises stops the event: the claim stays as it was.

    >>> seen = []
    >>> hooked = machine(after_state_change=lambda data: seen.append(data.model.claim.status.value))
    >>> sorted(hooked.events)[:3]
    ['buyer_appealed', 'denied', 'granted_amazon_funded']

    Raises:
        UnknownName: there is no such callback.
    """
    for name in callbacks:
        if name not in Hooks.__annotations__:
            raise UnknownName("callback", name, tuple(Hooks.__annotations__))
    rows = [row for row in TABLE if row.source is not None]
    built = Machine(
        model=None,
        states=[{"name": status.value, "final": is_final(status)} for status in ClaimStatus],
        transitions=[
            {
                "trigger": row.event,
                "source": row.source.value if row.source else "",
                "dest": row.target.value,
                "conditions": [_condition(row)] if row.guard else [],
            }
            for row in rows
        ],
        initial=ClaimStatus.UNDER_REVIEW.value,
        auto_transitions=False,
        send_event=True,
    )
    for name, hooks in callbacks.items():
        setattr(built, name, hooks if callable(hooks) else list(cast("Sequence[Hook]", hooks)))
    return built


@cache
def shared_machine() -> Machine:
    """The machine without hooks that moves every claim; it keeps no state of its own."""
    return machine()


def _condition(row: Row) -> Callable[[EventData], bool]:
    """A guard as the machine wants it: true or false; the reason is left with the holder."""

    def guard_holds(data: EventData) -> bool:
        moving = data.model
        if not isinstance(moving, ClaimModel) or row.guard is None:
            return True
        moving.refusal = check(row.guard, History.of(moving.claim), moving.event.at, moving.event)
        return moving.refusal is None

    return guard_holds
