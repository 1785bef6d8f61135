"""Documents that commands read, from a path or from standard input, of a size that fits in memory."""

import os
import stat
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import PurePath
from typing import BinaryIO

from atoz.errors import Fault, InvalidDocument
from atoz.model.limits import MAX_JSON
from atoz.model.record import is_mapping, parse_json

JSON_LINES = (".jsonl", ".ndjson")
"""How the name of a file ends that holds a document on each line."""
MOST = MAX_JSON
"""The largest document, or line of JSON Lines, that is read, in bytes."""


def read_text(path: str) -> str:
    """The whole text of a file, or of standard input for `-`.

    Raises:
        InvalidDocument: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        with opened(path) as stream:
            return decoded(_bounded(stream.read(MOST + 1), path), path)
    except OSError as error:
        raise unreadable(path, error) from error


def read_object(path: str) -> dict[str, object]:
    """One JSON object.

    Raises:
        InvalidDocument: it is not one.
    """
    return as_object(parse_json(read_text(path), what=path), path)


def as_object(data: object, what: str) -> dict[str, object]:
    """Parsed data as an object.

    Raises:
        InvalidDocument: it is something else.
    """
    if not is_mapping(data):
        raise InvalidDocument(
            what, (Fault("", "not_an_object", "an object is expected here; for many, write one object per line"),)
        )
    return data


def read_objects(path: str) -> Iterator[tuple[str, dict[str, object] | InvalidDocument]]:
    """Every object of a JSON Lines file with where it stands, or what is wrong there; a JSON document is one object.

    What is called `.jsonl` or `.ndjson` is JSON Lines, also if it has one line or none, and so is any other text whose
    first line is a whole object, unless it is called `.json`. A document stands at the path itself. Lines are read one
    at a time, so that a file larger than memory can be read.

    Raises:
        InvalidDocument: the file cannot be read.
    """
    ending = PurePath(path).suffix.lower()
    lined = ending in JSON_LINES
    try:
        with opened(path) as stream:
            numbered = _lines(stream, path)
            first, second = next(numbered, None), next(numbered, None)
            if first is None and (lined or path == "-"):
                return
            if first is None:
                raise InvalidDocument(path, (Fault("", "empty", "the file is empty"),))
            if not lined:
                whole = _is_whole(first[1])
                lined = (whole and ending != ".json") if second is None else whole or _is_whole(second[1])
            if not lined:
                text = _joined(chain([first], [second] if second else [], numbered), path)
                yield path, as_object(parse_json(decoded(text, path), what=path), path)
                return
            for number, line in chain([first], [second] if second else [], numbered):
                yield f"{path} line {number}", _one(line, f"{path} line {number}")
    except OSError as error:
        raise unreadable(path, error) from error


def read_lines(path: str) -> Iterator[str]:
    """The lines of a file with their ends, one at a time; a byte that is not UTF-8 becomes a lone surrogate.

    Raises:
        InvalidDocument: the file cannot be read, or a line is too long.
    """
    try:
        with opened(path) as stream:
            for number in count(1):
                line = _bounded(stream.readline(MOST + 1), f"{path} line {number}")
                if not line:
                    return
                yield line.decode("utf-8", errors="surrogateescape").removeprefix("\ufeff" if number == 1 else "")
    except OSError as error:
        raise unreadable(path, error) from error


@contextmanager
def opened(path: str) -> Generator[BinaryIO]:
    """A file to read, or standard input for `-`.

    A named pipe is opened without waiting: where nobody writes to it, it is empty, and the command does not hang.

    Raises:
        OSError: the file cannot be opened.
    """
    if path == "-":
        yield sys.stdin.buffer  # not ours to close
        return
    with open(path, "rb", opener=_at_once) as stream:
        yield stream


def _at_once(path: str, flags: int) -> int:
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if stat.S_ISFIFO(os.fstat(handle).st_mode):
        os.set_blocking(handle, True)
    return handle


def unreadable(path: str, error: OSError) -> InvalidDocument:
    """The error for a file that the system does not let us read."""
    return InvalidDocument(path, (Fault("", "not_readable", error.strerror or "it cannot be read"),))


def decoded(data: bytes, what: str) -> str:
    """Bytes as UTF-8 text.

    Raises:
        InvalidDocument: they are not.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidDocument(what, (Fault("", "not_utf8", f"not UTF-8 text at byte {error.start}"),)) from None


def _bounded(data: bytes, what: str) -> bytes:
    if len(data) > MOST:
        raise InvalidDocument(what, (Fault("", "too_large", f"it is larger than {MOST // 1024 // 1024} MB"),))
    return data


def _lines(stream: BinaryIO, path: str) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers; one that is too long ends the reading."""
    for number in count(1):
        line = _bounded(stream.readline(MOST + 1), f"{path} line {number}")
        if not line:
            return
        if line.strip():
            yield number, line


def _joined(lines: Iterable[tuple[int, bytes]], path: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    for _, line in lines:
        size += len(line)
        if size > MOST:
            return _bounded(bytes(MOST + 1), path)
        parts.append(line)
    return b"".join(parts)


def _is_whole(line: bytes) -> bool:
    """Whether a line is an object by itself, so that the file is JSON Lines."""
    try:
        return is_mapping(parse_json(line))
    except InvalidDocument as error:
        return error.faults[0].code == "repeated_key"


def _one(line: bytes, where: str) -> dict[str, object] | InvalidDocument:
    try:
        return as_object(parse_json(decoded(line, where), what=where), where)
    except InvalidDocument as error:
        return error
