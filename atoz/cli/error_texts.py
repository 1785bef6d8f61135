"""What a refusal says on the command line: options instead of Python's arguments, and Chinese where it is asked for.

An error carries its English sentence. The Chinese one stands beside it in `error_texts.toml`, by code and with the same
slots; what fills a slot is found again in the English sentence. A sentence that the list does not know stays English.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, singledispatch
from typing import NamedTuple

from pydantic import TypeAdapter

from atoz.errors import (
    AmbiguousName,
    AtozError,
    ClaimDiffers,
    EditionMissing,
    Fault,
    InvalidDocument,
    MissingExtra,
    MissingRule,
    NoEditionInForce,
    OrderForgotten,
    ReplayRefused,
    StaleClaim,
    StoreUnusable,
    TransitionRefused,
    UnknownName,
    printable,
)
from atoz.messages.placeholders import placeholders
from atoz.model.data_files import read_toml
from atoz.model.record import Record
from atoz.model.status import ClaimStatus
from atoz.model.text import Language
from atoz.rulebook.deadline_clock import DeadlineName

_FOR_PYTHON = re.compile(r" \(in Python: .*?\)(?=$|[,;\n])", re.MULTILINE)
_SLOT = re.compile(r"\{([^{}]+)\}")
_NESTED = frozenset({"message", "wrong"})
"""Slots that hold a sentence of the same code."""
_WORDED = frozenset({*_NESTED, "en", "how", "origin", "what", "asked"})
"""Slots that may hold a single word of atoz's own; in the others only a phrase is one, a single word is a name."""


class Texts(Record):
    """The file of Chinese texts."""

    errors: dict[str, str]
    """What an error says around its facts, by the error's code."""
    words: dict[str, str]
    """Words that stand in a slot."""
    texts: dict[str, dict[str, str]]
    """For each code the English sentences and the Chinese ones."""


class HelpTexts(Record):
    """The file of Chinese help."""

    labels: dict[str, str]
    """What stands around the texts."""
    help: dict[str, str]
    """Every paragraph of help."""
    usage: dict[str, str]
    """What is said about a command that was typed in a wrong way."""


class Sentence(NamedTuple):
    """One English sentence as a pattern, the names of its slots, and the Chinese one."""

    pattern: re.Pattern[str]
    slots: tuple[str, ...]
    chinese: str


@cache
def error_texts() -> Texts:
    """Every Chinese text that there is."""
    return TypeAdapter(Texts).validate_python(read_toml("atoz.cli", "error_texts.toml"))


@cache
def help_texts() -> HelpTexts:
    """Every Chinese text of the help that there is."""
    return TypeAdapter(HelpTexts).validate_python(read_toml("atoz.cli", "help_texts.toml"))


def error_text(error: AtozError, language: Language = "en") -> str:
    r"""What an error says to whoever typed the command.

    >>> error_text(UnknownName("edition", "us-2025", nearest=("us-2026",)), "zh")
    "未知的版本 'us-2025'\n最接近的有:us-2026"
    """
    if language == "en":
        return without_python(str(error))
    return _chinese(error) or without_python(str(error))


def without_python(text: str) -> str:
    """A text without what it says to those who write Python.

    >>> without_python("pass it: --edition FILE (in Python: editions=[ours])")
    'pass it: --edition FILE'
    """
    return _FOR_PYTHON.sub("", text)


def sentence_in(code: str, message: str, language: Language = "zh") -> str:
    """One sentence of a fault or a refusal.

    >>> sentence_in("day", "'soon' is not a calendar day; write one such as 2016-06-10")
    "'soon' 不是日历日期;请写成 2016-06-10 这样的形式"
    """
    plain = without_python(message)
    if language == "en":
        return plain
    return _filled(plain, _sentences(code), code) or _word(plain)


@singledispatch
def _chinese(error: AtozError) -> str | None:  # noqa: ARG001  (the classes say what they hold)
    """An error in Chinese; none for a class that has no Chinese text."""
    return None


@_chinese.register
def _(error: InvalidDocument) -> str:
    many = "_many" if len(error.faults) > 1 else ""
    return _said(f"invalid_document{many}", what=_word(error.what), count=len(error.faults), faults=_faults(error))


@_chinese.register
def _(error: UnknownName) -> str:
    kind, names = ("nearest", error.nearest) if error.nearest else ("known", error.known)
    hint = _said(f"unknown_name_{kind}", names="; ".join(map(_word, names))) if names else ""
    return _said(error.code, what=_word(error.what), asked=repr(error.asked), hint=hint)


@_chinese.register
def _(error: AmbiguousName) -> str:
    return _said(
        error.code, what=_word(error.what), asked=repr(error.asked), candidates="; ".join(map(_word, error.candidates))
    )


