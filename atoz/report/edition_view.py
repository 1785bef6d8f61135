"""One edition in sentences: when the buyer may file, who must do what by when, what it does not say, its sources."""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text as Styled

from atoz.model.citation import Source
from atoz.model.reason import ClaimReason
from atoz.model.text import Language
from atoz.report.phrases import say
from atoz.report.terminal import headed_table
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.edition import Edition
from atoz.rulebook.explanation import phrase, span_text
from atoz.rulebook.parameter import FigureKind, Parameter


def edition_view(edition: Edition, language: Language) -> RenderableType:
    """Everything of an edition, as a person reads it; `[1]` behind a sentence is its source in the list at the end."""
    sources = {source.address: source for source in (figure.source for figure in edition.parameters)}
    numbers = {address: number for number, address in enumerate(sources, start=1)}
    parts: list[RenderableType] = [
        Styled(f"{edition.id}: {edition.title.say(language)}", style="bold"),
        Styled(_where_and_when(edition, language)),
    ]
    windows = [figure for figure in edition.parameters if figure.role != "deadline"]
    duties = [figure for figure in edition.parameters if figure.role == "deadline"]
    for heading, figures in (("edition_window", windows), ("edition_deadlines", duties)):
        if figures:
            parts += [Styled(""), Styled(say(heading, language), style="bold")]
        for figure in figures:
            number = numbers[figure.source.address]
            parts.append(Padding(Styled(f"{_sentence(figure, language)} [{number}]"), (0, 0, 0, 2)))
            parts += [Padding(Styled(f"! {text.say(language)}", style="dim"), (0, 0, 0, 4)) for text in figure.caveats]
    for heading, lines in (
        ("edition_unsaid", _unsaid(edition, language)),
        ("edition_caveats", (caveat.say(language) for caveat in edition.caveats)),
        ("edition_sources", _cited(sources.values(), edition, language)),
    ):
        rows = list(lines)
        if rows:
            parts += [Styled(""), Styled(say(heading, language), style="bold")]
            parts += [Padding(Styled(line), (0, 0, 0, 2)) for line in rows]
    return Group(*parts)


def _where_and_when(edition: Edition, language: Language) -> str:
    places = ", ".join(edition.marketplaces) or say("any_place", language)
    span = edition.in_force
    if span is None:
        code = "edition_seen" if edition.seen_from else "edition_named"
        return say(code, language, places=places, first=edition.seen_from)
    code = "edition_from_to" if span.last else "edition_from"
    return say(code, language, places=places, first=span.first, last=span.last)


def _sentence(figure: Parameter, language: Language) -> str:
    """Who may or must do what by when."""
    starts = [phrase(f"start_{start}").say(language) for start in figure.starts_with]
    start = say("edition_or", language).join(starts)
    facts = {
        "span": span_text(figure.value, figure.unit).say(language),
        "start": start,
        "reasons": _reasons(figure.reasons, language),
    }
    if figure.role == "deadline":
        name = figure.deadline or DeadlineName(figure.name)
        said = say(_duty(figure, name), language, what=name.label(language), **facts)
        if figure.on_expiry:
            certainty = say(f"expiry_{figure.on_expiry.certainty}", language)
            said = say(
                "edition_else", language, said=said, certainty=certainty, cost=figure.on_expiry.says.say(language)
            )
    else:
        turn = "back" if figure.value < 0 else "on" if figure.value else "same"
        code = f"{figure.role}_{turn}"
        said = say(f"file_{code}", language, **facts)
    if figure.kind is FigureKind.SOFT:
        said = say("edition_soft", language, said=said)
    if figure.supported_from is not None:
        said = say("edition_figure_from", language, said=said, first=figure.supported_from)
    return said


def _duty(figure: Parameter, name: DeadlineName) -> str:
    """The code of the sentence: an appeal is a right, and the clock of a notice alone asks to look, not to answer."""
    if name in (DeadlineName.APPEAL, DeadlineName.BUYER_APPEAL):
        return "edition_buyer_may" if clock(name).party == "buyer" else "edition_seller_may"
    notice = figure.kind is FigureKind.SOFT and figure.starts_with == ("filed",)
    return "edition_look" if notice else "edition_seller_must"


def _reasons(reasons: Iterable[ClaimReason], language: Language) -> str:
    labels = [reason.label(language) for reason in reasons]
    return say("edition_comma", language).join(labels) or say("any_reason", language)


def _unsaid(edition: Edition, language: Language) -> Iterator[str]:
    """What no source supports: reasons without an opening or a closing day, and deadlines without a figure."""
    for code, roles in (("edition_no_opening", ("opens", "opens_not_before")), ("edition_no_closing", ("closes",))):
        figures = [figure for figure in edition.parameters if figure.role in roles]
        lacking = [
            reason for reason in ClaimReason if not any(not row.reasons or reason in row.reasons for row in figures)
        ]
        if lacking:
            yield say(code, language, reasons=_reasons(lacking, language))
    known = {figure.deadline or figure.name for figure in edition.parameters if figure.role == "deadline"}
    unknown = [name.label(language) for name in DeadlineName if name not in known]
    if unknown:
        yield say("edition_no_time", language, what=say("edition_comma", language).join(unknown))


def _cited(sources: Iterable[Source], edition: Edition, language: Language) -> Iterator[str]:
    for number, source in enumerate(sources, start=1):
        rows = [figure for figure in edition.parameters if figure.source.address == source.address]
        trusted = dict.fromkeys(figure.confidence.label(language) for figure in rows)
        yield f"[{number}] {source.short(language)}; {' / '.join(trusted)}; {source.address}"


def editions_view(editions: Iterable[Edition], language: Language) -> RenderableType:
    """Every edition, a line each."""
    heads = (say(f"column_{code}", language) for code in ("edition", "title", "marketplaces", "in_force"))
    table = headed_table(heads, fold=True)
    for edition in editions:
        places = ", ".join(edition.marketplaces) or say("any_place", language)
        span = edition.in_force
        days = f"{span.first} – {span.last or ''}" if span else _undated(edition, language)
        table.add_row(edition.id, edition.title.say(language), places, days)
    return table


def _undated(edition: Edition, language: Language) -> str:
    """An edition without dates of its own: since when it counts as in force, or that it is used by naming it."""
    return say("seen_from", language, day=edition.seen_from) if edition.seen_from else say("undated", language)
