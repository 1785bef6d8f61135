"""Rows of a CSV file with fewer fields than its header: Polars reads the fields that they lack as empty ones."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl

from atoz.errors import Fault, InvalidDocument

_CHUNK = 1 << 22
_NEWLINE, _COMMA, _QUOTE = b"\n", b",", b'"'


def short_rows(source: Path, fields: int) -> pl.Series:
    """The places of the rows that have fewer fields, counted from 0 after the header.

    Without a quotation mark every line is a row and every comma a border, and counting bytes is enough. Only a file
    with quotation marks is parsed a second time.
    """
    counted = _counted_by_bytes(source, fields)
    places = _counted_by_parser(source, fields) if counted is None else counted
    return pl.Series(places, dtype=pl.UInt32)


def _counted_by_bytes(source: Path, fields: int) -> list[int] | None:
    """The short rows of a file without quotation marks; none if it has some."""
    places, row = list[int](), -1  # the header is no row
    for lines in _whole_lines(source):
        if _QUOTE in lines:
            return None
        text = np.frombuffer(lines, np.uint8)
        ends = np.flatnonzero(text == ord(_NEWLINE))
        commas = np.add.reduceat(text == ord(_COMMA), np.append(0, ends[:-1] + 1), dtype=np.int64)
        places.extend(int(line) + row for line in np.flatnonzero(commas < fields - 1) if int(line) + row >= 0)
        row += len(ends)
    return places


def _whole_lines(source: Path) -> Iterator[bytes]:
    """The file in pieces that end with a line; a last line without an end gets one."""
    rest = b""
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            lines, newline, rest = (rest + chunk).rpartition(_NEWLINE)
            if newline:
                yield lines + newline
    if rest:
        yield rest + _NEWLINE


def _counted_by_parser(source: Path, fields: int) -> list[int]:
    with source.open(encoding="utf-8", errors="replace", newline="\n") as file:
        try:
            return [place for place, row in enumerate(islice(csv.reader(file), 1, None)) if len(row) < fields]
        except csv.Error as error:
            raise InvalidDocument(str(source), (Fault("", "not_readable", f"not CSV: {error}"),)) from error
