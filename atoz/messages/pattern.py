"""The small language that the rules are written in: a row of words, turned into a regular expression."""

import re
from collections.abc import Iterable, Iterator, Mapping

_IN_SENTENCE = r"(?:[^.!?。\n]|[.!?](?=[^\s])|\n(?![ \t]*\n))"
_IN_CLAUSE = r"(?:[^.!?。\n,;,]|[.!?](?=[^\s])|\n(?![ \t]*\n))"
_GAPS = {"..": rf"{_IN_CLAUSE}{{0,30}}?", "...": rf"{_IN_SENTENCE}{{0,110}}?"}
_BETWEEN = r"[\s\"'*-]{1,4}"
_ANY = "_"
_GROUP = re.compile(r"\{([^}]*)\}")

Words = Mapping[str, tuple[str, ...]]
"""Groups of synonyms by name."""


def compiled(pattern: str, words: Words) -> re.Pattern[str]:
    """A pattern as a regular expression over the folded text.

    >>> words = {"change": ("change", "updat*")}
    >>> compiled("{change} your .. review*", words).search("do update your old reviews").group()
    'update your old reviews'

    Raises:
        ValueError: it names a group that there is not.
    """
    made, glue = "", ""
    for token in pattern.split():
        if token in _GAPS:
            made, glue = made + _GAPS[token], ""
            continue
        one = _token(token.removesuffix("?"), words)
        if token.endswith("?"):
            made += f"(?:{glue}{one})?"
            glue = glue or f"(?:{_BETWEEN})?"
        else:
            made, glue = f"{made}{glue}{one}", _BETWEEN
    return re.compile(made)


def names_in(pattern: str, words: Words) -> Iterator[str]:
    """The groups that a pattern uses."""
    for found in _GROUP.findall(pattern):
        yield from (name for name in found.split("|") if name in words)


def _token(token: str, words: Words) -> str:
    if token == _ANY:
        return r"[^\s.!?]+"
    return _any_of(_members(token, words))


def _members(token: str, words: Words) -> Iterator[str]:
    """The words of one place in the row: groups are opened, `a|b` is split; inside braces a plain word stays one."""
    group = _GROUP.fullmatch(token)
    for name in (group[1] if group else token).split("|"):
        if group and name in words:
            yield from words[name]
        elif group and "|" not in group[1]:
            message = f"no group of words is called {name!r}"
            raise ValueError(message)
        else:
            yield name


def _any_of(members: Iterable[str]) -> str:
    longest_first = sorted(set(members), key=lambda each: (-len(each), each))
    return f"(?:{'|'.join(_word(each) for each in longest_first)})"


def _word(word: str) -> str:
    body = r"[\s-]{1,4}".join(re.escape(part).replace(r"\*", "[a-z]*") for part in word.replace("_", " ").split())
    if not word[0].isascii():
        return body
    before = "(?<![a-z0-9])" if word[0].isalnum() else ""
    after = "(?![a-z0-9])" if word[-1].isalnum() or word[-1] == "*" else ""
    return f"{before}{body}{after}"
