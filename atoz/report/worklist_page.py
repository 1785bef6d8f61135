"""Many claims as a page: what is late, due today, due this week, what is at risk and what counts against the ODR.

>>> from datetime import UTC
>>> "No claims" in worklist_page([], as_of=datetime(2016, 7, 6, 16, tzinfo=UTC))
True
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from atoz.model.claim import Claim
from atoz.model.instant import instant_argument
from atoz.model.order import TriState
from atoz.model.text import Language
from atoz.planner.due_bucket import Bucket
from atoz.planner.money_at_risk import at_risk
from atoz.planner.plan import plan
from atoz.planner.policy import Policy, shipped_policies
from atoz.planner.worklist import WorklistRow, urgency, worklist_row
from atoz.report.html import LANGUAGES, render_page
from atoz.report.phrases import say
from atoz.rulebook.edition import Edition, passed_editions


class WorklistEntry(NamedTuple):
    """One claim of the worklist: its row, the zone of its marketplace, and where its own page is."""

    row: WorklistRow
    zone: ZoneInfo
    address: str | None = None

    @property
    def due_at(self) -> datetime | None:
        """By when the action is to be done, or the next step if there is nothing to do now."""
        return self.row.due_at if self.row.action else self.row.next_due_at


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
    unsorted = (
        WorklistEntry(worklist_row(claim, made), claim.order.zone, link(claim) if link else None)
        for claim, made in plans
    )
    entries = sorted(unsorted, key=lambda entry: urgency(entry.row))
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
        "sums": at_risk(entry.row for entry in entries),
        "odr": [(known, sum(entry.row.counts_against_odr is known for entry in entries)) for known in TriState],
    }
    title = say("worklist_title", language, count=len(entries))
    return render_page("worklist.html", title=title, first=language, bodies=[body for _ in LANGUAGES], own=zone)


def in_buckets(entries: Sequence[WorklistEntry]) -> list[tuple[Bucket, list[WorklistEntry]]]:
    """The entries by when something is due, the most urgent bucket first."""
    return [(bucket, [entry for entry in entries if entry.row.bucket is bucket]) for bucket in Bucket]


def by_label(entries: Iterable[WorklistEntry], label: str | None) -> list[tuple[str | None, list[WorklistEntry]]]:
    """The entries by the value of a label, in its order; those without it, or all without a label to group by, last."""
    groups: dict[str | None, list[WorklistEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.row.labels.get(label) if label else None, []).append(entry)
    return sorted(groups.items(), key=lambda group: (group[0] is None, group[0] or ""))