@_chinese.register
def _(error: MissingRule) -> str:
    known = ", ".join(error.known) or _said("missing_rule_none")
    return _said(error.code, edition=error.edition, parameter=repr(error.parameter), known=known)


@_chinese.register
def _(error: EditionMissing) -> str:
    changed = "_changed" if error.other else ""
    return _said(f"edition_missing{changed}", edition=error.edition, other=error.other)


@_chinese.register
def _(error: NoEditionInForce) -> str:
    nearest = ", ".join(error.nearest) or _said("nothing")
    return _said(error.code, marketplace=error.marketplace, day=error.day, nearest=nearest)


@_chinese.register
def _(error: TransitionRefused) -> str:
    allowed = ", ".join(error.allowed) or _said("nothing")
    refusal = sentence_in(error.refusal.code, error.refusal.message)
    facts = {"order_id": error.order_id, "status": error.status, "event": error.event}
    return _said(error.code, **facts, refusal=refusal, allowed=allowed)


@_chinese.register
def _(error: ReplayRefused) -> str:
    faults = "".join(f"\n  {_fault(fault)}" for fault in error.faults)
    return _said(error.code, order_id=error.order_id, event=error.event, faults=faults)


@_chinese.register
def _(error: StaleClaim) -> str:
    missed = "".join(f"\n  {line}" for line in error.missed)
    return _said(error.code, claim_id=error.claim_id, actual=error.actual, expected=error.expected, missed=missed)


@_chinese.register
def _(error: ClaimDiffers) -> str:
    return _said(error.code, order_id=error.order_id, claim_ids=", ".join(error.claim_ids))


@_chinese.register
def _(error: OrderForgotten) -> str:
    return _said(error.code, order_id=error.order_id)


@_chinese.register
def _(error: StoreUnusable) -> str:
    return _said(error.code, place=error.place, reason=sentence_in(error.code, error.reason))


@_chinese.register
def _(error: MissingExtra) -> str:
    return _said(error.code, part=_word(error.part), extra=repr(error.extra))


def _said(code: str, **facts: object) -> str:
    return error_texts().errors[code].format(**facts)


def _faults(error: InvalidDocument) -> str:
    if len(error.faults) == 1:
        return _fault(error.faults[0])
    return "".join(f"\n  {_fault(fault)}" for fault in error.faults)


def _fault(fault: Fault) -> str:
    message = sentence_in(fault.code, fault.message)
    return printable(f"{fault.path}:{message}" if fault.path else message)


@cache
def _sentences(code: str) -> tuple[Sentence, ...]:
    of_the_command_line = {"help": help_texts().help, "usage": help_texts().usage}
    return _patterns(of_the_command_line.get(code) or error_texts().texts.get(code, {}))


@cache
def _words() -> tuple[Sentence, ...]:
    named = {name.label("en"): name.label("zh") for name in DeadlineName}
    named |= {status.label("en"): status.label("zh") for status in ClaimStatus}
    named |= {row.label.en: row.label.zh for row in placeholders().values()}
    return _patterns({**named, **error_texts().words})


def _patterns(rows: Mapping[str, str]) -> tuple[Sentence, ...]:
    """The sentences with something to recognise them by, those with most of it first."""
    made: dict[str, Sentence] = {}
    for english, chinese in rows.items():
        literal, slots = _SLOT.split(english)[::2], tuple(_SLOT.findall(english))
        if "".join(literal).strip(";: "):
            pattern = re.compile("(.*?)".join(map(re.escape, literal)), re.DOTALL)
            made[english] = Sentence(pattern, slots, chinese)
    return tuple(made[english] for english in sorted(made, key=lambda text: len(_SLOT.sub("", text)), reverse=True))


def _filled(text: str, sentences: Iterable[Sentence], code: str = "") -> str | None:
    """The Chinese of the first sentence that a text is, with what stands in its slots; none if it is none of them."""
    for sentence in sentences:
        match = sentence.pattern.fullmatch(text)
        if match is None:
            continue
        values: dict[str, list[str]] = defaultdict(list)
        for slot, value in zip(sentence.slots, match.groups(), strict=True):
            translated = sentence_in(code, value) if code and slot in _NESTED else _word(value)
            values[slot].append(translated if slot in _WORDED or " " in value else value)
        parts = _SLOT.split(sentence.chinese)
        parts[1::2] = [values[slot].pop(0) for slot in parts[1::2]]
        return "".join(parts)
    return None


def _word(text: str) -> str:
    """A word or phrase that stands in a slot; names, instants and what a file says stay as they are."""
    return _filled(text, _words()) or text
