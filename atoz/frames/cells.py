"""Text cells: dates read by explicit formats, faults told in words, and cells that a spreadsheet would run made harmless."""

from collections.abc import Sequence
from functools import reduce
from typing import Literal

import polars as pl

from atoz.errors import UnknownName
from atoz.model.instant import FIRST_YEAR, LAST_YEAR
from atoz.model.marketplace import Marketplace

Kind = Literal["day", "local", "instant"]
_TIME = ("%H:%M:%S%.f", "%H:%M")
_SHAPES: dict[Kind, str] = {
    "day": r"^\d{4}-\d{2}-\d{2}$",
    "local": r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$",
    "instant": r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})$",
}
_WANTED: dict[Kind, str] = {
    "day": "a day such as 2016-06-10",
    "local": "a local time such as 2016-06-01T15:00:00",
    "instant": "an instant such as 2016-06-01T15:00:00Z",
}
REPLACED = "\ufffd"
"""What bytes that are no UTF-8 have been read as."""


def kind_of(text: str) -> Kind | None:
    """What a cell's text is shaped like; none if it is no date in ISO 8601."""
    found = pl.select(pl.lit(text.strip()).str.contains(pattern).alias(kind) for kind, pattern in _SHAPES.items())
    return next((kind for kind in _SHAPES if found[kind][0]), None)


def parsed(text: pl.Expr, kind: Kind) -> pl.Expr:
    """Cells as days, naive or aware datetimes; null where they are not what their column holds."""
    clean = text.str.strip_chars()
    shaped = pl.when(clean.str.contains(_SHAPES[kind])).then(clean.str.replace(" ", "T", literal=True))
    if kind == "day":
        return shaped.str.to_date("%Y-%m-%d", strict=False)
    zone = "%z" if kind == "instant" else ""
    unified = shaped.str.replace("Z$", "+00:00") if zone else shaped
    kept = pl.Datetime("us", "UTC" if zone else None)
    found = [unified.str.to_datetime(f"%Y-%m-%dT{time}{zone}", time_unit="us", strict=False) for time in _TIME]
    return pl.coalesce(each.cast(kept) for each in found)


def date_fault(column: str, kind: Kind | None, value: pl.Expr, text: pl.Expr) -> pl.Expr:
    """What is wrong with a cell that should hold a date; null if nothing is."""
    given = text.is_not_null() & (text.str.strip_chars() != "")
    wanted = _WANTED[kind] if kind else "a day or an instant in ISO 8601"
    wrong = pl.format("{}: {} is not {}", pl.lit(column), _shown(text), pl.lit(wanted))
    return pl.when(given & value.is_null()).then(wrong).otherwise(year_fault(column, value))


def year_fault(column: str, value: pl.Expr) -> pl.Expr:
    """A year in which no order can lie."""
    outside = pl.lit(f"{column}: the year is outside {FIRST_YEAR} to {LAST_YEAR}")
    return pl.when(~value.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(outside)


def marketplace_fault(column: str) -> pl.Expr:
    """A marketplace that atoz does not know."""
    text = pl.col(column).cast(pl.String)

    def unknown(cells: pl.Series) -> pl.Series:
        known = [each for each in cells.unique().drop_nulls().to_list() if _is_known(each)]
        return cells.is_not_null() & ~cells.is_in(known)

    bad = text.map_batches(unknown, return_dtype=pl.Boolean, is_elementwise=True)
    return pl.when(bad).then(pl.format("{}: {} is no marketplace", pl.lit(column), _shown(text)))


def _is_known(spelt: str) -> bool:
    try:
        Marketplace.of(spelt)
    except UnknownName:
        return False
    return True


def utf8_fault(columns: Sequence[str]) -> pl.Expr:
    """A row with bytes that are no UTF-8."""
    damaged = reduce(
        lambda found, each: found | each, (pl.col(column).str.contains(REPLACED, literal=True) for column in columns)
    )
    return pl.when(damaged).then(pl.lit("not UTF-8 text"))


def _shown(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("'"), text.str.slice(0, 40), pl.lit("'"))


def harmless(text: pl.Expr) -> pl.Expr:
    """Cells that a spreadsheet would take for a formula, with an apostrophe before them; plain numbers stay.

    >>> pl.DataFrame({"a": ["=1+1", "-3", "@x", "ok"]}).select(harmless(pl.col("a"))).to_series().to_list()
    ["'=1+1", '-3', "'@x", 'ok']
    """
    signed = text.str.contains(r"^[+-]") & ~text.str.contains(r"^[+-]\d+([.,]\d+)*$")
    return pl.when(text.str.contains(r"^[=@\t\r\n]") | signed).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)
