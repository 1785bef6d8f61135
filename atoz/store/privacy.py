"""What a store never keeps: free text, in which names, addresses and whole messages travel; and keyed hashes.

Order ids, dates, amounts, reasons and labels are kept: without them there is no claim to speak of.
"""

import hashlib
import hmac
from enum import StrEnum

from atoz.errors import UnknownName
from atoz.model.claim import Claim, StruckOut
from atoz.model.events import AnyEvent


class StrikeReason(StrEnum):
    """Why an event was struck out, as a store keeps it."""

    OTHER_CLAIM = "other_claim"
    """It was about another claim or order."""
    DUPLICATE = "duplicate"
    """It was in the history already."""
    FORGED = "forged"
    """It came from somebody who is not Amazon or the buyer."""
    WRONG_TIME = "wrong_time"
    """It happened at another time."""
    ENTERED_BY_MISTAKE = "entered_by_mistake"
    """It never happened."""
    OTHER = "other"
    """Anything else, and what was written in words elsewhere."""


def strike_reason(reason: str) -> StrikeReason:
    """A reason by its word.

    Raises:
        UnknownName: it is none of them.
    """
    if reason not in set(StrikeReason):
        raise UnknownName.with_suggestions("reason to strike out", reason, tuple(StrikeReason))
    return StrikeReason(reason)


def without_free_text(claim: Claim) -> Claim:
    """The claim without the platform's words, without notes, and with reasons of the list for what was struck out."""
    history = tuple(event_without_note(event) for event in claim.history)
    struck_out = tuple(
        StruckOut(
            event=event_without_note(struck.event),
            reason=struck.reason if struck.reason in set(StrikeReason) else StrikeReason.OTHER,
        )
        for struck in claim.struck_out
    )
    return claim.model_copy(update={"platform_words": "", "history": history, "struck_out": struck_out})


def event_without_note(event: AnyEvent) -> AnyEvent:
    """The event without its note."""
    return event.model_copy(update={"note": ""}) if event.note else event


def keyed_hash(key: str, text: str) -> str:
    """A hash that only the holder of the store can compute, so that it does not give the text away.

    >>> keyed_hash("a key", "123-1234567-1234567") == keyed_hash("another key", "123-1234567-1234567")
    False
    """
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
