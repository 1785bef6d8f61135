"""One run over the mail: read it, keep what it says, apply what is certain, list what is not.

The same mails again, in another order, or split over several runs, leave the same claims behind.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import Field

from atoz.errors import StaleClaim
from atoz.inbox.decisions import Decision, Pending
from atoz.inbox.evaluation import Applied, Evaluation, evaluate
from atoz.inbox.intake import take_in
from atoz.inbox.mailbox_reading import Incoming
from atoz.model.instant import instant_argument
from atoz.model.record import Document, Record
from atoz.model.text import Text
from atoz.sources.reconciliation.suggestions import Strength
from atoz.store.claim_store import ClaimStore
from atoz.store.source_records import SourceRecord

_AT_ONCE = 500
"""How many records are stored in one transaction: each is synchronised to disk, which takes longer than the record."""
_TRIES = 10
"""How often an order is worked out anew while other writers change its claim."""


class Remark(Record):
    """Something about one mail or file."""

    name: str = Field(description="Which one.")
    message: Text = Field(description="What about it; what the system says is English alone.")


class InboxResult(Document):
    """What a run over the mail did."""

    kind: Literal["inbox_result"] = Field(
        default="inbox_result", description="Says that this document is the result of a run over the mail."
    )
    read: int = Field(description="Mails and files that were looked at.")
    about_claims: int = Field(description="Those that concern a claim or an order.")
    new_records: int = Field(description="Statements that were not known before.")
    applied: tuple[Applied, ...] = Field(description="Claims that changed.")
    pending: tuple[Pending, ...] = Field(description="Orders without a claim that mails or files speak of.")
    decisions: tuple[Decision, ...] = Field(description="What a person has to decide; listed in each run until then.")
    remarks: tuple[Remark, ...] = Field(description="Oddities of single mails.")
    unreadable: tuple[Remark, ...] = Field(description="What could not be read.")


def run_inbox(
    store: ClaimStore,
    items: Iterable[Incoming],
    *,
    as_of: datetime,
    server: str | None = None,
    least: Strength = Strength.FAIR,
) -> InboxResult:
    """Take in mails and files, then work out every order that records speak of.

    Args:
        store: Where claims and records are kept.
        items: The mails and files; see `incoming`.
        as_of: The present instant; what is dated later does not count yet.
        server: The authserv-id of the mail server whose `Authentication-Results` count. Without it no mail is
            certain, and each is a decision.
        least: What is shown less strongly than this is a decision.

    Raises:
        InvalidDocument: `as_of` is naive.
    """
    now = instant_argument("as_of", as_of)
    read = about = new = 0
    unkept: list[SourceRecord] = []
    remarks: list[Remark] = []
    unreadable: list[Remark] = []
    for item in items:
        intake = take_in(item, server=server)
        read, about = read + 1, about + intake.is_about_claims
        key = store.message_key(intake.message_id)
        unkept += [record.model_copy(update={"message_key": key}) for record in intake.records]
        if len(unkept) >= _AT_ONCE:
            new += store.keep_source_records(unkept)
            unkept.clear()
        remarks += [Remark(name=item.name, message=message) for message in intake.remarks]
        unreadable += [Remark(name=item.name, message=message) for message in intake.unreadable]
    new += store.keep_source_records(unkept)
    results = [_evaluated(store, order_id, now, least) for order_id in store.orders_with_records()]
    return InboxResult(
        read=read,
        about_claims=about,
        new_records=new,
        applied=tuple(applied for result in results for applied in result.applied),
        pending=tuple(result.pending for result in results if result.pending),
        decisions=tuple(decision for result in results for decision in result.decisions),
        remarks=tuple(remarks),
        unreadable=tuple(unreadable),
    )


def _evaluated(store: ClaimStore, order_id: str, now: datetime, least: Strength) -> Evaluation:
    """The evaluation of one order; where another writer was faster, once more over what that one has written."""
    for _ in range(_TRIES):
        try:
            return evaluate(store, order_id, as_of=now, least=least)
        except StaleClaim:
            continue
    return evaluate(store, order_id, as_of=now, least=least)
