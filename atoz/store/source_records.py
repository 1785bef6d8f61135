"""What mails and files say of an order, kept until it is decided: one row a record, however often it comes."""

from collections.abc import Iterable, Iterator

from pydantic import Field
from sqlalchemy import Connection, insert, select, update

from atoz.model.record import Record
from atoz.store.schema import source_records


class SourceRecord(Record):
    """One thing that a mail or a file says of an order; `body` is a record's own JSON and holds no text of a mail."""

    order_id: str = Field(description="The order.")
    record_key: str = Field(description="The same for every copy of the same record.")
    body: str = Field(description="The record as one line of JSON.")
    message_key: str = Field(default="", description="Keyed hash of the mail's Message-ID, if it has one.")
    digest: str = Field(default="", description="Hash of what the mail says: two mails may claim one Message-ID.")
    verified: bool = Field(default=False, description="Whether it may be applied without asking a person.")


def keep_source_records(connection: Connection, records: Iterable[SourceRecord]) -> int:
    """Store records that are not there yet, and return how many were new.

    Of two copies of one record the lesser text is kept, whichever came first, so that the order of arrival plays no
    part; copies differ in the time at which a server received them, and the earlier one is the lesser text.
    """
    new = 0
    for record in records:
        same = (source_records.c.order_id == record.order_id, source_records.c.record_key == record.record_key)
        known = connection.execute(select(source_records).where(*same)).one_or_none()
        if known is None:
            connection.execute(insert(source_records).values(**record.model_dump()))
            new += 1
        elif record.body < known.body or (record.verified and not known.verified):
            kept = {"body": min(record.body, known.body), "verified": record.verified or known.verified}
            connection.execute(update(source_records).where(*same).values(**kept))
    return new


def source_records_on(connection: Connection, order_id: str) -> tuple[SourceRecord, ...]:
    """Everything that mails and files say of an order, in a fixed order."""
    asked = select(source_records).where(source_records.c.order_id == order_id).order_by(source_records.c.record_key)
    return tuple(SourceRecord.model_validate(row) for row in connection.execute(asked).mappings())


def orders_with_records(connection: Connection) -> Iterator[str]:
    """The orders that mails or files speak of."""
    asked = select(source_records.c.order_id).distinct().order_by(source_records.c.order_id)
    yield from connection.execute(asked).scalars()
