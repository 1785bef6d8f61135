"""What Amazon hands out, read into facts: API payloads, report files, e-mail notices; and what they mean for a claim.

`read_records` reads any of them; `reconcile` suggests, and `apply_suggestions` does what you choose. Everything is
loaded when it is first used.
"""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    from atoz.sources.format_detection import SourceKind as SourceKind
    from atoz.sources.notices.notice_record import Notice as Notice
    from atoz.sources.notices.notice_record import Outcome as Outcome
    from atoz.sources.notices.phrases import Topic as Topic
    from atoz.sources.notices.quoting import Route as Route
    from atoz.sources.notices.reading import open_from_notice as open_from_notice
    from atoz.sources.notices.reading import read_notice as read_notice
    from atoz.sources.odr_rate import OdrView as OdrView
    from atoz.sources.odr_rate import odr_view as odr_view
    from atoz.sources.parse_result import Level as Level
    from atoz.sources.parse_result import Note as Note
    from atoz.sources.parse_result import Origin as Origin
    from atoz.sources.parse_result import Page as Page
    from atoz.sources.parse_result import ParseResult as ParseResult
    from atoz.sources.reconciliation.order_records import OrderRecords as OrderRecords
    from atoz.sources.reconciliation.reconcile import apply_suggestions as apply_suggestions
    from atoz.sources.reconciliation.reconcile import reconcile as reconcile
    from atoz.sources.reconciliation.suggestions import Evidence as Evidence
    from atoz.sources.reconciliation.suggestions import OrderFact as OrderFact
    from atoz.sources.reconciliation.suggestions import Reconciliation as Reconciliation
    from atoz.sources.reconciliation.suggestions import Strength as Strength
    from atoz.sources.reconciliation.suggestions import Suggestion as Suggestion
    from atoz.sources.record_reading import read_records as read_records
    from atoz.sources.records import AnyRecord as AnyRecord
    from atoz.sources.records import records_from as records_from
    from atoz.sources.records import to_line as to_line
    from atoz.sources.report_files.account_health import ChannelHealth as ChannelHealth
    from atoz.sources.report_files.account_health import Metric as Metric
    from atoz.sources.report_files.account_health import account_health as account_health
    from atoz.sources.report_files.account_health import claim_metrics as claim_metrics
    from atoz.sources.report_files.date_range import transactions_from_date_range as transactions_from_date_range
    from atoz.sources.report_files.returns import ReturnFlag as ReturnFlag
    from atoz.sources.report_files.returns import return_flags as return_flags
    from atoz.sources.report_files.settlement import transactions_from_settlement as transactions_from_settlement
    from atoz.sources.sp_api.label_protection import LabelProtection as LabelProtection
    from atoz.sources.sp_api.label_protection import label_protection as label_protection
    from atoz.sources.sp_api.messaging import allowed_messages as allowed_messages
    from atoz.sources.sp_api.order_snapshot import OrderState as OrderState
    from atoz.sources.sp_api.orders import order as order
    from atoz.sources.sp_api.orders import order_rows as order_rows
    from atoz.sources.sp_api.orders import order_state as order_state
    from atoz.sources.sp_api.orders import orders as orders
    from atoz.sources.sp_api.tracking import Delivery as Delivery
    from atoz.sources.sp_api.tracking import delivery as delivery
    from atoz.sources.transactions.deduplication import deduplicate as deduplicate
    from atoz.sources.transactions.finances import finance_transactions as finance_transactions
    from atoz.sources.transactions.funding import Funding as Funding
    from atoz.sources.transactions.funding import FundingView as FundingView
    from atoz.sources.transactions.funding import funding as funding
    from atoz.sources.transactions.transaction import Transaction as Transaction
    from atoz.sources.transactions.transaction import TransactionType as TransactionType
else:
    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "format_detection": ("SourceKind",),
            "notices.notice_record": ("Notice", "Outcome"),
            "notices.phrases": ("Topic",),
            "notices.quoting": ("Route",),
            "notices.reading": ("open_from_notice", "read_notice"),
            "odr_rate": ("OdrView", "odr_view"),
            "parse_result": ("Level", "Note", "Origin", "Page", "ParseResult"),
            "reconciliation.order_records": ("OrderRecords",),
            "reconciliation.reconcile": ("apply_suggestions", "reconcile"),
            "reconciliation.suggestions": ("Evidence", "OrderFact", "Reconciliation", "Strength", "Suggestion"),
            "record_reading": ("read_records",),
            "records": ("AnyRecord", "records_from", "to_line"),
            "report_files.account_health": ("ChannelHealth", "Metric", "account_health", "claim_metrics"),
            "report_files.date_range": ("transactions_from_date_range",),
            "report_files.returns": ("ReturnFlag", "return_flags"),
            "report_files.settlement": ("transactions_from_settlement",),
            "sp_api.label_protection": ("LabelProtection", "label_protection"),
            "sp_api.messaging": ("allowed_messages",),
            "sp_api.order_snapshot": ("OrderState",),
            "sp_api.orders": ("order", "order_rows", "order_state", "orders"),
            "sp_api.tracking": ("Delivery", "delivery"),
            "transactions.deduplication": ("deduplicate",),
            "transactions.finances": ("finance_transactions",),
            "transactions.funding": ("Funding", "FundingView", "funding"),
            "transactions.transaction": ("Transaction", "TransactionType"),
        },
    )
