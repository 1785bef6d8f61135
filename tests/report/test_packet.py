"""The appeal packet: it states what the history holds, shows gaps as gaps, and escapes what people wrote."""

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoz.errors import InvalidDocument
from atoz.model.claim import Claim
from atoz.model.events import (
    EVENT_CLASSES,
    Actor,
    BuyerMessaged,
    EvidenceAdded,
    Filed,
    GrantedAmazonFunded,
    GrantedSellerFunded,
    InformationRequested,
    ResponseLapsed,
    SellerMessaged,
    SellerRefunded,
    SellerResponded,
)
from atoz.model.money import Money
from atoz.model.order import Order
from atoz.model.text import phrases
from atoz.report.appeal_packet import Ask, appeal_packet
from atoz.report.html import markdown_text, packet_html, packet_markdown
from atoz.report.response_times import asked_and_answered

HOSTILE = (
    "<script>alert('x')</script> <img src=x onerror=alert(1)> **bold** [a](javascript:alert(1)) {{ 7*7 }} {% raw %}"
)


def at(day, hour=16, minute=0):
    """An instant of June 2026."""
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


def claim(*events, order=None, **facts):
    """A claim with some events, filed on June 20."""
    about = {"order_id": "123-1234567-1234567", "marketplace": "US", "placed_at": at(1), **(order or {})}
    history = tuple(sorted((Filed(at=at(20)), *events), key=lambda event: event.at))
    return Claim(**{"order": Order(**about), "reason": "not_received", "history": history, **facts})


def rows(packet, section):
    """The rows of a section, as English label and words."""
    return [(row.label.en, row.says.en, row.gap) for row in packet.section(section).rows]


def test_the_parts_come_in_the_order_of_an_appeal():
    """What is asked and by when comes first; then claim, timeline, shipment, protection, messages, offers, evidence."""
    packet = appeal_packet(claim(), as_of=at(30))
    names = [section.id for section in packet.sections]
    assert names == ["asked", "claim", "timeline", "shipment", "protection", "messages", "offered", "evidence"]


def test_a_bare_claim_is_mostly_gaps_and_invents_nothing():
    """Nothing that the record lacks is stated: no delivery, no protection, no offer, no message, no money."""
    packet = appeal_packet(claim(), as_of=at(30))
    gaps = {row.label.en for row in packet.gaps}
    assert {"Delivery scan", "Latest delivery day", "Label with claims protection", "An offer to the buyer"} <= gaps
    assert ("Money", "no decision at the seller's cost is on record", True) in rows(packet, "asked")
    assert all(row.gap for row in packet.section("offered").rows)


def test_the_timeline_has_every_event_once_in_order():
    """As many rows as events, each at its instant."""
    about = claim(
        BuyerMessaged(at=at(19)), SellerMessaged(at=at(21), note="sent the tracking"), SellerResponded(at=at(22))
    )
    found = rows(appeal_packet(about, as_of=at(30)), "timeline")
    assert len(found) == len(about.history)
    assert found[2][1].endswith("Note: sent the tracking")


@pytest.mark.parametrize(
    ("scan", "words"),
    [(datetime(2026, 6, 11, 6, 59, tzinfo=UTC), "by the latest delivery day"), (at(11, 7), "1 days after")],
)
def test_delivery_is_judged_by_the_local_day(scan, words):
    """The last minute of the promised day in Los Angeles, and the first of the next."""
    about = claim(order={"deliver_by": date(2026, 6, 10), "delivered_at": scan})
    assert (
        words
        in {label: says for label, says, _ in rows(appeal_packet(about, as_of=at(30)), "shipment")}["Delivery scan"]
    )


@pytest.mark.parametrize(("minutes", "word"), [(0, "within"), (1, "beyond")])
def test_answers_are_measured_against_the_editions_hours(minutes, word):
    """48 hours to the minute are within them."""
    answer = at(18) + timedelta(hours=48, minutes=minutes)
    about = claim(BuyerMessaged(at=at(18)), SellerMessaged(at=answer), edition="us-2026")
    said = rows(appeal_packet(about, as_of=at(30)), "messages")[0][1]
    assert f"{word} the 48 hours of edition us-2026" in said


def test_an_edition_without_hours_measures_nothing():
    """The FAQ names no hours for answering the buyer: the time is told, the judgement is not."""
    about = claim(BuyerMessaged(at=at(18)), SellerMessaged(at=at(18, 18)))
    assert rows(appeal_packet(about, as_of=at(30)), "messages")[0][1].endswith("after 2 h 0 min")


