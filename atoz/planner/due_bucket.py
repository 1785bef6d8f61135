"""When something is due, in the days of a marketplace: the parts of a worklist, in their order."""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_WEEK = timedelta(days=7)


class Bucket(StrEnum):
    """When something is due; days are those of the claim's marketplace. The order is that of a worklist."""

    LATE = "late"
    """A time of the policy's, or of a stated or firm rule, is over and the step can still be done."""
    TODAY = "today"
    """Due today, or past by a clock that is not known to run."""
    WEEK = "week"
    """In the seven days after today."""
    LATER = "later"
    NOTHING = "nothing"
    """No time is set for anything."""
    AHEAD = "ahead"
    """An event of the claim lies after the instant that was asked about: it is not ranked."""


def bucket_of(due_at: datetime | None, now: datetime, zone: ZoneInfo, *, overdue: bool) -> Bucket:
    """The part of a worklist that something due at an instant belongs to.

    >>> from datetime import UTC
    >>> seattle = ZoneInfo("America/Los_Angeles")
    >>> noon = datetime(2016, 6, 22, 19, tzinfo=UTC)
    >>> bucket_of(datetime(2016, 6, 23, 6, tzinfo=UTC), noon, seattle, overdue=False).value
    'today'
    """
    if overdue:
        return Bucket.LATE
    if due_at is None:
        return Bucket.NOTHING
    if due_at < now:  # by a clock that is not known to run: it comes first, but nothing is overdue
        return Bucket.TODAY
    today, day = now.astimezone(zone).date(), due_at.astimezone(zone).date()
    if day == today:
        return Bucket.TODAY
    return Bucket.WEEK if day <= today + _WEEK else Bucket.LATER
