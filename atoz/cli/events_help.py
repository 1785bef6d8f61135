"""The events that `atoz apply` takes, with their fields, as text for its help."""

from collections.abc import Iterator

from pydantic.fields import FieldInfo

from atoz.model.events import EVENT_CLASSES, Event

_COMMON = {*Event.model_fields, "kind"}
_SAYS_ITSELF = "actor"
"""A field that most kinds fill in themselves; it is named where it is required."""


def _lines() -> Iterator[str]:
    """Click keeps the lines of a paragraph that begins with this mark as they are."""
    yield "\b\nEvents and their fields (* is required):"
    width = max(map(len, EVENT_CLASSES))
    for kind, event_class in EVENT_CLASSES.items():
        fields = [_named(name, field) for name, field in event_class.model_fields.items() if _is_own(name, field)]
        yield f"  {kind:<{width}}  {' '.join(fields)}".rstrip()
    yield ""
    yield "\b\nFields of every event:"
    yield "  " + " ".join(_named(name, field) for name, field in Event.model_fields.items())
    yield ""
    yield "Amounts are written 31.90 USD, instants 2026-11-24T09:00:00-08:00, yes-or-no fields true or false."
    yield "atoz schema event describes every field."


def _is_own(name: str, field: FieldInfo) -> bool:
    return name not in _COMMON and (name != _SAYS_ITSELF or field.is_required())


def _named(name: str, field: FieldInfo) -> str:
    return f"{name}*" if field.is_required() else name


EVENTS_HELP = "\n".join(_lines())
