"""Polars: the arrays of `timezone_tables`, a batch of rows at a time; lazy frames stay lazy and stream."""

from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, cast

import narwhals as nw
import polars as pl

from atoz.frames.date_offsets import DAY
from atoz.frames.engines import ZONE
from atoz.frames.frame_types import Frame
from atoz.frames.labels import Cases, first_value
from atoz.frames.marketplaces import UNKNOWN, zone_code
from atoz.model.instant import FIRST_DAY, FIRST_YEAR, LAST_DAY, LAST_YEAR

if TYPE_CHECKING:
    from atoz.frames.timezone_tables import Conversion

_INSTANT = pl.Datetime("us", "UTC")


def zoned(frame: Frame, marketplace: str) -> Frame:
    """Zones as codes."""

    def codes(column: pl.Series) -> pl.Series:
        text = column.cast(pl.String)
        spelt = [spelling for spelling in text.unique().to_list() if spelling is not None]
        return text.replace_strict(
            spelt, [zone_code(spelling) for spelling in spelt], default=None, return_dtype=pl.Int8
        )

    return _with(frame, pl.col(marketplace).map_batches(codes, return_dtype=pl.Int8, is_elementwise=True), ZONE)


def day(frame: Frame, column: str, out: str) -> Frame:
    """The same day."""
    days = pl.col(column).cast(pl.Date)
    return _with(frame, pl.when(days.is_between(FIRST_DAY, LAST_DAY)).then(days), out)


def local_day(frame: Frame, column: str, out: str) -> Frame:
    """By table."""
    from atoz.frames.timezone_tables import local_days  # noqa: PLC0415  (who has only days does not wait for numpy)

    return _converted(frame, column, out, local_days, pl.Int32, pl.Date)


def from_local(frame: Frame, column: str, out: str) -> Frame:
    """By table."""
    from atoz.frames.timezone_tables import from_local as convert  # noqa: PLC0415

    return _converted(frame, column, out, convert, pl.Int64, _INSTANT)


def instant(frame: Frame, column: str, out: str) -> Frame:
    """The same instant, in microseconds and UTC."""
    at = pl.col(column).cast(_INSTANT)
    return _with(frame, pl.when(at.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(at), out)


def days_later(frame: Frame, column: str, out: str, days: tuple[int, ...]) -> Frame:
    """By table."""
    from atoz.frames.timezone_tables import days_later as convert  # noqa: PLC0415

    return _converted(frame, column, out, partial(convert, days=days), pl.Int64, _INSTANT)


def first_label(frame: Frame, cases: Cases, otherwise: StrEnum, out: str) -> Frame:
    """By place in a list: small numbers are quicker to choose among than texts."""
    places = [nw.lit(place, nw.UInt8) for place in range(len(cases) + 1)]
    labels = pl.Series([*(label.value for label, _ in cases), otherwise.value])
    placed = frame.with_columns(**{out: first_value(cases, places)})
    return _with(placed, pl.lit(labels).gather(pl.col(out)), out)


def whole_days(frame: Frame, column: str, out: str, since: int) -> Frame:
    """By number_type numbers."""
    return _with(frame, (pl.col(column).dt.timestamp("us") - since) // DAY, out)


def _converted(
    frame: Frame,
    column: str,
    out: str,
    convert: "Conversion",
    number_type: type[pl.DataType],
    dtype: pl.DataType | type[pl.DataType],
) -> Frame:
    def batch(columns: Sequence[pl.Series]) -> pl.Series:
        at, codes = columns
        moment = at.dt.timestamp("us").fill_null(0).to_numpy()
        numbers, known = convert(moment, at.is_not_null().to_numpy(), codes.fill_null(UNKNOWN).to_numpy())
        values = pl.Series(at.name, numbers)
        return (values if known.all() else values.set(pl.Series(~known), None)).cast(number_type).cast(dtype)

    made = pl.map_batches([column, ZONE], batch, return_dtype=dtype, is_elementwise=True)
    return _with(frame, made, out)


def _with(frame: Frame, made: pl.Expr, out: str) -> Frame:
    native = cast("pl.LazyFrame", frame.to_native())
    return cast("Frame", nw.from_native(native.with_columns(made.alias(out))))
