"""The appeal packet: the facts of a claim in order, gathered from its record and nothing else; a gap is shown as one.

>>> from datetime import UTC, datetime
>>> from atoz.model.events import Filed
>>> from atoz.model.order import Order
>>> at = datetime(2026, 6, 1, tzinfo=UTC)
>>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=at)
>>> packet = appeal_packet(Claim(order=order, reason="not_received", history=(Filed(at=at),)), as_of=at)
>>> [row.label.en for row in packet.section("shipment").rows if row.gap]
['Latest delivery day', 'Delivery scan']
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from pydantic import Field

from atoz.model.citation import Source
from atoz.model.claim import Claim
from atoz.model.events import GrantedSellerFunded, ResponseLapsed, SellerMessaged, SellerRefunded
from atoz.model.instant import Instant, instant_argument
from atoz.model.marketplace import Marketplace
from atoz.model.order import TriState
from atoz.model.record import Document, Record
from atoz.model.text import Text
from atoz.report.appeal_ask import Ask
from atoz.report.appeal_packet_rows import (
    PacketRow,
    as_text,
    event_text,
    evidence_text,
    fact,
    gap,
    in_both,
    say,
    written_day,
    written_instant,
    written_money,
)
from atoz.report.response_times import answer_rows
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.deadline_basis import deadline_rule
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import deadline
from atoz.rulebook.edition import Edition
from atoz.rulebook.evidence_checklist import ChecklistRow, evidence_checklist, other_evidence
from atoz.rulebook.odr_effect import odr_effect


class PacketSection(Record):
    """One part of the packet."""

    id: str = Field(description="Its name for programs: claim, timeline, shipment, ...")
    title: Text = Field(description="Its title.")
    rows: tuple[PacketRow, ...] = Field(description="Its facts, in order.")


class AppealPacket(Document):
    """The facts of one claim, as they can be shown to Amazon."""

    kind: Literal["appeal_packet"] = Field(
        default="appeal_packet", description="Says that this document is an appeal packet."
    )
    order_id: str = Field(description="The order.")
    as_of: Instant = Field(description="When it was put together.")
    ask: Ask = Field(description="What is asked for.")
    title: Text = Field(description="Its title.")
    lead: Text = Field(description="What it is.")
    sections: tuple[PacketSection, ...] = Field(description="Its parts, in order.")

    def section(self, name: str) -> PacketSection:
        """The part of this name; a program's way in."""
        return next(section for section in self.sections if section.id == name)

    @property
    def gaps(self) -> tuple[PacketRow, ...]:
        """Everything that the record does not hold."""
        return tuple(row for section in self.sections for row in section.rows if row.gap)


def appeal_packet(
    claim: Claim, *, as_of: datetime, ask: Ask | str = Ask.BOTH, editions: Iterable[Edition] = ()
) -> AppealPacket:
    """The facts of a claim in order, with what is asked: the money, the score, or both.

    `editions` are those of your own that the claim may name.

    Raises:
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: `as_of` is naive.
        ValueError: `ask` is none of money, odr and both.
        MissingExtra: the extra `report` is not installed.
    """
    now, asked = instant_argument("as_of", as_of), Ask(ask)
    history = CountedHistory.of(claim, editions)
    parts: dict[str, Iterator[PacketRow]] = {
        "asked": _asked(history, now, asked),
        "claim": _claim(claim),
        "timeline": _timeline(claim),
        "shipment": _shipment(claim),
        "protection": _protection(claim),
        "messages": answer_rows(history),
        "offered": _offered(claim),
        "evidence": _evidence(claim),
    }
    return AppealPacket(
        order_id=claim.order.order_id,
        as_of=now,
        ask=asked,
        title=say("title", order=claim.order.order_id),
        lead=say("lead", at=written_instant(now, claim.order.zone)),
        sections=tuple(
            PacketSection(id=name, title=say(f"section_{name}"), rows=tuple(rows)) for name, rows in parts.items()
        ),
    )


def _claim(claim: Claim) -> Iterator[PacketRow]:
    order, reason = claim.order, claim.detail or claim.reason
    yield fact("marketplace", Marketplace.of(order.marketplace).name)
    yield fact("order_day", written_day(order.placed_on))
    yield fact("total", written_money(order.total) if order.total else None)
    yield fact("filed", written_instant(claim.filed_at, order.zone) if claim.filed_at else None)
    yield fact("reason", in_both(reason.label))
    yield fact("platform_words", as_text(claim.platform_words) if claim.platform_words else None)
    yield fact("amount", written_money(claim.amount) if claim.amount else None)
    yield fact("status", in_both(claim.status.label))