def test_an_unanswered_message_is_a_gap():
    """The buyer's last word without an answer, and Amazon's question too."""
    about = claim(
        BuyerMessaged(at=at(18)), SellerMessaged(at=at(19)), BuyerMessaged(at=at(21)), InformationRequested(at=at(22))
    )
    found = rows(appeal_packet(about, as_of=at(30)), "messages")
    assert [gap for _, _, gap in found] == [False, True, True, False]


@given(st.lists(st.tuples(st.sampled_from(["buyer", "seller"]), st.integers(0, 1000)), max_size=12))
def test_answers_agree_with_a_search_of_the_whole_history(written):
    """For each message of the buyer: the earliest message of the seller that is not before it."""
    kinds = {"buyer": BuyerMessaged, "seller": SellerMessaged}
    events = [kinds[who](at=at(21) + timedelta(minutes=minute)) for who, minute in written]
    asked = asked_and_answered(claim(*events))
    sellers = [event.at for event in events if isinstance(event, SellerMessaged)]
    expected = [
        (event.at, min((each for each in sellers if each > event.at), default=None))
        for event in sorted(events, key=lambda event: event.at)
        if isinstance(event, BuyerMessaged) and event.at not in sellers
    ]
    assert [(each.at, each.answered_at) for each in asked if each.at not in sellers] == expected


def test_the_first_contact_of_the_order_counts_once():
    """A first message that only the order knows has its row; one that the history holds too has no second."""
    order = {"first_contact_at": at(17)}
    assert len(asked_and_answered(claim(order=order))) == 1
    assert len(asked_and_answered(claim(BuyerMessaged(at=at(17)), order=order))) == 1


@pytest.mark.parametrize(
    ("ask", "labels"),
    [(Ask.MONEY, {"Money"}), ("odr", {"Order Defect Rate"}), (Ask.BOTH, {"Money", "Order Defect Rate"})],
)
def test_what_is_asked_is_money_score_or_both(ask, labels):
    """Each is asked for by itself."""
    about = claim(GrantedSellerFunded(at=at(25), amount="31.90 USD"))
    found = rows(appeal_packet(about, as_of=at(30), ask=ask), "asked")
    assert {label for label, _, _ in found} - {"Appeal by"} == labels


@pytest.mark.parametrize(
    ("events", "facts", "says"),
    [
        (
            [GrantedSellerFunded(at=at(25), amount=Money.parse("20.00 USD"))],
            {"amount": "31.90 USD"},
            "Please return $20.00",
        ),
        ([GrantedSellerFunded(at=at(25))], {"amount": "31.90 USD"}, "Please return $31.90"),
        ([ResponseLapsed(at=at(28), due_at=at(27))], {"amount": "31.90 USD"}, "Please return $31.90"),
        ([GrantedSellerFunded(at=at(25))], {}, "not on record"),
        ([GrantedAmazonFunded(at=at(25), amount=Money.parse("20.00 USD"))], {"amount": "31.90 USD"}, "no decision at"),
    ],
)
def test_the_money_asked_back_is_the_sellers(events, facts, says):
    """What was granted at the seller's cost, else what was claimed; never what Amazon paid."""
    found = rows(appeal_packet(claim(*events, **facts), as_of=at(30)), "asked")
    assert found[0][1].startswith(says)


def test_refunds_and_noted_messages_are_the_offers():
    """A refund without an amount says so."""
    about = claim(SellerMessaged(at=at(21), note="offered a replacement"), SellerRefunded(at=at(22)))
    found = rows(appeal_packet(about, as_of=at(30)), "offered")
    assert [(says, gap) for _, says, gap in found] == [("offered a replacement", False), ("amount not on record", True)]


def test_evidence_shows_what_is_there_and_what_is_not():
    """The checklist stands whole, and what nobody asked for stands behind it."""
    about = claim(EvidenceAdded(at=at(21), evidence="signature"), EvidenceAdded(at=at(21), evidence="video"))
    found = {label: (says, gap) for label, says, gap in rows(appeal_packet(about, as_of=at(30)), "evidence")}
    assert found["The buyer's signature at delivery (required)"] == ("on record: added to the claim", False)
    assert found["The address it was delivered to, as the buyer gave it (required)"][1]
    assert found["Also on record"] == ("video", False)


