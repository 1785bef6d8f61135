"""Which language a message is in: by its script, by its little words, else by dictionaries."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from atoz.errors import MissingExtra
from atoz.messages.context import Hit, MessageContext
from atoz.messages.rules import rule_book
from atoz.model.text import Text, fill

_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"@|://|www\.|\w\.\w")
_KANA = re.compile(r"[\u3041-\u30ff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_BY_SCRIPT = ("ja", "zh")
_FEWEST_HAN = 2
_FEWEST_WORDS = 3
_FEWEST_ALONE = 2
_SHARE_IN_DICTIONARY = 0.5


def languages_of(text: str) -> tuple[str, ...]:
    """The languages of a text that the rules can read, the main one first; none where none is recognised.

    >>> languages_of("Bitte senden Sie uns ein Foto."), languages_of("请发一张照片"), languages_of("qwrt zpfk")
    (('de',), ('zh',), ())

    Raises:
        MissingExtra: the extra `messages` is not installed.
    """
    plain = " ".join(chunk for chunk in text.split() if not _ADDRESS.search(chunk))
    words = [word.lower() for word in _WORD.findall(plain) if not _KANA.search(word) and not _HAN.search(word)]
    latin = _of_latin_words(words)
    kana, han = len(_KANA.findall(text)), len(_HAN.findall(text))
    if kana:
        script = "ja"
    elif han >= _FEWEST_HAN:
        script = "zh"
    else:
        return latin
    # A Chinese or Japanese character says about as much as three letters.
    return (script, *latin) if 3 * (kana + han) > sum(map(len, words)) else (*latin, script)


def _of_latin_words(words: list[str]) -> tuple[str, ...]:
    owners = [_with_function_word().get(word, ()) for word in words]
    counts = Counter(code for codes in owners for code in codes)
    ranked = counts.most_common()
    best = tuple(code for code, count in ranked if count == ranked[0][1])
    if len(best) != 1 and len(words) >= _FEWEST_WORDS:
        best = _by_dictionary(words, best) or best
    # Neighbours share many little words, so a second language counts by those that it has for itself.
    alone = Counter(codes[0] for codes in owners if len(codes) == 1)
    return best + tuple(code for code, count in alone.most_common() if count >= _FEWEST_ALONE and code not in best)


@cache
def _with_function_word() -> dict[str, tuple[str, ...]]:
    owners: dict[str, tuple[str, ...]] = {}
    for code, language in rule_book().languages.items():
        for word in language.function_words:
            owners[word] = (*owners.get(word, ()), code)
    return owners


def _by_dictionary(words: list[str], candidates: tuple[str, ...]) -> tuple[str, ...]:
    """The language of these, or of all, whose dictionary has most of the words, if it has half of them."""
    codes = candidates or tuple(code for code in rule_book().languages if code not in _BY_SCRIPT)
    shares = {code: sum(word in dictionary(code) for word in words) / len(words) for code in codes}
    best = max(shares, key=lambda code: shares[code])
    return (best,) if shares[best] >= _SHARE_IN_DICTIONARY else ()


@cache
def dictionary(language: str) -> frozenset[str]:
    """The words of one language, by pyspellchecker's list.

    Raises:
        MissingExtra: the extra `messages` is not installed.
    """
    try:
        checker = import_module("spellchecker").SpellChecker(language=language, distance=1)
    except ImportError as error:
        raise MissingExtra("the message checker", "messages") from error
    return frozenset(checker.word_frequency.dictionary)


def language_judged(context: MessageContext, _limit: int) -> Iterator[Hit]:
    """How far the text was read, where it is not in English, which all rules are read in."""
    main = context.languages[0] if context.languages else None
    if main == "en" or (main is None and len(_WORD.findall(context.text)) < _FEWEST_WORDS):
        return
    book = rule_book()
    if main is None:
        names = [language.name for language in book.languages.values()]
        known = Text(en=", ".join(name.en for name in names), zh="、".join(name.zh for name in names))
        yield Hit(detail=fill("atoz.messages", "language_unknown", known=known))
        return
    worded = [rule.id for rule in book.rules if rule.detector is None]
    read = [name for name in worded if any(name in book.languages[code].cases for code in context.languages)]
    unread = [name for name in worded if name not in read]
    yield Hit(
        detail=fill(
            "atoz.messages",
            "language_read",
            language=book.languages[main].name,
            read=", ".join(read) or "-",
            unread=", ".join(unread) or "-",
        )
    )
