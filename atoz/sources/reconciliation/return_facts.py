"""When a return was asked for and when it arrived, as returns reports show it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time

from atoz.model.order import Order
from atoz.sources.reconciliation.observed_facts import ObservedFact
from atoz.sources.reconciliation.suggestions import Evidence, strong_evidence
from atoz.sources.report_files.returns import ReturnFlag


def return_facts(flags: Sequence[ReturnFlag], known: Order) -> Iterator[ObservedFact]:
    """The facts of the order's return.

    A report names days: the first moment of the earliest is taken, so that no clock is thought to end later than it
    does. An instant of that day that the order knows already is better, and stays.
    """
    no_earlier = known.placed_at
    for field, days in (
        ("return_requested_at", [(flag.requested_on, flag) for flag in flags if flag.requested_on]),
        ("return_received_at", [(flag.returned_on, flag) for flag in flags if flag.returned_on]),
    ):
        stands: datetime | None = getattr(known, field)
        if not days or (stands is not None and known.local_day(stands) in {day for day, _ in days}):
            no_earlier = max(no_earlier, stands or no_earlier)
            continue
        first = min(day for day, _ in days)
        no_earlier = max(no_earlier, datetime.combine(first, time(), known.zone).astimezone(UTC))
        evidence = tuple(_evidence(flag) for day, flag in days if day == first)
        others = tuple(sorted({day.isoformat() for day, _ in days if day != first}))
        yield ObservedFact(field, no_earlier.isoformat(), evidence, others)


def _evidence(flag: ReturnFlag) -> Evidence:
    says = "a returns report: the day alone, counted from its first moment"
    return strong_evidence("flag", "returns", flag.source.key, says)
