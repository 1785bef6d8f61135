"""Why a buyer claims: six reasons, each with optional details."""

from functools import cache

from pydantic import Field

from atoz.errors import UnknownName
from atoz.model.data_files import read_toml
from atoz.model.enums import LabelledEnum
from atoz.model.record import Record
from atoz.model.text import Text


class ClaimReason(LabelledEnum):
    """The reason that decides which rules count; the platform's own words are kept beside it.

    >>> ClaimReason.NOT_RECEIVED.label()
    'Item not received'
    """

    NOT_RECEIVED = "not_received"
    NOT_AS_DESCRIBED = "not_as_described"
    RETURN_NOT_REFUNDED = "return_not_refunded"
    RETURN_REFUSED = "return_refused"
    EXTRA_CHARGES = "extra_charges"
    OTHER = "other"

    @property
    def label_text(self) -> Text:
        """What it is called, in both languages."""
        return _book()[self].label

    @classmethod
    def parse(cls, text: str) -> "ClaimReason":
        """The reason of this name or label, in any case; it never guesses.

        Raises:
            UnknownName: there is none; the nearest names are given.
        """
        key = text.strip().casefold().replace(" ", "_").replace("-", "_")
        labels = {reason.label().casefold().replace(" ", "_"): reason for reason in cls} | {
            reason.label("zh"): reason for reason in cls
        }
        meant = labels.get(key) or next((reason for reason in cls if reason.value == key), None)
        if meant is None:
            raise UnknownName.with_suggestions("claim reason", text, [reason.value for reason in cls])
        return meant

    @property
    def details(self) -> "tuple[ReasonDetail, ...]":
        """The details that belong to this reason, in the order of the data file."""
        return tuple(_book()[self].details)


class ReasonDetail(LabelledEnum):
    """What exactly is disputed, where it is known."""

    IN_TRANSIT_LATE = "in_transit_late"
    DELIVERED_DISPUTED = "delivered_disputed"
    RETURNED_TO_SENDER = "returned_to_sender"
    NOT_SHIPPED = "not_shipped"
    WRONG_ADDRESS = "wrong_address"
    DAMAGED = "damaged"
    DEFECTIVE = "defective"
    WRONG_ITEM = "wrong_item"
    MISSING_PARTS = "missing_parts"
    CONDITION = "condition"
    COUNTERFEIT = "counterfeit"
    RETURNED_NOT_REFUNDED = "returned_not_refunded"
    PARTIAL_REFUND_DISPUTE = "partial_refund_dispute"
    NOT_AUTHORISED = "not_authorised"
    NO_RETURN_LABEL = "no_return_label"
    AGREED_REFUND_OR_REPLACEMENT_NOT_GIVEN = "agreed_refund_or_replacement_not_given"
    PROPERTY_DAMAGE = "property_damage"
    SERVICE = "service"

    @property
    def reason(self) -> ClaimReason:
        """The reason that this detail belongs to."""
        return next(reason for reason in ClaimReason if self in reason.details)

    @property
    def label_text(self) -> Text:
        """What it is called, in both languages."""
        return _book()[self.reason].details[self]


class _Entry(Record):
    label: Text
    details: dict[ReasonDetail, Text] = Field(default_factory=dict[ReasonDetail, Text])


@cache
def _book() -> dict[ClaimReason, _Entry]:
    rows = read_toml("atoz.model", "reasons.toml")
    return {reason: _Entry.model_validate(rows[reason.value]) for reason in ClaimReason}
