"""The pages as a browser shows them: accessible, silent, unable to run or load anything, and whole on paper."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from atoz.errors import printable
from atoz.lifecycle.operations import apply
from atoz.model.claim import Claim
from atoz.model.events import InformationRequested
from atoz.planner.policy import Policy
from atoz.report.claim_page import claim_page
from atoz.report.worklist_page import worklist_page

NAMES = ("not-received", "silent-seller", "protected-label", "granted-seller-funded", "withdrawn-after-decision")
HOSTILE = (
    '<script>document.title="run"</script><img src=x onerror=\'document.title="run"\'>"><svg onload=alert(1)>'
    "</title></style></main>{{ 7*7 }}{% raw %}&lt;b&gt;\u202egnp.exe <a href='javascript:alert(1)'>x</a>"
)


@pytest.fixture(scope="module")
def pages(example, many, as_of):
    """A page for each kind of claim, and a worklist, by name."""
    made = {name: claim_page(example(name), as_of=as_of) for name in NAMES}
    asked = apply(example("not-received"), InformationRequested(at=as_of - timedelta(hours=2)))
    made["asked"] = claim_page(asked, as_of=as_of)
    return made | {"worklist": worklist_page(many, as_of=as_of, unreadable=2), "empty": worklist_page([], as_of=as_of)}


@pytest.fixture
def opened(browser, tmp_path):
    """Open a page from a file of its own; on leaving, the browser must have had nothing to complain about or load."""

    @contextmanager
    def open_page(text, *, complaints=False, **options):
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        context = browser.new_context(**options)
        page = context.new_page()
        said, asked = [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        yield page
        context.close()
        assert bool(said) is complaints, said
        assert asked == [file.as_uri()]

    return open_page


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh", "dark")])
@pytest.mark.parametrize("name", [*NAMES, "worklist", "empty"])
def test_axe_finds_nothing(opened, pages, node_file, name, scheme, language):
    """Every rule of axe-core holds, in a light and in a dark scheme, in one language each, with every detail open."""
    with opened(pages[name], color_scheme=scheme, bypass_csp=True) as page:
        page.check(f"#language-{language}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.evaluate(node_file("axe-core/axe.min.js").read_text(encoding="utf-8"))
        found = page.evaluate("axe.run({resultTypes: ['violations']})")

    assert len(found["passes"]) > 20, "axe has looked at something"
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []


@pytest.mark.parametrize("name", ["not-received", "worklist"])
def test_language_switch_needs_no_script(opened, pages, name):
    """With scripts off one language is shown, the other after one click, and nothing of the first is left."""
    with opened(pages[name], java_script_enabled=False) as page:
        shown = [page.locator(f"article[lang={each}]").is_visible() for each in ("en", "zh")]
        page.check("#language-zh")
        then = [page.locator(f"article[lang={each}]").is_visible() for each in ("en", "zh")]

    assert (shown, then) == ([True, False], [False, True])


def test_reasons_open_without_script(opened, pages):
    """A date's reason and source are hidden until they are asked for."""
    with opened(pages["not-received"], java_script_enabled=False) as page:
        detail = page.locator("article[lang=en] .deadlines details").nth(1)
        before = detail.locator(".source").is_visible()
        detail.locator("summary").click()
        after = detail.locator(".source").is_visible()

    assert (before, after) == (False, True)


def hostile_claim(example) -> Claim:
    """A claim whose free text tries everything."""
    data = example("not-received").model_dump(mode="json")
    data["platform_words"] = HOSTILE
    for event in data["history"]:
        event["note"] = HOSTILE
    return Claim.model_validate(data)


def hostile_policy() -> Policy:
    """A policy whose words and sources try everything."""
    source = {"title": HOSTILE, "address": "javascript:alert(1)", "words": "<script>alert(1)</script>"}
    text = {"en": HOSTILE, "zh": HOSTILE}
    data = Policy.named("faq-2016").model_dump(mode="json", exclude_none=True)
    for each in (*data["steps"], *data["avoid"]):
        each |= {"source": source, "why": text}
    return Policy.model_validate(data)


def test_hostile_text_cannot_run(opened, example, as_of):
    """A hostile claim and policy show their text as text: no element, link or script of theirs exists."""
    text = claim_page(hostile_claim(example), as_of=as_of, policy=hostile_policy())
    with opened(text) as page:
        title = page.title()
        planted = page.locator("script, img, svg[onload], [onerror], [href^=javascript]").count()
        words = page.locator("article[lang=en] .theirs").text_content()

    assert title == "Claim on order 123-1234567-1234567: Under review"
    assert planted == 0
    assert words == printable(HOSTILE)


def test_policy_stops_scripts_even_so(opened, pages):
    """Were a script ever to slip in, the page's own policy stops it: script, handler and foreign style."""
    slip = (
        '<script>document.title = "run"</script>'
        '<p style="color: red" onclick="document.title = \'run\'" id="slip">x</p>'
    )
    with opened(pages["not-received"].replace("<main>", f"<main>{slip}"), complaints=True) as page:
        page.click("#slip")
        title, colour = page.title(), page.locator("#slip").evaluate("each => getComputedStyle(each).color")

    assert title != "run"
    assert colour != "rgb(255, 0, 0)"


