"""What sources show about a claim that is no event: a flag, a chargeback, a notice that was not understood."""

from collections.abc import Iterable, Iterator, Sequence

from atoz.model.order import TriState
from atoz.sources.notices.notice_record import Notice, Outcome
from atoz.sources.notices.phrases import Topic
from atoz.sources.parse_result import Level, Note
from atoz.sources.report_files.returns import ReturnFlag
from atoz.sources.sp_api.label_protection import LabelProtection
from atoz.sources.sp_api.order_snapshot import OrderState
from atoz.sources.transactions.transaction import Transaction, TransactionType

_MONEY = {
    TransactionType.CHARGEBACK: (
        "chargeback",
        "a chargeback was posted on the order: one defect, but another procedure",
    ),
    TransactionType.UNKNOWN: ("unknown_movement", "a transaction sounds like a claim, but no table knows its name"),
    TransactionType.SAFE_T: ("safe_t", "a SAFE-T reimbursement was posted; that says nothing of the ODR"),
}


def findings(
    flags: Sequence[ReturnFlag],
    transactions: Sequence[Transaction],
    notices: Sequence[Notice],
    states: Sequence[OrderState],
    labels: Sequence[LabelProtection],
    *,
    later: int,
) -> tuple[Note, ...]:
    """Every finding once, by code."""
    notes = (*_flags(flags), *_money(transactions), *_notices(notices), *_states(states), *_labels(labels))
    ahead = (
        (Note(code="later", detail=f"{later} observations lie after the instant asked for and do not count"),)
        if later
        else ()
    )
    by_words = {(note.code, note.detail): note for note in (*notes, *ahead)}
    return tuple(by_words[words] for words in sorted(by_words))


def _flags(flags: Iterable[ReturnFlag]) -> Iterator[Note]:
    marks = {flag.a_to_z for flag in flags}
    if TriState.YES in marks:
        yield Note(code="claim_exists", detail="the returns report marks a claim on the order; not how it stands")
    if TriState.YES in marks and TriState.NO in marks:
        yield Note(
            code="flags_differ",
            detail="rows of the returns report differ on whether there is a claim",
            level=Level.WARN,
        )
    elif TriState.NO in marks:
        yield Note(
            code="no_claim_marked", detail="the returns report marks no claim; how late its mark is, is not known"
        )


def _money(transactions: Iterable[Transaction]) -> Iterator[Note]:
    for transaction in transactions:
        if transaction.type in _MONEY:
            code, words = _MONEY[transaction.type]
            yield Note(
                code=code,
                detail=words,
                level=Level.WARN if transaction.type is not TransactionType.SAFE_T else Level.INFO,
            )
        if (
            transaction.amount is not None
            and transaction.amount.value > 0
            and transaction.type in (TransactionType.GUARANTEE, TransactionType.GUARANTEE_RECOVERY)
        ):
            day = transaction.posted_at.date()
            words = f"{transaction.amount} was credited on {day}; this does not show whether the ODR was corrected"
            yield Note(code="money_back", detail=words)


def _notices(notices: Iterable[Notice]) -> Iterator[Note]:
    for notice in notices:
        if notice.topic is Topic.CLAIM and notice.from_amazon is TriState.NO:
            words = (
                "a mail whose sender is not Amazon's speaks of a claim; look in Seller Central before you believe it"
            )
            yield Note(code="sender_not_amazon", detail=words, level=Level.WARN)
            continue
        if notice.topic is not Topic.CLAIM or not notice.decided:
            continue
        if notice.outcome is Outcome.UNKNOWN:
            yield Note(
                code="decision_not_understood",
                detail="a notice of a decision whose words are not known",
                level=Level.WARN,
            )
        elif notice.outcome in (Outcome.GRANTED, Outcome.NOT_RESPONSIBLE):
            yield Note(
                code="funding_not_said", detail="a notice of a decision that does not say who pays", level=Level.WARN
            )


def _states(states: Sequence[OrderState]) -> Iterator[Note]:
    parcels = [parcel for state in states[-1:] for parcel in state.packages or ()]
    if parcels and all(parcel.is_delivered for parcel in parcels):
        yield Note(
            code="delivered_without_time",
            detail="Amazon marks every package delivered, but not when: read its tracking",
        )


def _labels(labels: Iterable[LabelProtection]) -> Iterator[Note]:
    if {TriState.YES, TriState.NO} <= {label.protected for label in labels}:
        yield Note(
            code="labels_differ", detail="one label carries claims protection and another does not", level=Level.WARN
        )
