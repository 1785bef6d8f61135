"""Polars: the arrays of `zones`, a batch of rows at a time; lazy frames stay lazy and stream."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

import narwhals as nw
import polars as pl

from atoz.frames import zones
from atoz.frames.engines import ZONE
from atoz.frames.marketplaces import zone_code
from atoz.frames.sheet import Frame
from atoz.model.instant import FIRST_YEAR, LAST_YEAR

_INSTANT = pl.Datetime("us", "UTC")


def zoned(frame: Frame, marketplace: str) -> Frame:
    """Zones as codes."""

    def codes(column: pl.Series) -> pl.Series:
        text = column.cast(pl.String)
        spelt = [each for each in text.unique().to_list() if each is not None]
        return text.replace_strict(spelt, [zone_code(each) for each in spelt], default=None, return_dtype=pl.Int8)

    return _with(frame, pl.col(marketplace).map_batches(codes, return_dtype=pl.Int8, is_elementwise=True), ZONE)


def local_day(frame: Frame, column: str, out: str) -> Frame:
    """By table."""
    return _counted(frame, column, out, zones.local_days, pl.Int32, pl.Date)


def from_local(frame: Frame, column: str, out: str) -> Frame:
    """By table."""
    return _counted(frame, column, out, zones.from_local, pl.Int64, _INSTANT)


def instant(frame: Frame, column: str, out: str) -> Frame:
    """The same instant, in microseconds and UTC."""
    at = pl.col(column).cast(_INSTANT)
    return _with(frame, pl.when(at.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(at), out)


def days_later(frame: Frame, column: str, out: str, days: tuple[int, ...]) -> Frame:
    """By table."""
    return _counted(frame, column, out, partial(zones.days_later, days=days), pl.Int64, _INSTANT)


def whole_days(frame: Frame, column: str, out: str, since: int) -> Frame:
    """By whole numbers."""
    return _with(frame, (pl.col(column).dt.timestamp("us") - since) // zones.DAY, out)


def _counted(
    frame: Frame,
    column: str,
    out: str,
    count: Callable[[zones.Int64s, zones.Bools, zones.Codes], zones.Counted],
    whole: type[pl.DataType],
    shown: pl.DataType | type[pl.DataType],
) -> Frame:
    def batch(columns: Sequence[pl.Series]) -> pl.Series:
        at, codes = columns
        moment = at.dt.timestamp("us").fill_null(0).to_numpy()
        found, known = count(moment, at.is_not_null().to_numpy(), codes.fill_null(zones.UNKNOWN).to_numpy())
        values = pl.Series(at.name, found)
        return (values if known.all() else values.set(pl.Series(~known), None)).cast(whole).cast(shown)

    made = pl.map_batches([column, ZONE], batch, return_dtype=shown, is_elementwise=True)
    return _with(frame, made, out)


def _with(frame: Frame, made: pl.Expr, out: str) -> Frame:
    native = cast("pl.LazyFrame", frame.to_native())
    return cast("Frame", nw.from_native(native.with_columns(made.alias(out))))
