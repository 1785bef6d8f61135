"""The daily mail: notices and report files into a claim store, what is certain applied and the rest listed to decide.

Everything is loaded when it is first used; it needs the extra `inbox`.
"""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    from atoz.inbox.authentication import Trust as Trust
    from atoz.inbox.decisions import Decision as Decision
    from atoz.inbox.decisions import Pending as Pending
    from atoz.inbox.evaluation import Applied as Applied
    from atoz.inbox.mailbox_reading import Incoming as Incoming
    from atoz.inbox.mailbox_reading import incoming as incoming
    from atoz.inbox.run import InboxResult as InboxResult
    from atoz.inbox.run import run_inbox as run_inbox
else:
    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "authentication": ("Trust",),
            "decisions": ("Decision", "Pending"),
            "evaluation": ("Applied",),
            "mailbox_reading": ("Incoming", "incoming"),
            "run": ("InboxResult", "run_inbox"),
        },
        extra="inbox",
    )
