"""What a store never keeps: free text, in which names, addresses and whole messages travel; and keyed hashes.

Order ids, dates, amounts, reasons and labels are kept: without them there is no claim to speak of.
"""

import hashlib
import hmac

from atoz.model.claim import Claim
from atoz.model.events import AnyEvent


def without_free_text(claim: Claim) -> Claim:
    """The claim without the platform's words and without the notes of its events."""
    history = tuple(event_without_note(event) for event in claim.history)
    return claim.model_copy(update={"platform_words": "", "history": history})


def event_without_note(event: AnyEvent) -> AnyEvent:
    """The event without its note."""
    return event.model_copy(update={"note": ""}) if event.note else event


def keyed_hash(key: str, text: str) -> str:
    """A hash that only the holder of the store can compute, so that it does not give the text away.

    >>> keyed_hash("a key", "123-1234567-1234567") == keyed_hash("another key", "123-1234567-1234567")
    False
    """
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
