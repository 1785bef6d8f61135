"""What a text may hold before it is parsed: its size, its nesting, its numbers.

A parser is asked only about texts within these limits, so that no file can hang it or fill the memory. Every scan
here takes time in proportion to the text.
"""

import re
from collections.abc import Iterator
from typing import cast

from atoz.errors import Fault, printable

MAX_JSON = 64 * 1024 * 1024
"""Characters of one JSON text, and bytes of a file of it: a claim of 100,000 events has about 20 million."""
MAX_JSON_VALUES = 4_000_000
"""Values of one JSON text: each takes a hundred bytes of memory, however few characters it has."""
MAX_TOML = 500_000
"""Characters of one TOML text: the longest policy that ships has a tenth of that."""
LONGEST_NAME = 100
"""Characters of a stranger's key or value that an error repeats."""
MAX_DEPTH = 64
"""Objects and lists inside each other; atoz's own documents have six levels."""
MAX_KEY_PARTS = 16
"""Parts of a dotted TOML key."""
MAX_DIGITS = 100
MAX_EXPONENT = 308
"""Beyond this a number is no quantity of anything, and arithmetic with it would not end."""

_JSON_STRING = r'"(?:[^"\\]++|\\.)*+"?'
_JSON_STRINGS, _JSON_MARKS = re.compile(_JSON_STRING, re.DOTALL), re.compile(rf"{_JSON_STRING}|[\[\]{{}}]", re.DOTALL)
_TOML_MARKS = re.compile(
    r'"""(?:[^"\\]++|\\.|"(?!""))*+(?:""")?'
    r"|'''(?:[^']++|'(?!''))*+(?:''')?"
    r'|"(?:[^"\\\n]++|\\.)*+"?'
    r"|'[^'\n]*+'?"
    r"|\#[^\n]*+"
    rf"|(?P<long>[0-9][0-9_]{{{MAX_DIGITS},}}+)"
    r"|(?P<opens>[\[{])|(?P<closes>[\]}])|(?P<dot>\.)|(?P<ends>[\n,=])",
    re.DOTALL,
)
_ODD_ESCAPE = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")


def json_fault(text: str) -> Fault | None:
    """Why a text is not handed to the JSON parser; none if it may be."""
    if len(text) > MAX_JSON:
        return Fault("", "too_large", f"{len(text):,} characters; a document has at most {MAX_JSON:,}")
    opened = text.count("[") + text.count("{")
    if opened + text.count(",") > MAX_JSON_VALUES and _values(text) > MAX_JSON_VALUES:
        return Fault("", "too_large", f"more than {MAX_JSON_VALUES:,} values in one document")
    if opened > MAX_DEPTH and _json_depth(text) > MAX_DEPTH:
        return Fault("", "too_deep", f"more than {MAX_DEPTH} objects and lists inside each other")
    return _unwritable(text)


def toml_fault(text: str) -> Fault | None:
    """Why a text is not handed to the TOML parser; none if it may be."""
    if len(text) > MAX_TOML:
        return Fault("", "too_large", f"{len(text):,} characters; a TOML file has at most {MAX_TOML:,}")
    depth = dots = 0
    for mark in _TOML_MARKS.finditer(text):
        kind = mark.lastgroup
        if kind == "long":
            line = text.count("\n", 0, mark.start()) + 1
            return Fault("", "number_too_long", f"line {line}: a number of more than {MAX_DIGITS} digits")
        depth += (kind == "opens") - (kind == "closes")
        dots = dots + 1 if kind == "dot" else 0 if kind in {"opens", "ends"} else dots
        if depth > MAX_DEPTH or dots >= MAX_KEY_PARTS:
            line = text.count("\n", 0, mark.start()) + 1
            what = f"{MAX_DEPTH} brackets inside each other" if depth > MAX_DEPTH else f"{MAX_KEY_PARTS} parts in a key"
            return Fault("", "too_deep", f"line {line}: more than {what}")
    return _unwritable(text)


def number_fault(text: str) -> Fault | None:
    """Why the digits of a number are not turned into one; none if they may be."""
    digits, _, exponent = text.lower().partition("e")
    if len(digits) > MAX_DIGITS:
        return Fault("", "number_too_long", f"the number {text[:12]}... has more than {MAX_DIGITS} digits")
    if len(exponent) > len("-000308") or (exponent and abs(int(exponent)) > MAX_EXPONENT):
        short = text if len(text) <= len("1e-9999999999") else f"{text[:12]}..."
        return Fault("", "number_too_large", f"the number {short} has an exponent beyond {MAX_EXPONENT}")
    return None


def character_fault(data: object) -> Fault | None:
    """The first text in parsed JSON that cannot be kept: half of a surrogate pair, or the character NUL."""
    for place, text in _texts(data):
        path = printable(place, limit=LONGEST_NAME)
        if "\0" in text:
            return Fault(path, "nul_character", "the character NUL is not allowed in a text")
        if any("\ud800" <= character <= "\udfff" for character in text):
            return Fault(
                path,
                "half_a_character",
                "half of a surrogate pair; write the whole character",
            )
    return None


def has_odd_escapes(text: str) -> bool:
    """Whether a JSON text writes a surrogate or NUL as an escape, so that what it means has to be looked at."""
    return _ODD_ESCAPE.search(text) is not None


def _values(text: str) -> int:
    """The values of a JSON text: what stands inside its strings does not count."""
    bare = _JSON_STRINGS.sub("", text)
    return bare.count("[") + bare.count("{") + bare.count(",")


def _json_depth(text: str) -> int:
    depth = deepest = 0
    for mark in _JSON_MARKS.finditer(text):
        if mark[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                break
        elif mark[0] in "]}":
            depth -= 1
    return deepest


def _unwritable(text: str) -> Fault | None:
    """A text that no file can hold: it was decoded wrongly, or cut between the halves of a character."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        return Fault("", "half_a_character", f"line {line}: half of a surrogate pair; write the whole character")
    return None


def _texts(data: object) -> Iterator[tuple[str, str]]:
    """Every text of parsed JSON with its path, keys included; without recursion."""
    waiting: list[tuple[str, object]] = [("", data)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            for key, inner in cast("dict[str, object]", value).items():
                yield path, key
                waiting.append((f"{path}.{key}".lstrip("."), inner))
        elif isinstance(value, list):
            members = enumerate(cast("list[object]", value))
            waiting.extend((f"{path}.{index}".lstrip("."), inner) for index, inner in members)
