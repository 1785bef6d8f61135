"""Every event of a claim: `from atoz.events import Denied`; what each means stands at its class.

The classes are written in `atoz.model.events` alone. Here they follow: checkers read the star, a running program takes
what that module defines, without what it imports.

>>> from datetime import UTC, datetime
>>> Denied(at=datetime(2026, 7, 1, tzinfo=UTC)).leads_to
<ClaimStatus.CLOSED: 'closed'>
"""

TYPE_CHECKING = False  # checkers take this name as true
if TYPE_CHECKING:
    from atoz.model.events import *  # noqa: F403
else:
    from atoz.model import events as _home

    _classes = (kind for kind in vars(_home).values() if isinstance(kind, type) and kind.__module__ == _home.__name__)
    _names = sorted(["AnyEvent", "EVENT_CLASSES", *(kind.__name__ for kind in _classes)])
    globals().update({"__all__": _names, **{name: getattr(_home, name) for name in _names}})
