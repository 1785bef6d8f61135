"""The amount that a notice speaks of, in the local spelling, and only where it is plain which one it is."""

import re
from collections.abc import Sequence

from atoz.model.marketplace import Marketplace
from atoz.model.money import Money
from atoz.sources.notices.phrasebook import Hit, Says, plain
from atoz.sources.parsed import Level, Note
from atoz.sources.reports.local import local_decimal
from atoz.sources.wire import money_of

_SIGNS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "zł": ("PLN",),
    "₹": ("INR",),
    "¥": ("JPY", "CNY"),
    "$": ("USD", "CAD", "AUD", "MXN", "SGD"),
}
_CODES = tuple(sorted({each.currency for each in Marketplace.all()}))
_UNIT = "|".join(re.escape(each) for each in (*_SIGNS, *(code.casefold() for code in _CODES)))
_NUMBER = r"\d{1,3}(?:[., \u00a0']\d{3})*(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d)"
_AMOUNT = re.compile(
    rf"(?:(?P<before>{_UNIT})\s?(?P<first>{_NUMBER}))|(?:(?<![\d.,-])(?P<second>{_NUMBER})\s?(?P<after>{_UNIT})(?![a-z]))"
)
_TELLS = (Says.GRANTED, Says.ABOUT, Says.RECEIVED)
_NEAR = 120


def amount_in(text: str, marketplace: Marketplace | None, found: Sequence[Hit], notes: list[Note]) -> Money | None:
    """The only amount of a text that `plain` has prepared, or else the one right after a phrase on the claim."""
    flat = text.replace("\n", " ")
    amounts = [
        (hit.start(), money) for hit in _AMOUNT.finditer(flat) if (money := _money(hit, marketplace, notes)) is not None
    ]
    if len({(money.value, money.currency) for _, money in amounts}) == 1:
        return amounts[0][1]
    for words in (text_end for says in _TELLS for text_end in _ends(flat, found, says)):
        near = next((money for start, money in amounts if words <= start <= words + _NEAR), None)
        if near is not None:
            return near
    if amounts:
        notes.append(
            Note(code="several_amounts", detail="several amounts, none next to words on the claim", level=Level.WARN)
        )
    return None


def _ends(flat: str, found: Sequence[Hit], says: Says) -> list[int]:
    """Where a phrase ends in the body; the hits were counted with the subject in front."""
    texts = (plain(words) for hit in found if hit.phrase.says is says for words in hit.phrase.texts)
    return [at + len(words) for words in texts if (at := flat.find(words)) >= 0]


def _money(hit: re.Match[str], marketplace: Marketplace | None, notes: list[Note]) -> Money | None:
    unit = hit["before"] or hit["after"] or ""
    choices = _SIGNS.get(unit, (unit.upper(),))
    code = (
        choices[0]
        if len(choices) == 1
        else marketplace.currency
        if marketplace and marketplace.currency in choices
        else None
    )
    if code is None:
        if all(note.code != "currency_not_said" for note in notes):
            words = "a sign that several currencies share, and no marketplace to tell them apart"
            notes.append(Note(code="currency_not_said", detail=words, level=Level.WARN))
        return None
    return money_of(local_decimal(hit["first"] or hit["second"] or ""), code)
