"""Random rows, and what the scalar code says of each: the reference that every engine has to agree with."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

import pyarrow as pa

from atoz.errors import NoEditionInForce, UnknownName
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, Observed
from atoz.model.history import ORDER_FACTS
from atoz.model.instant import FIRST_YEAR, LAST_YEAR
from atoz.model.marketplace import Marketplace
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_basis import deadline_rule
from atoz.rulebook.deadline_clock import clock
from atoz.rulebook.deadlines import DeadlineState, deadline, with_readings
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_selection import pick_edition
from atoz.rulebook.filing_window import Verdict, filing_window
from atoz.rulebook.readings import act_by

ROWS = 10_000
WITHOUT_FIGURES = "ca-current"
"""An edition that names no deadline: what a row without an edition in force is like."""
FIRST_INSTANT = datetime(FIRST_YEAR, 1, 1, 12, tzinfo=UTC)
SPELLINGS = [code for each in Marketplace.all() for code in (each.country, each.marketplace_id, *each.also)]
EVENTS = [
    kind
    for kind in EVENT_CLASSES
    if kind not in ("observed", "evidence_added", "score_restoration_asked", "handed_over")
]


@cache
def clock_changes(zone):
    """The days around which a zone changes its clocks, 2015 to 2027."""
    info, day, found = ZoneInfo(zone), datetime(2015, 1, 1, tzinfo=UTC), []
    while day.year < 2028:
        following = day + timedelta(days=1)
        if day.astimezone(info).utcoffset() != following.astimezone(info).utcoffset():
            found.append(day)
        day = following
    return found


def _market(random):
    kind = random.random()
    if kind < 0.55:
        return random.choice(("US", "us ", "ATVPDKIKX0DER", "GB", "UK", "IN"))
    return None if kind < 0.60 else "XX" if kind < 0.65 else random.choice(SPELLINGS)


EDGES = [date(2016, 2, 29), date(2020, 2, 28), date(2024, 2, 29), date(2019, 12, 31), date(2100, 2, 28)] + [
    day
    for edition in Edition.all()
    if edition.in_force
    for day in (edition.in_force.first, edition.in_force.last)
    if day is not None
]


def _instant(random, market):
    """Half of them within a day and a half of a change of clocks, a leap day, a new year or a change of editions."""
    if random.random() < 0.25:
        zone = _zone(market) or "America/Los_Angeles"
        changes = clock_changes(zone) or clock_changes("Europe/London")
        return random.choice(changes) + timedelta(microseconds=random.randrange(-36 * 3600 * 10**6, 60 * 3600 * 10**6))
    if random.random() < 0.35:
        edge = random.choice(EDGES)
        return datetime(edge.year, edge.month, edge.day, tzinfo=UTC) + timedelta(
            seconds=random.randrange(-36 * 3600, 60 * 3600)
        )
    return datetime(2015, 6, 1, tzinfo=UTC) + timedelta(seconds=random.randrange(13 * 366 * 86400))


def _zone(market):
    try:
        return Marketplace.of(market).zone if market is not None else None
    except UnknownName:
        return None


def rows(*, local, seed=5, count=ROWS):
    """Rows of facts; with `local`, days and naive datetimes instead of instants."""
    random = Random(seed)  # noqa: S311  (nothing secret)
    return [_row(random, key, local=local) for key in range(count)]


def _row(random, key, *, local):
    market = _market(random)
    placed = _instant(random, market)
    info = ZoneInfo(_zone(market) or "America/Los_Angeles")
    row = {"key": key, "marketplace": market, "status": random.choice([None, "no such", *ClaimStatus, *ClaimStatus])}

    def written(at):
        return at.astimezone(info).replace(tzinfo=None, fold=0) if local else at  # a column has no folds

    def maybe(chance, at):
        return at if random.random() < chance else None

    row["placed_at"] = maybe(0.97, placed.astimezone(info).date() if local else placed)
    deliver = placed.astimezone(info).date() + timedelta(days=random.randrange(-2, 45))
    row["deliver_by"] = maybe(0.93, deliver if random.random() < 0.99 else date(9999, 12, 31))
    row["first_contact_at"] = maybe(0.85, written(_near(random, placed, market)))
    row["first_reply_at"] = maybe(0.3, written(placed + timedelta(hours=random.randrange(0, 900))))
    row["return_requested_at"] = maybe(0.5, written(_near(random, placed, market)))
    for fact in ("return_authorised_at", "return_label_at", "return_received_at", "return_refunded_at"):
        row[fact] = maybe(0.3, written(placed + timedelta(hours=random.randrange(0, 900))))
    row["delivered_at"] = maybe(0.5, written(placed + timedelta(hours=random.randrange(0, 900))))
    row["on_day"] = maybe(0.97, placed.date() + timedelta(days=random.randrange(-3, 150)))
    filed = _near(random, placed, market)
    undecided = random.random() < 0.3  # else few would wait for an answer to Amazon
    if undecided:
        row["status"] = random.choice([None, ClaimStatus.UNDER_REVIEW])
    for kind in EVENTS:
        usual = 0.9 if kind == "filed" else 0.0 if undecided and EVENT_CLASSES[kind].leads_to else 0.35
        after = random.choice((timedelta(0), timedelta(days=2), timedelta(hours=random.randrange(-50, 1000))))
        row[f"{kind}_at"] = maybe(usual, written(filed if kind == "filed" else filed + after))
    row["respond_by"] = maybe(0.3, written(filed + timedelta(days=2)))
    return row


def _near(random, placed, market):
    """An instant soon after, or beside a change of clocks."""
    return (
        _instant(random, market)
        if random.random() < 0.3
        else placed + timedelta(minutes=random.randrange(0, 60 * 24 * 20))
    )


def table_of(given, *, local):
    """The rows as an Arrow table."""
    moment = pa.timestamp("us") if local else pa.timestamp("us", "UTC")
    types = dict.fromkeys(given[0], moment) | {
        "key": pa.int64(),
        "marketplace": pa.string(),
        "status": pa.string(),
        "deliver_by": pa.date32(),
        "on_day": pa.date32(),
    }
    if local:
        types["placed_at"] = pa.date32()
    return pa.Table.from_pylist(given, schema=pa.schema(list(types.items())))


def _instant_of(row, fact, zone):
    """A fact as the instant that it means; none where that cannot be told."""
    value = row[fact]
    if value is None or (isinstance(value, datetime) and value.tzinfo is not None):
        return value
    if zone is None:
        return None
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, 12)  # noqa: DTZ001  (a local noon stands for the day)
    return value.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def window_of(row, *, edition, reason, on, local):
    """Opening, closing, verdict and days left by the scalar code."""
    zone = _zone(row["marketplace"])
    deliver = row["deliver_by"] if row["deliver_by"] and row["deliver_by"].year <= LAST_YEAR else None
    plain_days = local and edition != "in-force"  # days of a named edition need no marketplace
    read = zone or ("America/Los_Angeles" if plain_days else None)
    placed = _instant_of(row, "placed_at", read)
    contact_zone = read if _contact_counts_days(edition) else zone
    order = Order(
        order_id="123-1234567-1234567",
        marketplace=row["marketplace"] if zone else "US",
        placed_at=placed or FIRST_INSTANT,
        deliver_by=deliver,
        first_contact_at=_instant_of(row, "first_contact_at", contact_zone) if zone or local else None,
        return_requested_at=_instant_of(row, "return_requested_at", contact_zone) if zone or local else None,
        delivered_at=_instant_of(row, "delivered_at", read) if zone or local else None,
    )
    known = placed is not None and (zone is not None or plain_days)
    if not known and edition == "in-force":
        return [None, None, "undetermined", None, None, _unpicked(row, "placed_at", zone)]
    if not known:
        order = order.model_copy(update={"placed_at": FIRST_INSTANT})
    try:
        window = filing_window(order, edition=edition, reason=reason)
    except NoEditionInForce:
        return [None, None, "undetermined", None, None, "edition"]
    verdict = window.verdict(on) if on is not None else Verdict.UNDETERMINED
    if not known and verdict is Verdict.ELIGIBLE:
        verdict = Verdict.UNDETERMINED
    left = window.days_left(on) if on is not None else None
    unknown = {*window.missing, *(() if known else ("placed_at",))}
    unread = {"deliver_by"} if deliver is None else set()
    missing = {fact if _nothing(row, fact) or fact in unread else "marketplace" for fact in unknown}
    lacking = ", ".join(sorted({*missing, *window.unsupported})) or None
    return [window.opens if known else None, window.closes, verdict.value, left, window.edition, lacking]


def _nothing(row, fact):
    """Whether a row says neither a fact nor what may stand for it: a return is first asked for in some message."""
    return row[fact] is None and (fact != "return_requested_at" or row["first_contact_at"] is None)


def _unpicked(row, fact, zone):
    """What keeps a row from having an edition in force: its day, its place, or that there is none."""
    lacking = [*(() if row[fact] is not None else (fact,)), *(() if zone else ("marketplace",))]
    return ", ".join(sorted(lacking)) or "edition"


def _contact_counts_days(edition):
    """Whether the edition counts from the local day of the first contact, so that the instant itself is not needed."""
    if edition == "in-force":
        return False
    return not any(
        each.unit is Unit.HOUR and each.role == "opens_not_before" for each in Edition.named(edition).parameters
    )


def deadline_of(row, *, which, edition, as_of, local):
    """Due instant, days left and state by the scalar code."""
    zone = _zone(row["marketplace"])
    order = Order(
        order_id="123-1234567-1234567",
        marketplace=row["marketplace"] if zone else "US",
        placed_at=FIRST_INSTANT,
        **{fact: _instant_of(row, fact, zone) for fact in ORDER_FACTS},
    )
    deadline_clock = clock(which)
    history = _history(row, deadline_clock, zone)
    last = max((each.at for each in history), default=as_of)
    if row["status"] in list(ClaimStatus):
        history.append(Observed(at=max(as_of, last), status=row["status"]))
    chosen = _edition(row, edition, zone, order) or WITHOUT_FIGURES
    rule = deadline_rule(Edition.named(chosen), which)
    if zone is None and rule is not None and rule.unit is not Unit.HOUR:
        chosen = WITHOUT_FIGURES  # days at the same local time cannot be counted where no place is known
    claim = Claim.model_construct(order=order, history=tuple(history), edition=chosen)
    found = deadline(CountedHistory.of(claim), which, as_of)
    left = found.time_left.days if found.time_left is not None else None
    counted = _edition(row, edition, zone, order)
    missing = None
    if found.state is DeadlineState.UNDETERMINED:
        start = "start" if found.started_at is None else "marketplace"
        again = (
            any(each.kind in deadline_clock.ended_by for each in history) if deadline_clock.first_run_only else False
        )
        counts = deadline_rule(Edition.named(counted or WITHOUT_FIGURES), which) and not again
        missing = start if counts else "figure"
        missing = missing if counted else _unpicked(row, "filed_at", zone)
    return [found.due_at, left, found.state.value, counted, missing]


def act_by_of(row, *, which, edition, as_of, local):
    """By when to act, and the edition and the kind of the first reading that says so, by the scalar code."""
    zone = _zone(row["marketplace"])
    if zone is None:
        return [None, None, None, "marketplace"]
    order = Order(
        order_id="123-1234567-1234567",
        marketplace=row["marketplace"],
        placed_at=FIRST_INSTANT,
        **{fact: _instant_of(row, fact, zone) for fact in ORDER_FACTS},
    )
    history = _history(row, clock(which), zone, whole=True)
    if row["status"] in list(ClaimStatus):
        seen_at = max([as_of, *(event.at for event in history)])
        history.append(Observed(at=seen_at, status=row["status"]))
    counted_by = _edition(row, edition, zone, order)
    claim = Claim.model_construct(order=order, history=tuple(history), edition=counted_by or WITHOUT_FIGURES)
    counted = CountedHistory.of(claim)
    (found,) = with_readings(counted, as_of, (which,))
    readings = found.readings if counted_by else [r for r in found.readings if r.edition != WITHOUT_FIGURES]
    for reading in readings if found.act_by else ():
        if act_by(which, [reading], as_of, filed=counted.filed_at is not None) == found.act_by:
            return [found.act_by, reading.edition, reading.kind.value, None]
    return [None, None, None, None]


def _edition(row, edition, zone, order):
    if edition != "in-force":
        return edition
    filed = _instant_of(row, "filed_at", zone)
    try:
        return pick_edition(edition, order.marketplace, order.local_day(filed)).id if filed and zone else None
    except NoEditionInForce:
        return None


def _history(row, deadline_clock, zone, *, whole=False):
    bound = deadline_clock.during or whole
    moving = [kind for kind in EVENTS if EVENT_CLASSES[kind].leads_to is not None] if bound else []
    moving += ["nothing_asked"] if whole else []
    read = [kind for kind in EVENTS if kind in (*deadline_clock.starts_with, *deadline_clock.ended_by, *moving)]
    starts = [each for each in deadline_clock.starts_with if each in EVENT_CLASSES]
    order = [*starts, *(each for each in read if each not in starts)]
    found = []
    for kind in order:
        at = _instant_of(row, f"{kind}_at", zone)
        if at is not None:
            facts = {"at": at, "kind": kind}
            if kind == "information_requested":
                facts["respond_by"] = _instant_of(row, "respond_by", zone)
            found.append(EVENT_CLASSES[kind].model_construct(**facts))
    return sorted(found, key=lambda each: each.at)
