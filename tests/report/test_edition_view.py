"""An edition in sentences: every figure, every source, every caveat, and what it does not say, in both languages."""

import io
import re

import pytest
from rich.console import Console

from atoz.model.reason import ClaimReason
from atoz.report.edition_view import edition_view
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition import Edition
from atoz.rulebook.explanation import phrase, span_text


def printed(edition, language):
    """What is printed on a screen that breaks no line."""
    screen = Console(file=io.StringIO(), width=10_000)
    screen.print(edition_view(edition, language))
    return "\n".join(line.rstrip() for line in screen.file.getvalue().splitlines())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("edition", Edition.all(), ids=lambda edition: edition.id)
def test_everything_of_an_edition_is_said(edition, language):
    """A sentence for each figure with its span, its starts and its source's number; no code and no placeholder."""
    said = printed(edition, language)
    addresses = list(dict.fromkeys(rule.source.address for rule in edition.parameters))
    for rule in edition.parameters:
        mark = f"[{addresses.index(rule.source.address) + 1}]"
        sentence = [line for line in said.splitlines() if line.endswith(mark)]
        starts = [phrase(f"start_{start}").say(language) for start in rule.starts_with]
        span = span_text(rule.value, rule.unit).say(language) if rule.value else ""
        assert any(span in line and all(start in line for start in starts) for line in sentence), rule.name
        assert all(caveat.say(language) in said for caveat in rule.caveats)
        if rule.on_expiry:
            assert rule.on_expiry.says.say(language) in said
    for number, address in enumerate(addresses, start=1):
        assert re.search(rf"^ *\[{number}\] .*{re.escape(address)}$", said, re.MULTILINE)
    assert all(caveat.say(language) in said for caveat in edition.caveats)
    assert not re.search(r"[{}]|calendar_day|opens_not_before|_at\b", said)


@pytest.mark.parametrize("edition", Edition.all(), ids=lambda edition: edition.id)
def test_what_no_source_supports_is_named(edition):
    """Each deadline is a sentence or stands among what is not said; so does each reason."""
    said = printed(edition, "en")
    unsaid = said.partition("What it does not say")[2].partition("To bear in mind")[0]
    known = {rule.deadline or rule.name for rule in edition.parameters if rule.role == "deadline"}
    times = unsaid.partition("How long there is to: ")[2].splitlines()[:1]
    lacking = times[0].rstrip(".").split(", ") if times else []
    assert lacking == [name.label() for name in DeadlineName if name not in known]
    for reason in ClaimReason:
        figures = [rule for rule in edition.parameters if rule.role.startswith("opens")]
        opens = any(not rule.reasons or reason in rule.reasons for rule in figures)
        line = unsaid.partition("From when the buyer may file for: ")[2].partition(".\n")[0]
        assert (reason.label() in line.split(", ")) is not opens


def test_rights_and_looks_are_not_called_duties():
    """An appeal may be made, and a notice alone asks to look; a soft figure and a later beginning are said."""
    said = printed(Edition.named("us-2026"), "en")
    assert "The seller may appeal within 30 calendar days" in said
    assert "look in Seller Central for a question from Amazon within 72 hours of the filing." in said
    assert re.search(r"must refund the return within 4 calendar days .* \(From 2026-01-26\.\) \[4\]", said)
    british = printed(Edition.named("uk-current"), "en")
    assert "The buyer may appeal within 30 calendar days of the denial." in british
    assert "3 calendar days before the latest delivery day" in printed(Edition.named("faq-2016"), "en")
