"""Each transaction once: the copies within one source, and the same money shown by several sources."""

from collections import deque
from collections.abc import Iterable

from atoz.model.intervals import interval
from atoz.sources.transactions.transaction import Release, System, Transaction


def deduplicate(transactions: Iterable[Transaction]) -> tuple[Transaction, ...]:
    """Every transaction once, earliest first; neither order nor repetition of the input matters.

    Copies share their key (a deferred row and its release do). Across sources the same order, kind and amount within
    a day are the same money, kept as the best source shows it; they are never added up.
    """
    kept: list[Transaction] = []
    groups: dict[tuple[object, ...], dict[System, list[Transaction]]] = {}
    for transaction in _distinct(transactions):
        same = (transaction.order_id, transaction.safe_t_claim_id, transaction.type, transaction.amount)
        groups.setdefault(same, {}).setdefault(transaction.system, []).append(transaction)
    for by_system in groups.values():
        merged: list[Transaction] = []
        for system in System:
            merged.extend(_unexplained(by_system.get(system, []), merged))
        kept.extend(merged)
    return tuple(sorted(kept, key=_place))


def _distinct(transactions: Iterable[Transaction]) -> list[Transaction]:
    distinct: dict[tuple[str, str], Transaction] = {}
    for transaction in sorted(
        transactions, key=lambda transaction: (list(Release).index(transaction.release), _place(transaction))
    ):
        distinct.setdefault(transaction.identity, transaction)
    return sorted(distinct.values(), key=_place)


def _unexplained(new: list[Transaction], known: list[Transaction]) -> list[Transaction]:
    """Those of a worse source that no transaction of a better one explains; each explains one at most."""
    near = interval("atoz.sources", "same_posting")
    free = deque(sorted(known, key=_place))
    left: list[Transaction] = []
    for transaction in new:  # earliest first, so what lies too far before this one lies too far before all later ones
        while free and free[0].posted_at < transaction.posted_at - near:
            free.popleft()
        if free and free[0].posted_at <= transaction.posted_at + near:
            free.popleft()
        else:
            left.append(transaction)
    return left


def _place(transaction: Transaction) -> tuple[object, ...]:
    return (transaction.posted_at, transaction.system.rank, transaction.source.key, transaction.model_dump_json())
