"""Lines of a report file, decoded while they are read: memory stays flat however long the file is."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from atoz.errors import Fault, InvalidDocument, nearest_names
from atoz.model.order_id import ORDER_ID

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_LINE = 262_144
"""Characters of one line; what is longer is no report and is cut there."""
_HEAD = 65_536
_STEP = MAX_LINE
_MAX_SKIPPED = 64_000_000
_GZIP = b"\x1f\x8b"
_UNSUSPICIOUS = 8_000_000
_MOST_EXPANSION = 200
"""Reports shrink to a tenth or a twentieth."""
_KANA = range(0x3040, 0x3100)


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8, read as the Windows code page that Western European files come in."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("atoz-cp1252", _as_cp1252)


def encoding_of(head: bytes) -> str:
    """The encoding of a file by its first bytes: UTF-8 or 16 with a mark, Shift-JIS where it gives kana, else UTF-8.

    Where UTF-8 fails further on, the failing bytes alone are read as cp1252, which covers Western European files.

    >>> encoding_of("日付/時間,決済番号,トランザクションの種類".encode("cp932"))
    'cp932'
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        japanese = head.decode("cp932", errors="replace")
        return "cp932" if any(ord(character) in _KANA for character in japanese) else "utf-8-sig"
    return "utf-8-sig"


def unpacked(stream: BinaryIO, what: str = "file") -> io.BufferedReader:
    """The stream, or what its gzip holds: report documents come compressed.

    Raises:
        InvalidDocument: it is compressed twice; while it is read, that it expands far beyond what reports do.
    """
    buffered = _buffered(stream)
    if buffered.peek(2)[:2] != _GZIP:
        return buffered
    plain = _buffered(_Decompressed(buffered, what))
    if plain.peek(2)[:2] == _GZIP:
        words = "the file is compressed twice; decompress it once before you read it"
        raise InvalidDocument(what, (Fault("", "compressed_twice", words),))
    return plain


class _CountedFile:
    """A compressed file that knows how much of it has been read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.count += len(data)
        return data


class _Decompressed(io.RawIOBase):
    """What a gzip file holds, as long as it does not expand beyond reason: 60 kB can hold 60 MB of brackets."""

    def __init__(self, stream: BinaryIO, what: str) -> None:
        self._packed = _CountedFile(stream)
        self._plain = gzip.GzipFile(fileobj=cast("BinaryIO", self._packed))
        self._what = what
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        data = self._plain.read1(len(view))
        view[: len(data)] = data
        self._size += len(data)
        if self._size > max(_UNSUSPICIOUS, _MOST_EXPANSION * self._packed.count):
            words = f"the compressed file expands to more than {_MOST_EXPANSION} times its size; decompress it yourself"
            raise InvalidDocument(self._what, (Fault("", "expands_too_far", words),))
        return len(data)


def _buffered(stream: object) -> io.BufferedReader:
    """A reader that can peek; one that can is returned as it is."""
    if isinstance(stream, io.BufferedReader):
        return cast("io.BufferedReader", stream)
    return io.BufferedReader(cast("io.RawIOBase", stream))


def lines_of(stream: BinaryIO, *, what: str = "file", longest: int = MAX_LINE) -> Iterator[str]:
    """Every line of a binary stream, without its end; one longer than `longest` is cut. The stream stays open.

    Raises:
        InvalidDocument: the compressed file is broken or expands too far, or a line has no end within reason.
    """
    try:
        plain = unpacked(stream, what)
        encoding = encoding_of(plain.peek(_HEAD)[:_HEAD])
        errors = "replace" if encoding == "utf-16" else "atoz-cp1252"
        text = io.TextIOWrapper(plain, encoding=encoding, errors=errors)
        try:
            yield from _cut(text, longest, what)
        finally:
            text.detach()  # the file is whoever's who opened it
    except (EOFError, OSError, zlib.error, UnicodeError) as error:
        raise InvalidDocument(what, (Fault("", "unreadable", "the file cannot be read to its end"),)) from error


def _cut(text: io.TextIOWrapper, longest: int, what: str) -> Iterator[str]:
    while line := text.readline(longest):
        yield line.rstrip("\r\n")
        skipped = 0
        while len(line) >= _STEP and not line.endswith("\n"):
            line = text.readline(_STEP)
            skipped += len(line)
            if skipped > _MAX_SKIPPED:
                words = f"a line has no end after {_MAX_SKIPPED:,} characters; this is no report"
                raise InvalidDocument(what, (Fault("", "endless_line", words),))


def column_key(name: str) -> str:
    """A column's name without case, spaces, hyphens, colons and quotes.

    >>> column_key(" Order-ID: ") == column_key("order id")
    True
    """
    return "".join(character for character in name.casefold() if character.isalnum())


class Columns:
    """Where each wanted column stands."""

    def __init__(
        self, header: Sequence[str], wanted: Mapping[str, Sequence[str]], *, required: Sequence[str], what: str
    ) -> None:
        """Find the wanted columns under any of their names.

        Raises:
            InvalidDocument: required ones are missing; all of them are named together.
        """
        places: dict[str, int] = {}
        for index, name in enumerate(header):
            places.setdefault(column_key(name), index)
        self._index = {
            field: next((places[column_key(name)] for name in names if column_key(name) in places), -1)
            for field, names in wanted.items()
        }
        missing = [field for field in required if self._index[field] < 0]
        if missing:
            raise InvalidDocument(what, tuple(_missing(wanted[field][0], header) for field in missing))
        self.width = max(self._index.values()) + 1
        self.length = len(header)

    def index(self, field: str) -> int:
        """Where a column stands; -1 where it is absent."""
        return self._index[field]

    def cell(self, row: Sequence[str], field: str) -> str:
        """A row's cell, without the space around it; blank where the column or the cell is absent."""
        index = self._index[field]
        return row[index].strip() if 0 <= index < len(row) else ""


def _missing(name: str, header: Sequence[str]) -> Fault:
    near = nearest_names(column_key(name), map(column_key, header[:200]), limit=1, cutoff=0.7)
    hint = f"; the nearest column is {near[0]}" if near else ""
    return Fault("line 1", "missing_column", f"the column {name} is missing{hint}")


class RowRefusal(NamedTuple):
    """Why a row is refused: a stable code, and words."""

    code: str
    words: str


def order_id_refusal(order_id: str) -> RowRefusal | None:
    """Why a row is refused for its order id; none for one in Amazon's form.

    >>> order_id_refusal("123-1234567-1234567"), order_id_refusal("").code, order_id_refusal("12-3").code
    (None, 'no_order_id', 'odd_order_id')
    """
    if ORDER_ID.fullmatch(order_id):
        return None
    if not order_id:
        return RowRefusal("no_order_id", "there is no order id")
    return RowRefusal("odd_order_id", "the order id is not in Amazon's form; refused")
