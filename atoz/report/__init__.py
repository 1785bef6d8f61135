"""Findings for people: terminal tables, self-contained pages, the appeal packet, calendars.

`appeal_packet`, `calendar`, `claim_page` and `worklist_page` are in the modules of their names. Pages and calendars
need the extra `report`. Everything is loaded when it is first used.
"""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    from atoz.report.appeal_ask import Ask as Ask
    from atoz.report.appeal_packet import AppealPacket as AppealPacket
    from atoz.report.appeal_packet import PacketSection as PacketSection
    from atoz.report.appeal_packet_rows import PacketRow as PacketRow
    from atoz.report.calendar_entries import Appointment as Appointment
    from atoz.report.calendar_entries import appointments as appointments
    from atoz.report.claim_page import Entry as Entry
    from atoz.report.claim_page import timeline as timeline
    from atoz.report.html import packet_html as packet_html
    from atoz.report.html import packet_markdown as packet_markdown
else:
    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "appeal_ask": ("Ask",),
            "appeal_packet": ("AppealPacket", "PacketSection"),
            "appeal_packet_rows": ("PacketRow",),
            "calendar_entries": ("Appointment", "appointments"),
            "claim_page": ("Entry", "timeline"),
            "html": ("packet_html", "packet_markdown"),
        },
    )
