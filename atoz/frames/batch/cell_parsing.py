"""Text cells: dates by explicit formats, faults in words, and what a spreadsheet would run as a formula escaped."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

import polars as pl

from atoz.errors import UnknownName
from atoz.model.instant import FIRST_DAY, FIRST_YEAR, LAST_DAY, LAST_YEAR
from atoz.model.marketplace import Marketplace
from atoz.rulebook.edition import IN_FORCE, Edition, known_editions

Kind = Literal["day", "local", "instant"]
_TIME = ("%H:%M:%S%.f", "%H:%M")
_SHAPES: dict[Kind, str] = {
    "day": r"^\d{4}-\d{2}-\d{2}$",
    "local": r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$",
    "instant": r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})$",
}
_EXPECTED: dict[Kind, str] = {
    "day": "a day such as 2016-06-10",
    "local": "a local time such as 2016-06-01T15:00:00",
    "instant": "an instant such as 2016-06-01T15:00:00Z",
}
REPLACED = "\ufffd"
"""What bytes that are no UTF-8 have been read as."""


def is_dated(clean: pl.Expr) -> pl.Expr:
    """Whether cells without outer blanks are shaped like dates."""
    return pl.any_horizontal(*(clean.str.contains(shape) for shape in _SHAPES.values()))


def date_kind(text: str | None) -> Kind | None:
    """What a cell's text is shaped like; none if it is no date in ISO 8601."""
    return next((kind for kind, shape in _SHAPES.items() if text and re.search(shape, text)), None)


def parse_dates(clean: pl.Expr, kind: Kind | None) -> pl.Expr:
    """Cells without outer blanks as days, naive or aware datetimes; null where they are not what their column holds.

    A column without any kind holds nothing at all.
    """
    if kind is None:
        return pl.lit(None, pl.Null)
    if kind == "day":
        dated = clean.str.to_date("%Y-%m-%d", strict=False, cache=False)
        return pl.when(clean.str.len_bytes() == len("2016-06-10")).then(dated)
    shaped = pl.when(clean.str.contains(_SHAPES[kind])).then(clean.str.replace(" ", "T", literal=True))
    zone = "%z" if kind == "instant" else ""
    unified = shaped.str.replace("Z$", "+00:00") if zone else shaped
    kept = pl.Datetime("us", "UTC" if zone else None)
    moments = [
        unified.str.to_datetime(f"%Y-%m-%dT{time}{zone}", time_unit="us", strict=False, cache=False) for time in _TIME
    ]
    return pl.coalesce(moment.cast(kept) for moment in moments)


class CellCheck(NamedTuple):
    """What can be wrong with a row, and how to say so; the words are only made for rows that are wrong."""

    wrong: pl.Expr
    message: pl.Expr


def date_check(column: str, kind: Kind | None, clean: pl.Expr, value: pl.Expr) -> CellCheck:
    """Whether a cell of text that is not blank is no date of its column's kind."""
    wanted = _EXPECTED[kind] if kind else "a day or an instant in ISO 8601"
    wrong = value.is_null() & (clean.str.len_bytes() > 0)
    return CellCheck(wrong, pl.format("{}: {} is not {}", pl.lit(column), _quoted(pl.col(column)), pl.lit(wanted)))


def year_check(column: str, value: pl.Expr) -> CellCheck:
    """Whether a date lies in a year in which no order can lie."""
    known = value.cast(pl.Date).is_between(FIRST_DAY, LAST_DAY).fill_null(value=True)
    return CellCheck(~known, pl.lit(f"{column}: the year is outside {FIRST_YEAR} to {LAST_YEAR}"))


def marketplace_check(column: str) -> CellCheck:
    """Whether atoz does not know a marketplace."""

    def unknown(cells: pl.Series) -> pl.Series:
        known = [text for text in cells.unique().drop_nulls().to_list() if _is_known(text)]
        return cells.is_not_null() & ~cells.is_in(known)

    text = pl.col(column).cast(pl.String)
    wrong = text.map_batches(unknown, return_dtype=pl.Boolean, is_elementwise=True)
    return CellCheck(wrong, pl.format("{}: {} is not a marketplace", pl.lit(column), _quoted(text)))


def edition_check(column: str, editions: Sequence[Edition] = ()) -> CellCheck:
    """Whether a row names an edition that there is not; an empty cell names none."""
    text = pl.col(column).cast(pl.String)
    known = [
        "",
        IN_FORCE,
        *(name for edition in known_editions(editions).values() for name in {edition.id, edition.reference}),
    ]
    wrong = ~text.str.strip_chars().is_in(known)
    return CellCheck(wrong, pl.format("{}: {} is no edition", pl.lit(column), _quoted(text)))


def utf8_check(columns: Sequence[str]) -> CellCheck:
    """Whether a row has bytes that are no UTF-8."""
    damaged = (pl.col(column).str.contains(REPLACED, literal=True).fill_null(value=False) for column in columns)
    return CellCheck(pl.any_horizontal(*damaged), pl.lit("not UTF-8 text"))


def _is_known(spelt: str) -> bool:
    try:
        Marketplace.of(spelt)
    except UnknownName:
        return False
    return True


def _quoted(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("'"), text.str.slice(0, 40), pl.lit("'"))


def escape_formulas(text: pl.Expr) -> pl.Expr:
    """Cells that a spreadsheet would take for a formula, with an apostrophe before them; plain numbers stay.

    >>> pl.DataFrame({"a": ["=1+1", "-3", "@x", "ok"]}).select(escape_formulas(pl.col("a"))).to_series().to_list()
    ["'=1+1", '-3', "'@x", 'ok']
    """
    signed = text.str.contains(r"^[+-]") & ~text.str.contains(r"^[+-]\d+([.,]\d+)*$")
    return pl.when(text.str.contains(r"^[=@\t\r\n]") | signed).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)
