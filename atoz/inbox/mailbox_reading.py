"""Mails and files one by one: from a folder, a Maildir, an mbox file, a single file or a stream.

Nothing is changed or fetched, links are not followed, and what is too large is named instead of read.
"""

import mailbox
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from atoz.model.text import Text, fill

MAX_FILE = 64_000_000
"""Bytes of one report file or payload; a mail is cut off far earlier by the reader of notices."""
_MAILDIR = ("cur", "new", "tmp")


class Incoming(NamedTuple):
    """One mail or file."""

    name: str
    """Where it was found."""
    data: bytes | None
    """Its bytes; none if it could not be read."""
    fault: Text = Text(en="")
    """Why it could not be read."""


def incoming(source: str) -> Iterator[Incoming]:
    """Everything at a place: a folder, a Maildir, an mbox file, one file, or `-` for standard input.

    Raises:
        OSError: there is no such place.
    """
    if source == "-":
        yield Incoming("standard input", sys.stdin.buffer.read(MAX_FILE))
        return
    place = Path(source)
    if not place.is_dir():
        yield from _file(place)
    elif all((place / part).is_dir() for part in _MAILDIR):
        for part in ("cur", "new"):  # what lies in tmp is still being delivered
            yield from _folder(place / part)
    else:
        yield from _folder(place)


def _folder(folder: Path) -> Iterator[Incoming]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            yield from _folder(path)
        elif path.is_file():
            yield from _file(path)


def _file(path: Path) -> Iterator[Incoming]:
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            is_mbox = stream.read(5) == b"From "
            if is_mbox:
                yield from _mbox(path)
                return
            if size > MAX_FILE:
                too_large = fill("atoz.inbox", "fault_too_large", size=f"{size:,}", most=f"{MAX_FILE:,}")
                yield Incoming(str(path), None, too_large)
                return
            stream.seek(0)
            yield Incoming(str(path), stream.read(MAX_FILE))
    except FileNotFoundError:
        raise
    except OSError as error:
        yield Incoming(str(path), None, Text(en=error.strerror or "it cannot be read"))


def _mbox(path: Path) -> Iterator[Incoming]:
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.iterkeys(), start=1):
            yield Incoming(f"{path} mail {number}", box.get_bytes(key))
    finally:
        box.close()