def _timeline(claim: Claim) -> Iterator[PacketRow]:
    for event in claim.history:
        says = event_text(event)
        if event.note:
            says = say("event_note", event=says, note=as_text(event.note))
        yield PacketRow(label=written_instant(event.at, claim.order.zone), says=says)


def _shipment(claim: Claim) -> Iterator[PacketRow]:
    order = claim.order
    yield fact("fulfilment", say(f"fulfilment_{order.fulfilment}"))
    yield fact("deliver_by", written_day(order.deliver_by) if order.deliver_by else None)
    yield fact("delivered", _delivery(claim))


def _delivery(claim: Claim) -> Text | None:
    scan, promised = claim.order.delivered_at, claim.order.deliver_by
    if scan is None:
        return None
    at = written_instant(scan, claim.order.zone)
    if promised is None:
        return at
    days = (claim.order.local_day(scan) - promised).days
    return say("delivered_late", at=at, days=days) if days > 0 else say("delivered_in_time", at=at)


def _protection(claim: Claim) -> Iterator[PacketRow]:
    known = claim.order.claims_protected
    yield fact("claims_protected", None if known is TriState.UNKNOWN else say(f"protected_{known}"))
    effect = odr_effect(claim)
    yield fact("odr", say(f"odr_{effect.counts}", why=effect.why), source=effect.source)


def _offered(claim: Claim) -> Iterator[PacketRow]:
    zone, any_offer = claim.order.zone, False
    for event in claim.history:
        if isinstance(event, SellerRefunded):
            any_offer = True
            yield PacketRow(
                label=say("offer_refund", at=written_instant(event.at, zone)),
                says=written_money(event.amount) if event.amount else say("amount_unknown"),
                gap=event.amount is None,
            )
        elif isinstance(event, SellerMessaged) and event.note:
            any_offer = True
            yield PacketRow(label=say("offer_message", at=written_instant(event.at, zone)), says=as_text(event.note))
    if not any_offer:
        yield gap("offer_none")


def _evidence(claim: Claim) -> Iterator[PacketRow]:
    yield from map(_checked, evidence_checklist(claim))
    for evidence in other_evidence(claim):
        yield fact("evidence_other", evidence_text(evidence))


def _checked(row: ChecklistRow) -> PacketRow:
    need = in_both(row.item.need.label)
    label = say("evidence_label", label=row.item.label, need=need)
    source: Source = row.item.source
    if not row.present:
        return PacketRow(label=label, says=say("gap"), gap=True, source=source, caveat=row.item.caveat)
    proofs = [say(f"shown_{proof}") for proof in row.shown_by]
    names = Text(en=", ".join(name.en for name in proofs), zh="、".join(name.zh for name in proofs))
    return PacketRow(label=label, says=say("evidence_here", names=names), source=source, caveat=row.item.caveat)


def _asked(history: CountedHistory, now: datetime, ask: Ask) -> Iterator[PacketRow]:
    claim = history.claim
    if ask is not Ask.ODR:
        yield _money(claim)
    if ask is not Ask.MONEY:
        yield fact("ask_odr", say("ask_odr_says"))
    until = deadline(history, DeadlineName.APPEAL, now)
    if until.running:
        rule = deadline_rule(history.edition, DeadlineName.APPEAL)
        due = written_instant(until.due_at, claim.order.zone) if until.due_at else None
        yield fact("appeal_by", due, source=rule.source if rule else None)


def _money(claim: Claim) -> PacketRow:
    """The money asked back: what was granted at the seller's cost, else what was claimed; nothing before that."""
    grants = [event for event in claim.history if isinstance(event, (GrantedSellerFunded, ResponseLapsed))]
    if not grants:
        return PacketRow(label=say("ask_money"), says=say("ask_nothing"), gap=True)
    amounts = [event.amount for event in grants if isinstance(event, GrantedSellerFunded) and event.amount]
    amount = amounts[-1] if amounts else claim.amount
    return fact("ask_money", say("ask_money_says", amount=written_money(amount)) if amount else None)
