"""The phrases of the reports in English and Chinese; every command uses them, so they need no extra."""

from datetime import timedelta

from atoz.model.text import Language, fill


def say(code: str, language: Language, **values: object) -> str:
    """A phrase of the report, filled in."""
    return fill("atoz.report", code, **values).say(language)


def left(span: timedelta | None, language: Language) -> str:
    """Time left in days and hours, rounded down so that nobody believes they have longer; never counted with.

    >>> left(timedelta(days=2, hours=3, minutes=59), "en")
    '2 d 3 h'
    """
    if span is None:
        return "?"
    total = int(span.total_seconds() // 3600)
    days, hours = divmod(total, 24)
    return say("days_hours", language, days=days, hours=hours) if days > 0 else say("hours", language, hours=total)
