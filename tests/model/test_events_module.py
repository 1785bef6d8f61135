"""`atoz.events` is a real module with every event class, and the same classes."""

from pydantic import BaseModel

import atoz
import atoz.events
from atoz.events import EVENT_CLASSES, Denied, Event
from atoz.model import events as model_events


def test_every_event_class_is_there() -> None:
    """One line per class of the model; a new event cannot be forgotten."""
    classes = {
        name
        for name, value in vars(model_events).items()
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == model_events.__name__
    }
    assert classes <= set(atoz.events.__all__)
    assert all(getattr(atoz.events, name) is getattr(model_events, name) for name in atoz.events.__all__)
    assert {cls.__name__ for cls in EVENT_CLASSES.values()} | {"Event"} == classes
    assert issubclass(Denied, Event)
    assert atoz.events.Denied is Denied
