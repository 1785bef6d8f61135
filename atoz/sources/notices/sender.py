"""Whether a notice's sender is Amazon, as far as the mail itself shows: a claim of the sender's, never a proof."""

from atoz.model.marketplace import Marketplace
from atoz.model.order import TriState
from atoz.sources.notices.phrases import phrasebook
from atoz.sources.parse_result import Level, Note

_LOOKALIKE = "amazon"


def is_from_amazon(sender: str, authentication: tuple[str, ...], notes: list[Note]) -> TriState:
    """Whether the sender's domain is Amazon's; no where the receiving server found that it is forged.

    `authentication` are the mail's `Authentication-Results`. A failure is believed whoever wrote it; a pass is not,
    since a forger can write one too.
    """
    domain = sender.rpartition("@")[2]
    if not domain:
        return TriState.UNKNOWN
    if any(domain.startswith(relay) for relay in phrasebook().domains.relays):
        _note(notes, "buyer_relay", "the sender is Amazon's relay for buyers' messages: these are a buyer's words")
        return TriState.NO
    if not is_amazon_domain(domain):
        if _LOOKALIKE in domain:
            _note(notes, "lookalike_sender", "the sender's domain only looks like Amazon's")
        return TriState.NO
    if any("dmarc=fail" in result.replace(" ", "") for result in authentication):
        _note(notes, "authentication_failed", "the receiving server says that the sender is forged (dmarc=fail)")
        return TriState.NO
    if any("dkim=fail" in result and "spf=fail" in result for result in authentication):
        _note(notes, "authentication_failed", "neither DKIM nor SPF supports the sender; it may be forged")
        return TriState.UNKNOWN
    return TriState.YES


def is_amazon_domain(domain: str) -> bool:
    """Whether a domain is one of Amazon's, or below one.

    >>> is_amazon_domain("amazon.cn"), is_amazon_domain("mail.amazon.de"), is_amazon_domain("amazon.com.evil.example")
    (True, True, False)
    """
    known = (*(marketplace.domain for marketplace in Marketplace.all()), *phrasebook().domains.amazon)
    return any(domain == name or domain.endswith(f".{name}") for name in known)


def _note(notes: list[Note], code: str, detail: str) -> None:
    notes.append(Note(code=code, detail=detail, level=Level.WARN))
