"""Pieces that the views on a terminal share; all are drawn with rich, and become plain text when they are piped."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text as Styled

from atoz.model.text import Language
from atoz.report.clock import Clock
from atoz.report.phrases import say


def headed_table(heads: Iterable[str], *, fold: bool = False) -> Table:
    """A table without lines, its heads dim; with `fold` a long cell takes several lines instead of being cut."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in heads:
        table.add_column(head, header_style="dim", overflow="fold" if fold else "ellipsis")
    return table


def zone_line(clock: Clock, language: Language) -> list[Styled]:
    """What the times in brackets are; nothing for a reader who has no zone of their own."""
    return [Styled(say("own_zone", language, zone=clock.own.key), style="dim")] if clock.own else []
