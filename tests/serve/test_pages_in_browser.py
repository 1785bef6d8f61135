"""A morning's look in a real browser: the worklist, a claim, its reasons, and the page on paper."""

import pytest

from atoz.serve import ClaimFolder, access, create_app

pytestmark = pytest.mark.slow


@pytest.fixture
def morning(browser, running, folder, node_file):
    """The pages of a real server, and what axe-core finds on one of them."""
    axe = node_file("axe-core/axe.min.js").read_text(encoding="utf-8")

    def violations(page):
        page.evaluate(axe)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        assert len(found["passes"]) > 15, "axe has looked at something"
        return [(row["id"], [node["html"] for node in row["nodes"]]) for row in found["violations"]]

    with running(lambda port: create_app(ClaimFolder(folder), access("127.0.0.1", port))) as port:
        yield f"http://127.0.0.1:{port}", violations


@pytest.mark.parametrize(("width", "language"), [(1100, "en"), (1100, "zh"), (360, "en"), (360, "zh")])
def test_the_worklist_leads_to_each_claim(browser, morning, width, language):
    """Without scripts: the list, one claim by its link, its reasons opened, back; accessible at both widths."""
    server, violations = morning
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/?lang={language}")
    assert violations(page) == []
    shown = page.locator(f"article[lang={language}]")
    links = shown.locator("a[href^='/claims/']")
    assert links.count() == 6
    links.first.click()
    assert "/claims/" in page.url
    page.evaluate("document.querySelectorAll('details').forEach(detail => detail.open = true)")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.go_back()
    assert page.url.startswith(f"{server}/?")
    context.close()
    assert complaints == []
    assert all(url.startswith(server) for url in asked)


def test_the_pages_work_without_scripts_and_on_paper(browser, morning, tmp_path):
    """Scripts off; the language switch still switches; a printed page is more than nothing."""
    server, _ = morning
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/claims/202-7654321-7654321")
    page.check("#language-zh", force=True)
    assert page.locator("article[lang=zh]").is_visible()
    assert not page.locator("article[lang=en]").is_visible()
    paper = page.pdf(path=str(tmp_path / "claim.pdf"))
    assert paper.startswith(b"%PDF")
    context.close()


def test_a_page_of_another_site_reads_nothing(browser, morning, tmp_path):
    """A page from a file tries to fetch the worklist and to post a claim: the browser and the gate both refuse."""
    server, _ = morning
    attack = tmp_path / "attack.html"
    attack.write_text(
        f"""<script>
        window.done = Promise.allSettled([
          fetch("{server}/api/v1/claims").then(answer => answer.text()),
          fetch("{server}/api/v1/plan", {{method: "POST", body: '{{"claim_id": "202-7654321-7654321"}}'}})
            .then(answer => answer.text()),
        ]);
        </script>""",
        encoding="utf-8",
    )
    context = browser.new_context()
    page = context.new_page()
    page.goto(attack.as_uri())
    assert [row["status"] for row in page.evaluate("window.done")] == ["rejected", "rejected"]
    context.close()
