"""Spelling, by pyspellchecker's English word list; and the words that disguised text is mended into."""

import re
from collections.abc import Iterator
from functools import cache

from atoz.messages.context import Hit, MessageContext
from atoz.messages.deobfuscation import Vocabulary, edits
from atoz.messages.languages import dictionary
from atoz.messages.rules import LanguageRules, rule_book
from atoz.messages.word_rows import fold_word

_PLAIN_WORD = re.compile(r"(?<![\w@./'-])[a-z]{4,20}(?![\w@/'-]|[.:]\S)")
_RULE_WORD = re.compile(r"(?<![\w{])[^\W\d_]{4,}\*?(?![\w}])")
_SHORTEST = 4


def misspelt(context: MessageContext, limit: int) -> Iterator[Hit]:
    """Lower-case words of an English text that the dictionary lacks, and that are one letter from one that it has.

    The figure is how many different unknown words are looked into: a text with more is not written in English.
    """
    if context.languages != ("en",):
        return
    unknown: dict[str, bool] = {}
    for match in _PLAIN_WORD.finditer(context.text):
        word = match.group()
        if _is_right(word):
            continue
        if word not in unknown and len(unknown) < limit:
            unknown[word] = not dictionary("en").isdisjoint(edits(word))
        if unknown.get(word):
            yield Hit(match.start(), match.end())


def _is_right(word: str) -> bool:
    return word in dictionary("en") or word in rule_book().languages["en"].spelling


@cache
def vocabulary(languages: tuple[str, ...]) -> Vocabulary:
    """The words by which the rules are broken in some languages, for mending disguised text."""
    book = rule_book()
    chosen = [book.languages[code] for code in languages]
    words = {fold_word(part) for language in chosen for phrase in _all_words(language) for part in phrase.split()}
    connectors = frozenset(word for language in chosen for word in (*language.connectors, *language.function_words))
    return Vocabulary(
        whole=frozenset(word for word in words if word.isascii() and word.isalpha()) | connectors,
        beginnings=frozenset(
            word[:-1] for word in words if word.endswith("*") and word[:-1].isalpha() and len(word) > _SHORTEST
        ),
        connectors=connectors,
        # Single slips are mended in English only, which alone has a word list with every form of a word.
        is_right=lambda word: languages[0] != "en" or _is_right(word),
    )


def _all_words(language: LanguageRules) -> Iterator[str]:
    for group in language.words.values():
        yield from group
    for cases in language.cases.values():
        for case in cases:
            for row in (*case.patterns, *case.together):
                yield from _RULE_WORD.findall(row)
