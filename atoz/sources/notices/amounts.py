"""The amount that a notice states: the only one, or the one right behind words on the claim."""

import re
from collections.abc import Sequence

from atoz.model.marketplace import Marketplace
from atoz.model.money import Money
from atoz.sources.notices.phrases import Meaning, PhraseMatch
from atoz.sources.parse_result import Level, Note
from atoz.sources.payload_reader import money_of
from atoz.sources.report_files.locale_parsing import local_decimal

_SIGNS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "zł": ("PLN",),
    "₹": ("INR",),
    "¥": ("JPY", "CNY"),
    "$": ("USD", "CAD", "AUD", "MXN", "SGD"),
}
_CODES = tuple(sorted({marketplace.currency for marketplace in Marketplace.all()}))
_UNIT = "|".join(re.escape(unit) for unit in (*_SIGNS, *(code.casefold() for code in _CODES)))
_NUMBER = r"\d{1,3}(?:[., \u00a0']\d{3})*(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d)"
_AMOUNT = re.compile(
    rf"(?:(?P<before>{_UNIT})\s?(?P<first>{_NUMBER}))|(?:(?<![\d.,-])(?P<second>{_NUMBER})\s?(?P<after>{_UNIT})(?![a-z]))"
)
_BEFORE_AMOUNTS = (Meaning.GRANTED, Meaning.ABOUT, Meaning.RECEIVED)
_NEAR = 120


def stated_amount(
    text: str, marketplace: Marketplace | None, matches: Sequence[PhraseMatch], notes: list[Note]
) -> Money | None:
    """The only amount of a prepared text, or else the one right behind a phrase on the claim; `matches` are its own."""
    amounts = [
        (match.start(), money)
        for match in _AMOUNT.finditer(text)
        if (money := _money(match, marketplace, notes)) is not None
    ]
    if len({(money.value, money.currency) for _, money in amounts}) == 1:
        return amounts[0][1]
    for meaning in _BEFORE_AMOUNTS:
        ends = [match.end for match in matches if match.phrase.says is meaning][:_NEAR]
        near = next(
            (money for end in ends for start, money in amounts if end <= start <= end + _NEAR),
            None,
        )
        if near is not None:
            return near
    if amounts:
        words = "it states several amounts, none of them next to words on the claim; none is taken"
        notes.append(Note(code="several_amounts", detail=words, level=Level.WARN))
    return None


def _money(match: re.Match[str], marketplace: Marketplace | None, notes: list[Note]) -> Money | None:
    unit = match["before"] or match["after"] or ""
    choices = _SIGNS.get(unit, (unit.upper(),))
    local = marketplace.currency if marketplace and marketplace.currency in choices else None
    code = choices[0] if len(choices) == 1 else local
    if code is None:
        if all(note.code != "currency_not_said" for note in notes):
            words = "several currencies share the sign of the amount; say the marketplace with --marketplace"
            notes.append(Note(code="currency_not_said", detail=words, level=Level.WARN))
        return None
    return money_of(local_decimal(match["first"] or match["second"] or ""), code)
