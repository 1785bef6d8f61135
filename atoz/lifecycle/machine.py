"""The `transitions` machine, made from the table; it is what moves a claim.

One machine serves every claim: it is never given a model to keep. A small holder carries the frozen claim through an
event; when the machine sets the holder's state, the holder swaps in the next claim. Whatever a hook raises, the claim
that came in is untouched.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, TypedDict, TypeGuard, TypeVar, Unpack, cast, overload

from transitions import EventData, Machine

from atoz.errors import Fault, InvalidDocument, Refusal, UnknownName
from atoz.lifecycle.guards import check
from atoz.lifecycle.transition_table import TABLE, Row, is_final
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.status import ClaimStatus
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.edition import Edition

if TYPE_CHECKING:  # drawing machines are slow to import, and whoever passes one has imported it
    from transitions.extensions import GraphMachine, LockedMachine

Hook = Callable[[EventData], object]
"""A callback of the machine: `event.model.claim` is the claim, `event.kwargs["event"]` what happens to it."""


class ClaimModel:
    """A claim on its way through one event: the model that the machine drives."""

    __slots__ = ("claim", "editions", "event", "get_graph", "refusal")

    def __init__(self, claim: Claim, event: AnyEvent, editions: tuple[Edition, ...] = ()) -> None:
        self.claim, self.event, self.editions = claim, event, editions
        self.refusal: Refusal | None = None
        self.get_graph: Callable[..., object] | None = None
        """Draws this claim's place, as `transitions` has it; only while a `GraphMachine` drives."""

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


_M = TypeVar("_M", bound=Machine)

_REFUSED = {
    "HierarchicalMachine": "a claim's statuses are not nested, and its names for them differ",
    "AsyncMachine": "`atoz.apply` is a plain function and cannot wait for it",
}
"""Classes of `transitions` that cannot drive a claim, and why."""


@overload
def machine(*, cls: type[_M], **callbacks: Unpack[Hooks]) -> _M: ...


@overload
def machine(**callbacks: Unpack[Hooks]) -> Machine: ...


def machine(*, cls: type[Machine] = Machine, **callbacks: Unpack[Hooks]) -> Machine:
    """A `transitions.Machine` of the claim's lifecycle, with your own hooks; pass it to `apply(..., machine=...)`.

    The callbacks of `transitions.Machine` can be given (`before_state_change`, `after_state_change`, ...) or added
    later (`machine.on_enter_closed(hook)`). Hooks get a `transitions.EventData`; `data.model.claim` is the old claim
    before the state changes and the new one after. A hook that raises stops the event: the claim stays as it was.

    `cls` is `transitions.Machine` or a subclass: a `LockedMachine` lets one event through at a time, a `GraphMachine`
    draws itself (`machine.get_graph()`) and, in a hook, the claim's place (`data.model.get_graph()`).

    >>> seen = []
    >>> hooked = machine(after_state_change=lambda data: seen.append(data.model.claim.status.value))
    >>> sorted(hooked.events)[:3]
    ['buyer_appealed', 'denied', 'granted_amazon_funded']

    Raises:
        UnknownName: there is no such callback.
        InvalidDocument: a hook is async, or `cls` cannot drive a claim; also later, for a hook added later.
    """
    _check_class(cls)
    for name, hooks in callbacks.items():
        if name not in Hooks.__annotations__:
            raise UnknownName("callback", name, tuple(Hooks.__annotations__))
        for hook in _as_list(hooks):
            _plain(hook, name)
    rows = [row for row in TABLE if row.source is not None]
    built = cls(
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
        setattr(built, name, _as_list(hooks))
    # every callback and condition goes through this when it is called, those that are added later included
    setattr(built, "resolve_callable", partial(_resolve_plain, cls.resolve_callable))  # noqa: B010
    if _draws(built):
        for name in ("get_graph", "get_combined_graph"):
            setattr(built, name, partial(_draw, built))
    return built


def _is_machine_class(cls: object) -> TypeGuard[type[Machine]]:
    return isinstance(cls, type) and issubclass(cast("type[object]", cls), Machine)


def _check_class(cls: object) -> None:
    """Only a subclass of `transitions.Machine` whose events are plain calls on flat states."""
    if not _is_machine_class(cls):
        name = str(getattr(cls, "__name__", "this"))
        message = f"{name} is no subclass of transitions.Machine; pass the class itself, such as LockedMachine"
        raise InvalidDocument("machine", (Fault("cls", "not_a_machine", message),))
    for base in cls.__mro__:
        if base.__module__.startswith("transitions.") and base.__name__ in _REFUSED:
            within = "" if base is cls else f" is a {base.__name__}, which"
            message = f"{cls.__name__}{within} cannot drive a claim: {_REFUSED[base.__name__]}"
            advice = "pass Machine, LockedMachine or GraphMachine of transitions, or a subclass of one"
            raise InvalidDocument("machine", (Fault("cls", "unsuitable_machine", f"{message}; {advice}"),))


def _as_list(hooks: object) -> list[Hook]:
    """One hook or several, as the machine keeps them."""
    return [cast("Hook", hooks)] if callable(hooks) or isinstance(hooks, str) else list(cast("Sequence[Hook]", hooks))


def _plain(hook: object, where: str) -> None:
    """Refuse an async hook by name: nobody would await it, so that it would never run."""
    if iscoroutinefunction(hook) or iscoroutinefunction(getattr(hook, "__call__", None)):  # noqa: B004
        name = getattr(hook, "__qualname__", type(hook).__name__)
        message = f"{name} is async and would never run; pass a plain function, which may hand work on to an event loop"
        raise InvalidDocument("machine", (Fault(where, "async_hook", message),))


def _resolve_plain(resolve: Callable[..., object], func: object, data: EventData) -> object:
    """What the machine is about to call, unless it is async."""
    hook = resolve(func, data)
    _plain(hook, data.event.name if data.event else "callback")
    return hook


def _draws(driver: Machine) -> "TypeGuard[GraphMachine]":
    return hasattr(driver, "model_graphs")


def _locks(driver: Machine) -> "TypeGuard[LockedMachine]":
    return hasattr(driver, "model_context_map")


def _draw(drawn: "GraphMachine", title: str | None = None, **_: object) -> object:
    """The diagram of a machine that keeps no model: always new, all of it, with no state marked."""
    return drawn.graph_cls(drawn).get_graph(title=title)


def drive(driver: Machine, moving: ClaimModel) -> bool:
    """Let a machine move a claim; whether it did.

    What an extension keeps for each of its models is there for this one event, so that the machine keeps no claim.
    """
    trigger = driver.events[moving.event.kind].trigger
    if type(driver) is Machine:
        return trigger(moving, event=moving.event)
    key = id(moving)
    try:
        if _locks(driver):
            driver.model_context_map[key] = list(driver.machine_context)
        if _draws(driver):
            graph = driver.graph_cls(driver)
            graph.set_node_style(moving.state, "active")
            driver.model_graphs[key], moving.get_graph = graph, graph.get_graph
        return trigger(moving, event=moving.event)
    finally:
        for kept in ("model_context_map", "model_graphs"):
            getattr(driver, kept, {}).pop(key, None)
        moving.get_graph = None


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
        moving.refusal = check(
            row.guard, CountedHistory.of(moving.claim, moving.editions), moving.event.at, moving.event
        )
        return moving.refusal is None

    return guard_holds
