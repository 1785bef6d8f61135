"""Money at risk on a worklist: a sum for each currency, since amounts in different currencies are never added."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from atoz.model.money import Money
from atoz.planner.due_bucket import Bucket
from atoz.planner.worklist import WorklistRow


class AtRisk(NamedTuple):
    """Money at risk in one currency, in all and in each part of the worklist."""

    total: Money
    parts: dict[Bucket, Money]


def at_risk(rows: Iterable[WorklistRow]) -> tuple[AtRisk, ...]:
    """The sums of some rows, by currency; the rows are read once and not kept.

    >>> at_risk([])
    ()
    """
    parts: dict[str, dict[Bucket, Money]] = defaultdict(dict)
    for row in rows:
        if row.at_risk is not None:
            known = parts[row.at_risk.currency]
            known[row.bucket] = known[row.bucket] + row.at_risk if row.bucket in known else row.at_risk
    return tuple(_summed(parts[currency]) for currency in sorted(parts))


def _summed(parts: dict[Bucket, Money]) -> AtRisk:
    first, *others = parts.values()
    total = first
    for amount in others:
        total += amount
    return AtRisk(total, parts)
