"""Files in and out: documents read from a path or standard input, and written so that nothing stored is lost."""

import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TextIO

from atoz.errors import AtozError, Fault, InvalidDocument
from atoz.model.document import parse_json
from atoz.model.record import is_mapping


def read_text(path: str) -> str:
    """The whole text of a file, or of standard input for `-`.

    Raises:
        InvalidDocument: it cannot be read, or is not UTF-8.
    """
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise InvalidDocument(path, (Fault("", "not_readable", error.strerror or "it cannot be read"),)) from error
    except UnicodeDecodeError as error:
        raise InvalidDocument(path, (Fault("", "not_utf8", f"not UTF-8 text at byte {error.start}"),)) from error


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
            if second is None or not _is_whole(first[1]):
                rest = chain([first[1]], [second[1]] if second else [], (line for _, line in numbered))
                yield path, as_object(parse_json("".join(rest), what=path), path)
                return
            for number, line in chain([first, second], numbered):
                yield f"{path} line {number}", _one(line, f"{path} line {number}")
    except OSError as error:
        raise InvalidDocument(path, (Fault("", "not_readable", error.strerror or "it cannot be read"),)) from error
    except UnicodeDecodeError as error:
        raise InvalidDocument(path, (Fault("", "not_utf8", "not UTF-8 text"),)) from error


@contextmanager
def _opened(path: str) -> Iterator[TextIO]:
    if path == "-":
        lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig")
        yield lines
        lines.detach()  # standard input is not ours to close
    else:
        with Path(path).open(encoding="utf-8-sig") as lines:
            yield lines


def _is_whole(line: str) -> bool:
    """Whether a line is a JSON value by itself, so that the file is JSON Lines; a broken line among others is too."""
    try:
        json.loads(line)
    except ValueError:
        return line.strip() not in ("{", "[") and line.rstrip().endswith("}")
    return True


def _one(line: str, where: str) -> dict[str, object] | InvalidDocument:
    try:
        return as_object(parse_json(line, what=where), where)
    except AtozError as error:
        return (
            error
            if isinstance(error, InvalidDocument)
            else InvalidDocument(where, (Fault("", error.code, str(error)),))
        )


def write_new(path: Path, text: str, *, replace: bool) -> None:
    """Write a file as a whole or not at all: the old one stands until the new one is safely on disk.

    Raises:
        InvalidDocument: it exists and is not to be replaced, or it cannot be written.
    """
    if not replace and path.exists():
        raise InvalidDocument(str(path), (Fault("", "exists", "the file exists; name another, or use --in-place"),))
    try:
        target = path.resolve() if replace else path
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".new")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as new:
                new.write(text)
                new.flush()
                os.fsync(new.fileno())
            Path(name).chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o644)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InvalidDocument(
            str(path), (Fault("", "not_writable", error.strerror or "it cannot be written"),)
        ) from error
