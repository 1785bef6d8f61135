"""A store's claims as JSON Lines or CSV: out and in again is the same store; what differs is refused by line."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from atoz import apply, open_claim, retract
from atoz.errors import InvalidDocument
from atoz.model.events import BuyerMessaged, Denied, InformationRequested, SellerResponded
from atoz.store import ClaimStore, export_csv, export_json_lines, load_csv, load_json_lines
from atoz.testing import an_order

FILED = datetime(2026, 7, 1, 16, tzinfo=UTC)
CLAIM = open_claim(an_order(), reason="not_received", filed_at=FILED)


def test_out_and_in_again(store: ClaimStore):
    """Loading an export twice adds once; the order of the lines does not matter."""
    longer = apply(CLAIM, Denied(at=FILED + timedelta(hours=3)))
    other = open_claim(an_order(order_id="123-1234567-0000001"), reason="other", filed_at=FILED)
    lines = [claim.model_dump_json() for claim in (longer, other)]
    assert load_json_lines(store, reversed(lines)).added == 2
    exported = list(export_json_lines(store))
    assert [json.loads(line)["order"]["order_id"][-1] for line in exported] == ["1", "7"]
    again = load_json_lines(store, exported)
    assert (again.added, again.extended, again.unchanged, again.refused) == (0, 0, 2, ())


def test_further_events_are_appended(store: ClaimStore):
    """A file with a longer history of a stored claim extends it; one with a shorter history is refused."""
    longer = apply(CLAIM, BuyerMessaged(at=FILED + timedelta(hours=1)))
    store.add(CLAIM)
    assert load_json_lines(store, [longer.model_dump_json()]).extended == 1
    assert store.get(CLAIM.order.order_id).claim == longer
    assert [refused.line for refused in load_json_lines(store, ["", CLAIM.model_dump_json()]).refused] == [2]


def test_one_document_over_several_lines_is_a_file_too(store: ClaimStore):
    """As `atoz open` and `atoz store show` write a claim; what is wrong with it is named by its first line."""
    lines = CLAIM.model_dump_json(indent=2).splitlines(keepends=True)
    assert load_json_lines(store, ["\n", *lines]).added == 1
    assert [refused.line for refused in load_json_lines(store, ["\n", *lines[:-1]]).refused] == [2]
    assert load_json_lines(store, []).refused == ()


def test_bad_lines_are_named_and_the_rest_is_stored(store: ClaimStore):
    """What is no claim, or does not replay, is refused with its line; blank lines are passed over."""
    impossible = CLAIM.model_dump(mode="json") | {"status": "closed"}
    result = load_json_lines(store, ["{", "\n", CLAIM.model_dump_json(), json.dumps(impossible)])
    assert (result.added, [refused.line for refused in result.refused]) == (1, [1, 4])
    assert "status" in result.refused[1].message


ANSWERED = apply(
    apply(CLAIM, InformationRequested(at=FILED + timedelta(hours=1), respond_by=FILED + timedelta(days=2))),
    SellerResponded(at=FILED + timedelta(hours=5)),
)


def test_a_second_claim_on_an_order_comes_back_as_one(store: ClaimStore, tmp_path: Path):
    """It was filed on another day, and the file has the first claim before it; alone it is refused."""
    second = open_claim(an_order(), reason="other", filed_at=FILED + timedelta(days=20))
    for claim in (CLAIM, second):
        store.add(claim)
    for export, load in ((export_json_lines, load_json_lines), (export_csv, load_csv)):
        lines = "".join(export(store)).splitlines(keepends=True)
        with ClaimStore.open(tmp_path / f"{load.__name__}.db") as other:
            for counts in ((2, 0), (0, 2)):
                result = load(other, lines)
                assert (result.added, result.unchanged, result.refused) == (*counts, ())
            assert [stored.claim for stored in other.find()] == [CLAIM, second]
    with ClaimStore.open(tmp_path / "alone.db") as other:
        other.add(CLAIM)
        assert [refused.line for refused in load_json_lines(other, [second.model_dump_json()]).refused] == [1]


class TestCsv:
    """One row a claim: facts in cells, the history as JSON in one."""

    def test_out_and_in_again(self, store: ClaimStore, tmp_path: Path):
        """Events with all their fields, struck out ones, labels, amounts: the store that is loaded is equal."""
        labelled = an_order(order_id="123-1234567-0000001", total="1234.50 USD", labels={"shop": "=1"})
        other = open_claim(labelled, reason="other", filed_at=FILED, amount="31.90 USD", edition="us-2026")
        other = other.model_copy(update={"window_edition": "us-2026"})
        struck = retract(ANSWERED, ANSWERED.history[-1], "other_claim")
        for claim in (struck, other):
            store.add(claim)
        rows = "".join(export_csv(store)).splitlines(keepends=True)
        assert not [cell for row in csv.reader(rows) for cell in row if cell[:1] in set("=+-@")]
        with ClaimStore.open(tmp_path / "other.db") as copy:
            assert load_csv(copy, rows).added == 2
            assert [stored.claim for stored in copy.find()] == [stored.claim for stored in store.find()]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_a_list_kept_by_hand_is_read(self, store: ClaimStore, delimiter: str):
        """A spreadsheet's own delimiter and byte order mark; without a history, the instants are the history."""
        head = "order_id marketplace placed_at reason filed_at information_requested_at respond_by seller_responded_at"
        row = "123-1234567-1234567 US 2026-04-01T08:00:00-07:00 not_received 2026-07-01T16:00:00Z"
        row += " 2026-07-01T17:00:00Z 2026-07-03T16:00:00Z 2026-07-01T21:00:00Z"
        text = "\ufeff" + "\r\n".join(line.replace(" ", delimiter) for line in (head, row, "")) + "\r\n"
        assert load_csv(store, text.splitlines(keepends=True)).added == 1
        assert store.get(CLAIM.order.order_id).claim.history == ANSWERED.history

    def test_a_row_that_contradicts_itself_is_refused(self, store: ClaimStore):
        """A date corrected in its own column alone, another order's claim id, a wrong status: each is named."""
        store.add(ANSWERED)
        head, row = csv.reader("".join(export_csv(store)).splitlines())
        for column, value in (
            ("filed_at", "2026-07-02T16:00:00Z"),
            ("denied_at", "2026-07-05T16:00:00Z"),
            ("respond_by", "2026-07-04T16:00:00Z"),
            ("status", "closed"),
            ("claim_id", "123-1234567-7654321"),
            ("reason", "no such"),
            ("deliver_by", "4/10/2026"),
            ("history", "[{]"),
            ("total", "lots"),
        ):
            cells = [value if name == column else cell for name, cell in zip(head, row, strict=True)]
            (refused,) = load_csv(store, [_csv(head), "\n", _csv(cells)]).refused
            assert refused.line == 3
            assert column in refused.message
        same = [text.replace("2026-07-01T16:00:00Z", "2026-07-01T09:00:00-07:00") for text in row]
        assert load_csv(store, [_csv(head), _csv(same)]).unchanged == 1

    def test_rows_that_are_no_csv_are_named_and_the_rest_is_read(self, store: ClaimStore):
        """Too many cells, and a quotation mark that is not closed before the end."""
        good = {"order_id": "123-1234567-1234567", "marketplace": "US", "placed_at": "2026-04-01T15:00:00Z"}
        good |= {"reason": "other", "filed_at": "2026-07-01T16:00:00Z"}
        lines = [_csv(good), _csv([*good.values(), "more"]), _csv(good.values()), 'x,"never closed\n']
        result = load_csv(store, lines)
        assert (result.added, [refused.line for refused in result.refused]) == (1, [2, 4])

    @pytest.mark.parametrize(
        ("header", "said"),
        [("", "no header"), ("order_id,buyer_name\n", "buyer_name"), ("order_id,reason,reason\n", "duplicate column")],
    )
    def test_a_header_that_is_not_ours_is_refused(self, store: ClaimStore, header: str, said: str):
        """A column that would be lost, or is there twice, is named before anything is stored."""
        with pytest.raises(InvalidDocument, match=said):
            load_csv(store, [header])


def _csv(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