@pytest.mark.parametrize("name", ["not-received", "silent-seller", "worklist"])
@pytest.mark.parametrize(("width", "media"), [(360, "screen"), (1280, "screen"), (688, "print"), (710, "print")])
def test_nothing_sticks_out(opened, pages, name, width, media):
    """Nothing is wider than a phone, a desk's screen, or the text of an A4 or Letter sheet."""
    with opened(pages[name], viewport={"width": width, "height": 900}) as page:
        for language in ("en", "zh"):
            page.emulate_media(media="screen")
            page.check(f"#language-{language}")
            page.emulate_media(media=media)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_paper_has_the_reasons_and_no_switch(opened, pages, paper):
    """On paper the reasons of the deadlines are open, since nobody can click, and the switch is gone."""
    with opened(pages["not-received"]) as page:
        page.emulate_media(media="print")
        sources = page.locator("article[lang=en] .deadlines .source").first.bounding_box()
        bar = page.locator(".bar").is_visible()
        sheets = page.pdf(format=paper).count(b"/Type /Page\n")

    assert sources is not None
    assert sources["height"] > 0
    assert not bar
    assert 2 <= sheets <= 6


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)  # the ways taken differ, and their words are bold
def test_drawing_fits_its_words(opened, pages, name, language):
    """In the drawn state machine every word lies inside its box, or between the two ends of its line."""
    with opened(pages[name], bypass_csp=True) as page:
        page.check(f"#language-{language}")
        boxes = page.evaluate(
            """language => [...document.querySelectorAll(`article[lang=${language}] svg g`)].flatMap(group => {
                const frame = group.querySelector('rect, path').getBBox();
                return [...group.querySelectorAll('text')].map(text => {
                    const box = text.getBBox();
                    return [text.textContent, box.x - frame.x, frame.x + frame.width - box.x - box.width];
                });
            })""",
            language,
        )

    assert len(boxes) > 20
    assert [each for each in boxes if min(each[1:]) < 0] == []


SCREENS = [(width, height, language) for width, height in ((1100, 800), (360, 740)) for language in ("en", "zh")]
VISIBLE = """([selector, language]) => {
    const part = document.querySelector(`article[lang=${language}] ${selector}`);
    const box = part.getBoundingClientRect();
    return [part.textContent.trim().length > 1, box.height > 0, box.top >= 0, box.bottom <= innerHeight];
}"""
LINES = """language => {
    const article = document.querySelector(`article[lang=${language}]`);
    return [...article.querySelectorAll('td time, .facts time')].map(
        time => new Set([...time.getClientRects()].map(box => Math.round(box.top))).size);
}"""
HOLES = """language => {
    const article = document.querySelector(`article[lang=${language}]`);
    return [...article.querySelectorAll('.facts.first:not(.money), .facts.about')].map(card => {
        const rows = new Map();
        for (const cell of card.children) {
            const box = cell.getBoundingClientRect(), top = Math.round(box.top);
            rows.set(top, Math.max(rows.get(top) || 0, box.right));
        }
        const end = card.getBoundingClientRect().right - parseFloat(getComputedStyle(card).paddingRight);
        return Math.max(...[...rows.values()].map(right => end - right));
    });
}"""


@pytest.mark.parametrize(("width", "height", "language"), SCREENS)
@pytest.mark.parametrize("name", [*NAMES, "worklist", "asked"])
def test_first_screen_says_what_by_when_and_what_it_costs(opened, pages, name, width, height, language):
    """Without scrolling: the action, the deadline and the money; no date takes three lines, no card has a hole."""
    selectors = (".todo dd", ".first .deadline dd", ".first .money dd")
    if name == "worklist":
        selectors = (".first.money dd", "tbody td.action", "tbody td.deadline", "tbody td.money")
    with opened(pages[name], viewport={"width": width, "height": height}, bypass_csp=True) as page:
        page.check(f"#language-{language}")
        page.evaluate("scrollTo(0, 0)")
        shown = {selector: page.evaluate(VISIBLE, [selector, language]) for selector in selectors}
        lines, holes = page.evaluate(LINES, language), page.evaluate(HOLES, language)

    assert shown == dict.fromkeys(selectors, [True] * 4)
    assert lines
    assert max(lines) <= 2
    assert max(holes, default=0) <= 1


def test_page_is_shown_in_the_zone_of_the_marketplace(opened, example):
    """Wherever the reader sits, the page speaks the marketplace's wall clock; a browser in Tokyo shows the same."""
    text = claim_page(example("not-received"), as_of=datetime(2016, 6, 22, 2, tzinfo=UTC))
    with opened(text, timezone_id="Asia/Tokyo") as page:
        now = page.locator("article[lang=en] .timeline .now time").text_content()

    assert now == "Tue, Jun 21, 2016, 19:00 PDT"
