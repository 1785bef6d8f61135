"""Many claims as a page: what is late, due today, due this week, what is at risk and what counts against the ODR.

>>> from datetime import UTC
>>> "No claims" in worklist_page([], as_of=datetime(2016, 7, 6, 16, tzinfo=UTC))
True
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from atoz.model.claim import Claim
from atoz.model.instant import instant_argument
from atoz.model.money import Money
from atoz.model.order import TriState
from atoz.model.text import Language
from atoz.planner.actions import Action
from atoz.planner.plan import Plan, plan
from atoz.planner.policy import Policy, shipped_policies
from atoz.planner.step_status import ActionState
from atoz.planner.worklist import WorklistRow, urgency, worklist_row
from atoz.report.html import LANGUAGES, render_page
from atoz.report.phrases import say
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition import Edition, passed_editions

_WEEK = timedelta(days=7)


class Bucket(StrEnum):
    """When something is due; days are those of the claim's marketplace."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    """In the seven days after today."""
    LATER = "later"
    NOTHING = "nothing"


class WorklistEntry(NamedTuple):
    """One claim of the worklist: its row, what is due next, and when."""

    row: WorklistRow
    zone: ZoneInfo
    bucket: Bucket
    what: Action | DeadlineName | None
    due_at: datetime | None
    address: str | None = None
    """Where the claim's own page is."""


class Sum(NamedTuple):
    """Money at risk in one currency, in all and in each bucket."""

    total: Money
    parts: dict[Bucket, Money]


def worklist_page(  # noqa: PLR0913  (each says one thing about the page)
    claims: Iterable[Claim],
    *,
    as_of: datetime,
    policy: str | Policy | None = None,
    language: Language = "en",
    unreadable: int = 0,
    group_by: str | None = None,
    zone: ZoneInfo | None = None,
    link: Callable[[Claim], str] | None = None,
    editions: Iterable[Edition] = (),
) -> str:
    """Many claims at an aware instant as one HTML page in both languages; `language` is shown first.

    `group_by` is a label: the claims of each of its values stand together, those without it last. With a `zone` every
    instant stands in it beside the marketplace's.
    `unreadable` says how many more could not be read, so that the page does not pass for the whole. `link` gives the
    address of a claim's own page, if it has one. `editions` are those of your own that the claims may name.

    Raises:
        UnknownName: no such policy, or there is no edition of a claim's id.
        EditionMissing: a claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: `as_of` is naive.
        MissingExtra: the extra `report` is not installed.
    """
    now, passed = instant_argument("as_of", as_of), passed_editions(editions)
    plans = ((claim, plan(claim, as_of=now, policy=policy, editions=passed)) for claim in claims)
    entries = sorted((worklist_entry(claim, made, link(claim) if link else None) for claim, made in plans), key=_order)
    named = policy.id if isinstance(policy, Policy) else policy
    policies = [named] if named else sorted({entry.row.policy for entry in entries})
    body: dict[str, object] = {
        "as_of": now,
        "zone": ZoneInfo("UTC"),
        "policies": policies,
        "policy": ", ".join(policies),
        "count": len(entries),
        "unreadable": unreadable,
        "unfit": any(not entry.row.policy_fits for entry in entries),
        "other_policies": ", ".join(name for name in shipped_policies() if name not in policies),
        "buckets": in_buckets(entries),
        "group_by": group_by,
        "groups": [(value, len(members), in_buckets(members)) for value, members in by_label(entries, group_by)],
        "sums": at_risk(entries),
        "odr": [(known, sum(entry.row.counts_against_odr is known for entry in entries)) for known in TriState],
    }
    title = say("worklist_title", language, count=len(entries))
    return render_page("worklist.html", title=title, first=language, bodies=[body for _ in LANGUAGES], own=zone)


def in_buckets(entries: Sequence[WorklistEntry]) -> list[tuple[Bucket, list[WorklistEntry]]]:
    """The entries by when something is due, the most urgent bucket first."""
    return [(bucket, [entry for entry in entries if entry.bucket is bucket]) for bucket in Bucket]


def by_label(entries: Iterable[WorklistEntry], label: str | None) -> list[tuple[str | None, list[WorklistEntry]]]:
    """The entries by the value of a label, in its order; those without it, or all without a label to group by, last."""
    groups: dict[str | None, list[WorklistEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.row.labels.get(label) if label else None, []).append(entry)
    return sorted(groups.items(), key=lambda group: (group[0] is None, group[0] or ""))


def worklist_entry(claim: Claim, made: Plan, address: str | None = None) -> WorklistEntry:
    """What is due next for one claim: an open step of the plan, or a deadline of the seller's."""
    open_items: list[tuple[datetime, Action | DeadlineName]] = [
        (action.due_at, action.action)
        for action in made.actions
        if action.due_at and action.state in (ActionState.NOW, ActionState.LATER)
    ]
    open_items += [(deadline.act_by, deadline.name) for deadline in made.deadlines if deadline.act_by]
    due_at, what = min(open_items, key=itemgetter(0), default=(None, None))
    row = worklist_row(claim, made)
    return WorklistEntry(row, claim.order.zone, _bucket(claim, row, due_at, made.as_of), what, due_at, address)


def _bucket(claim: Claim, row: WorklistRow, due_at: datetime | None, now: datetime) -> Bucket:
    if row.overdue:
        return Bucket.LATE
    if due_at is None:
        return Bucket.NOTHING
    if due_at < now:  # by a clock that is not known to run: it comes first, but nothing is overdue
        return Bucket.TODAY
    today, day = claim.order.local_day(now), claim.order.local_day(due_at)
    if day == today:
        return Bucket.TODAY
    return Bucket.WEEK if day <= today + _WEEK else Bucket.LATER


def _order(entry: WorklistEntry) -> tuple[float, tuple[int, bool, float, str]]:
    return (entry.due_at.timestamp() if entry.due_at else float("inf"), urgency(entry.row))


def at_risk(entries: Iterable[WorklistEntry]) -> tuple[Sum, ...]:
    """The money at risk, a sum for each currency: sums in different currencies are never added."""
    totals: dict[str, Money] = {}
    parts: dict[str, dict[Bucket, Money]] = {}
    for entry in entries:
        amount = entry.row.at_risk
        if amount is None:
            continue
        none = Money.parse(f"0 {amount.currency}")
        totals[amount.currency] = totals.get(amount.currency, none) + amount
        by_bucket = parts.setdefault(amount.currency, {})
        by_bucket[entry.bucket] = by_bucket.get(entry.bucket, none) + amount
    return tuple(Sum(totals[currency], parts[currency]) for currency in sorted(totals))
