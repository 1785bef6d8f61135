"""The page of one claim: what stands on it, without a browser."""

import hashlib
import re
from base64 import b64decode
from datetime import UTC, datetime
from html.parser import HTMLParser
from operator import attrgetter

import pytest

from atoz.errors import InvalidDocument, UnknownName
from atoz.lifecycle.operations import open_claim
from atoz.lifecycle.replay import under
from atoz.lifecycle.transition_table import TABLE
from atoz.model.status import ClaimStatus
from atoz.planner.plan import plan
from atoz.planner.policy import shipped_policies
from atoz.report.claim_page import claim_page
from atoz.report.formatting import format_instant, instant_parts
from atoz.report.html import Voice
from atoz.rulebook.edition import Edition

FIRST_LOOK = datetime(2016, 6, 22, 16, tzinfo=UTC)


class Reader(HTMLParser):
    """Collects the text of an article, the addresses that a page would fetch, and whether tags nest."""

    VOID = ("meta", "input", "br", "link", "path", "circle", "rect")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.fetched, self.ids, self.said = [], [], [], {"en": "", "zh": ""}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        """An element opens."""
        found = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id"]
        self.fetched += [found[name] for name in ("src", "data", "background", "poster") if name in found]
        if tag not in self.VOID:
            self.open.append((tag, found))

    def handle_startendtag(self, tag, attrs):
        """An element that closes at once."""
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        """The innermost element must be the one that closes."""
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        """Text belongs to the article that it stands in."""
        for tag, found in self.open:
            if tag == "article":
                self.said[found["lang"]] += data


@pytest.fixture(scope="module")
def text(example, as_of):
    """The page of a claim that is under review."""
    return claim_page(example("not-received"), as_of=as_of)


@pytest.mark.parametrize("name", ["not-received", "silent-seller", "withdrawn-after-decision"])
def test_page_is_whole(example, as_of, name):
    """Tags nest, no id stands twice, and nothing is fetched."""
    page = Reader(claim_page(example(name), as_of=as_of))

    assert page.open == []
    assert len(set(page.ids)) == len(page.ids)
    assert page.fetched == []


def test_page_says_what_the_plan_says(example, text, as_of):
    """Everything the plan holds stands on the page, in both languages: actions, reasons, dates, what not to do."""
    claim = example("not-received")
    made = plan(claim, as_of=as_of)
    said = {language: re.sub(r"\s+", " ", words) for language, words in Reader(text).said.items()}

    for language, words in said.items():
        for each in made.actions:
            assert each.action.label(language) in words
            assert each.why.say(language) in words
            assert each.due_at is None or format_instant(each.due_at, claim.order.zone, language) in words
        for each in made.do_not:
            assert each.what.say(language) in words
        for each in filter(attrgetter("applies"), made.deadlines):
            assert each.name.label(language) in words
            assert all(step.says.say(language) in words for step in each.explain().steps)
        for row in TABLE:
            assert row.meaning.say(language) in words
        for status in ClaimStatus:
            assert all(part in words for part in status.label(language).replace(",", " ").split())
        assert not re.search(r"\{\w*\}", words), "no placeholder is left open"


def test_first_language_is_the_one_asked_for(example, as_of):
    """`language` sets the language of the document, its title, and the switch."""
    text = claim_page(example("not-received"), as_of=as_of, language="zh")

    assert '<html lang="zh">' in text
    assert "<title>订单 123-1234567-1234567 的索赔:在审核中</title>" in text
    assert re.search(r'id="language-zh" checked', text)
    assert not re.search(r'id="language-en" checked', text)


def test_same_input_same_page(example, text, as_of):
    """The page is the same byte for byte."""
    assert claim_page(example("not-received"), as_of=as_of) == text


def test_policy_names_the_style_by_its_hash(text):
    """The security policy allows the one style sheet on the page, by its hash, and nothing else."""
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]

    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert b64decode(policy.split("sha256-")[1].split("'")[0]) == hashlib.sha256(style.encode()).digest()
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=|<script|\son\w+=", text)


def test_dates_are_the_marketplaces_and_money_is_exact(text):
    """09:00 in Seattle is what stands there, with its weekday; the instant beside it is exact."""
    assert '<time datetime="2016-06-27T16:00:00+00:00">Mon, Jun 27, 2016, 09:00 PDT</time>' in text
    assert '<time datetime="2016-06-27T16:00:00+00:00">2016年6月27日周一 09:00 PDT</time>' in text
    assert "$31.90" in text


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://example.org/a", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        (" https://example.org", False),
        ("data:text/html,x", False),
        ("page G200285170 of Seller Central", False),
    ],
)
def test_only_web_addresses_become_links(address, link):
    """An address is a link only if it surely is one on the web."""
    assert (Voice.link(address) == address) is link


def test_bad_arguments_are_atozs_own_errors(example, as_of):
    """A naive instant and an unknown policy are refused by name."""
    with pytest.raises(InvalidDocument, match="as_of"):
        claim_page(example("not-received"), as_of=datetime(2016, 6, 22))  # noqa: DTZ001
    with pytest.raises(UnknownName, match="policy"):
        claim_page(example("not-received"), as_of=as_of, policy="nobody")


@pytest.mark.parametrize("edition", [each.id for each in Edition.all()])
@pytest.mark.parametrize("policy", shipped_policies())
def test_every_edition_and_policy_can_be_drawn(many, as_of, edition, policy):
    """Whatever rules and policy a claim is seen by, whatever its status, there is a page of it, and it is whole."""
    for claim in many:
        page = Reader(claim_page(under(claim, edition), as_of=max(as_of, claim.updated_at), policy=policy))

        assert page.open == []
        assert "undefined" not in page.said["en"]


def test_the_first_card_says_what_by_when_and_how_much(example):
    """What is to be done now, the instant of `Plan.act_by` and the money at risk stand before everything else."""
    claim = example("not-received")
    made = plan(claim, as_of=FIRST_LOOK)
    text = claim_page(claim, as_of=FIRST_LOOK)
    card = text[text.index('<dl class="facts first">') : text.index("</dl>")]

    assert made.act_by is not None
    assert all(action.action.label("en") in card for action in made.now)
    assert all(part in card for part in instant_parts(made.act_by, claim.order.zone, "en"))
    assert "answer Amazon (<code>faq-2016</code>)" in card
    assert "$31.90" in card


def test_deadlines_name_their_readings(example):
    """A claim of 2026 that the FAQ counts shows what today's edition says of the same deadline."""
    old = example("not-received")
    filed_at = datetime(2026, 11, 20, 16, tzinfo=UTC)
    placed = {"placed_at": datetime(2026, 11, 1, tzinfo=UTC), "deliver_by": None}
    claim = open_claim(old.order.model_copy(update=placed), reason="not_received", filed_at=filed_at)
    text = claim_page(claim, as_of=filed_at)

    assert "by edition faq-2016: Fri, Nov 27, 2026, 08:00 PST" in text
    assert "by edition us-2026: Mon, Nov 23, 2026, 08:00 PST" in text
