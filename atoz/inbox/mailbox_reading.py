"""Mails and files one by one: from a folder, a Maildir, an mbox file, a single file or a stream.

Nothing is changed or fetched, links are not followed, and what is too large is named instead of read.
"""

import mailbox
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import NamedTuple, Protocol

from atoz.model.text import Text, fill

MAX_FILE = 64_000_000
"""Bytes of one report file or payload; a mail is cut off far earlier by the reader of notices."""
_MAILDIR = ("cur", "new", "tmp")


class _Readable(Protocol):
    """A file, or the part of one that is a mail."""

    def read(self, size: int, /) -> bytes:
        """So many bytes at most."""
        ...


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
        yield from _standard_input()
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


def _standard_input() -> Iterator[Incoming]:
    """What comes in by a pipe, as if it were a file; it is kept in one that only we can read, for as long as needed."""
    with NamedTemporaryFile() as kept:
        copyfileobj(sys.stdin.buffer, kept)
        kept.flush()
        for item in _file(Path(kept.name)):
            yield item._replace(name=item.name.replace(kept.name, "standard input"))


def _file(path: Path) -> Iterator[Incoming]:
    try:
        with path.open("rb") as stream:
            is_mbox = stream.read(5) == b"From "
            stream.seek(0)
            yield from _mbox(path) if is_mbox else [_bounded(str(path), stream)]
    except FileNotFoundError:
        raise
    except OSError as error:
        yield Incoming(str(path), None, Text(en=error.strerror or "it cannot be read"))


def _mbox(path: Path) -> Iterator[Incoming]:
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.iterkeys(), start=1):
            with box.get_file(key) as mail:
                yield _bounded(f"{path} mail {number}", mail)
    finally:
        box.close()


def _bounded(name: str, stream: _Readable) -> Incoming:
    """The bytes of a mail or file, unless there are too many."""
    data = stream.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        return Incoming(name, None, fill("atoz.inbox", "fault_too_large", most=f"{MAX_FILE:,}"))
    return Incoming(name, data)
