"""Message templates for buyers and for Amazon, and the checker that finds what a message must not say.

Checking and filling in need the extra `messages`. Everything is loaded when it is first used.
"""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    from atoz.messages.checker import check_message as check_message
    from atoz.messages.context import MessageContext as MessageContext
    from atoz.messages.findings import Finding as Finding
    from atoz.messages.findings import MessageKind as MessageKind
    from atoz.messages.findings import Severity as Severity
    from atoz.messages.templates import Draft as Draft
    from atoz.messages.templates import Template as Template
    from atoz.messages.templates import drafts as drafts
    from atoz.messages.templates import fill as fill
else:
    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "checker": ("check_message",),
            "context": ("MessageContext",),
            "findings": ("Finding", "MessageKind", "Severity"),
            "templates": ("Draft", "Template", "drafts", "fill"),
        },
    )