def test_a_naive_instant_is_refused():
    """When it was put together is an instant with its offset."""
    with pytest.raises(InvalidDocument):
        appeal_packet(claim(), as_of=datetime(2026, 6, 30))  # noqa: DTZ001


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_of_event_and_actor_has_words(language):
    """A timeline never stumbles over an event."""
    words = phrases("atoz.report")
    assert all(words[f"event_{kind}"].say(language) for kind in EVENT_CLASSES)
    assert all(words[f"actor_{actor}"].say(language) for actor in Actor)


def test_every_word_of_the_packet_is_used():
    """No phrase of the packet stands unused in the data."""
    from importlib.resources import files

    room = files("atoz.report")
    code = "".join(each.read_text("utf-8") for each in room.iterdir() if each.name.endswith(".py"))
    for name in (each.removeprefix("packet_") for each in phrases("atoz.report") if each.startswith("packet_")):
        stem = re.escape(name.split("_")[0])
        assert f'"{name}"' in code or f'"packet_{name}"' in code or re.search(rf'f"{stem}_{{', code), name


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.open, self.text = [], [], [], ""

    def handle_starttag(self, tag, attrs):
        """A tag begins."""
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        """The tag that was opened last ends."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Text between tags."""
        self.text += data


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_hostile_claim_runs_nothing(language):
    """Script, image, link and template syntax in a claim come out as text, and the page loads nothing."""
    about = claim(SellerMessaged(at=at(21), note=HOSTILE), platform_words=HOSTILE)
    html = packet_html(appeal_packet(about, as_of=at(30)), language)
    page = Page()
    page.feed(html)
    assert page.open == []
    assert not {"script", "img", "a", "link", "iframe", "object"} & set(page.tags)
    assert not [name for name in page.attributes if name.startswith("on") or name in ("src", "href")]
    assert HOSTILE in page.text
    assert "default-src 'none'" in html
    assert page.text.count("49") == 0


@given(st.text(st.characters(exclude_characters="\0"), max_size=60))
@settings(deadline=None)
def test_any_words_stand_in_the_page_as_they_are(words):
    """Whatever a buyer writes, the page shows it and keeps its shape."""
    about = claim(platform_words=words.encode("utf-8", "replace").decode().replace("\0", ""))
    page = Page()
    page.feed(packet_html(appeal_packet(about, as_of=at(30))))
    assert page.open == []
    assert page.tags.count("section") == 8


@given(st.text(st.characters(exclude_characters="\0"), max_size=60))
def test_markdown_text_stays_on_one_line_and_opens_nothing(words):
    """No line break, no tag, and no unescaped mark."""
    shown = markdown_text(words)
    assert "\n" not in shown
    assert "<" not in shown
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_`\[\]|~#]", shown)


def test_the_markdown_has_a_heading_for_each_part_and_marks_gaps():
    """Eight parts, and every gap in italics."""
    packet = appeal_packet(claim(platform_words=HOSTILE), as_of=at(30))
    text = packet_markdown(packet)
    assert len(re.findall(r"^## ", text, re.MULTILINE)) == 8
    assert text.count("*not on record*") + text.count("*no decision at") >= len(packet.gaps)
    assert "<script" not in text
    assert len(re.findall(r"^- ", text, re.MULTILINE)) == sum(len(each.rows) for each in packet.sections)


def test_both_pages_speak_chinese():
    """The same facts, in Chinese words."""
    packet = appeal_packet(claim(), as_of=at(30))
    assert "请求事项" in packet_markdown(packet, "zh")
    assert '<html lang="zh-Hans">' in packet_html(packet, "zh")


@pytest.mark.parametrize("count", [50, 500])
def test_the_packet_asks_about_each_answer_once(example, monkeypatch, count):
    """A long correspondence is paired in time in proportion to it: no question goes through all the answers."""
    compared = 0

    class Counting(datetime):
        """An instant that counts how often it is compared."""

        def __lt__(self, other):
            nonlocal compared
            compared += 1
            return datetime.__lt__(self, other)

    claim = example("not-received")
    start = claim.updated_at
    events = []
    for minute in range(count):
        at = start + timedelta(minutes=minute + 1)
        counting = Counting.fromisoformat(at.isoformat())
        events += [BuyerMessaged(at=at).model_copy(update={"at": counting})]
        events += [SellerMessaged(at=at).model_copy(update={"at": counting})]
    pairs = asked_and_answered(claim.model_copy(update={"history": (*claim.history, *events)}))
    assert [pair.answered_at for pair in pairs if pair.at > start] == [pair.at for pair in pairs if pair.at > start]
    assert compared < 40 * count
