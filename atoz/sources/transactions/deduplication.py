"""Each movement once: the copies within one source, and the same money shown by several sources."""

from collections.abc import Iterable
from datetime import timedelta

from atoz.sources.transactions.transaction import Movement, Release, System

_NEAR = timedelta(days=1)
"""Sources post the same movement within a day of each other: some write the day only, in another zone."""


def once(movements: Iterable[Movement]) -> tuple[Movement, ...]:
    """Every movement once, earliest first; neither order nor repetition of the input matters.

    Copies share their key (a deferred row and its release do). Across sources the same order, kind and amount within
    a day are the same money, kept as the best source shows it; they are never added up.
    """
    kept: list[Movement] = []
    groups: dict[tuple[object, ...], dict[System, list[Movement]]] = {}
    for movement in _distinct(movements):
        same = (movement.order_id, movement.safe_t_claim_id, movement.type, movement.amount)
        groups.setdefault(same, {}).setdefault(movement.system, []).append(movement)
    for by_system in groups.values():
        merged: list[Movement] = []
        for system in System:
            merged.extend(_unmatched(by_system.get(system, []), merged))
        kept.extend(merged)
    return tuple(sorted(kept, key=_place))


def _distinct(movements: Iterable[Movement]) -> list[Movement]:
    found: dict[tuple[str, str], Movement] = {}
    for movement in sorted(movements, key=lambda each: (list(Release).index(each.release), _place(each))):
        found.setdefault(movement.identity, movement)
    return sorted(found.values(), key=_place)


def _unmatched(new: list[Movement], known: list[Movement]) -> list[Movement]:
    """Those of a worse source that no movement of a better one explains; each explains one at most."""
    free = sorted(known, key=_place)
    left: list[Movement] = []
    for movement in new:
        match = next((each for each in free if abs(each.posted_at - movement.posted_at) <= _NEAR), None)
        if match is None:
            left.append(movement)
        else:
            free.remove(match)
    return left


def _place(movement: Movement) -> tuple[object, ...]:
    return (movement.posted_at, movement.system.rank, movement.source.key, movement.model_dump_json())
