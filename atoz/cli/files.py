"""Files in and out: documents read from a path or standard input, and written so that nothing stored is lost."""

import json
import os
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from atoz.errors import Fault, InvalidDocument
from atoz.model.record import is_mapping, parse_json


def read_text(path: str) -> str:
    """The whole text of a file, or of standard input for `-`.

    Raises:
        InvalidDocument: it cannot be read, or is not UTF-8.
    """
    try:
        return _text(sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes(), path)
    except OSError as error:
        raise InvalidDocument(path, (Fault("", "not_readable", error.strerror or "it cannot be read"),)) from error


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
        raise InvalidDocument(what, (Fault("", "not_an_object", "an object is expected; for many, one object a line"),))
    return data


def read_objects(path: str) -> Iterator[tuple[str, dict[str, object] | InvalidDocument]]:
    """Every object of a JSON Lines file with where it stands, or what is wrong there; a single JSON object is one.

    Lines are read one at a time, so that a file larger than memory can be read.

    Raises:
        InvalidDocument: the file cannot be read.
    """
    try:
        with _opened(path) as lines:
            numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
            first, second = next(numbered, None), next(numbered, None)
            if first is None:
                raise InvalidDocument(path, (Fault("", "empty", "there is nothing in it"),))
            if second is None or not (_is_whole(first[1]) or _is_whole(second[1])):
                rest = chain([first[1]], [second[1]] if second else [], (line for _, line in numbered))
                yield path, as_object(parse_json(_text(b"".join(rest), path), what=path), path)
                return
            for number, line in chain([first, second], numbered):
                yield f"{path} line {number}", _one(line, f"{path} line {number}")
    except OSError as error:
        raise InvalidDocument(path, (Fault("", "not_readable", error.strerror or "it cannot be read"),)) from error


@contextmanager
def _opened(path: str) -> Generator[BinaryIO, None, None]:
    if path == "-":
        yield sys.stdin.buffer  # not ours to close
    else:
        with Path(path).open("rb") as lines:
            yield lines


def _text(data: bytes, what: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidDocument(what, (Fault("", "not_utf8", f"not UTF-8 text at byte {error.start}"),)) from error


def _is_whole(line: bytes) -> bool:
    """Whether a line is an object by itself, so that the file is JSON Lines."""
    try:
        return isinstance(json.loads(line.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return False


def _one(line: bytes, where: str) -> dict[str, object] | InvalidDocument:
    try:
        return as_object(parse_json(_text(line, where), what=where), where)
    except InvalidDocument as error:
        return error


def write_new(path: Path, text: str, *, replace: bool) -> None:
    """Write a file as a whole or not at all: the old one stands until the new one is safely on disk.

    A new file can be read by its owner alone, claims being somebody's business; a replaced one keeps its mode.

    Raises:
        InvalidDocument: it exists and is not to be replaced, or it cannot be written.
    """
    target = path.resolve() if replace else path
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".new")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as new:
                new.write(text)
                new.flush()
                os.fsync(new.fileno())
            if replace:
                Path(name).chmod(target.stat().st_mode & 0o7777)
                Path(name).replace(target)
            else:
                target.hardlink_to(name)  # fails where something stands already, however late it came
        finally:
            Path(name).unlink(missing_ok=True)
    except FileExistsError as error:
        fault = Fault("", "exists", "the file exists; name another, or use --in-place")
        raise InvalidDocument(str(path), (fault,)) from error
    except OSError as error:
        fault = Fault("", "not_writable", error.strerror or "it cannot be written")
        raise InvalidDocument(str(path), (fault,)) from error
