"""The diagrams, drawn by the programs that they are written for."""

import re
import shutil
import subprocess
from xml.etree import ElementTree as ET

import pytest

from atoz.lifecycle.diagram import diagram
from atoz.lifecycle.operations import apply
from atoz.lifecycle.transition_table import TABLE
from atoz.model.events import Observed
from atoz.model.status import ClaimStatus

SVG = "{http://www.w3.org/2000/svg}"


def words_in(svg: str) -> str:
    """All the text of a picture."""
    return " ".join(" ".join(each.itertext()) for each in ET.fromstring(svg).iter(f"{SVG}text"))  # noqa: S314  (dot's own)


@pytest.fixture(params=[None, *ClaimStatus], ids=str)
def claim(request, example):
    """No claim, and one in every status."""
    before = example("not-received")
    return request.param and apply(before, Observed(at=before.updated_at, status=request.param))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_graphviz_draws_it(claim, language, lacking):
    """`dot` draws the graph without a word of complaint: every status a node, every row an edge."""
    dot = shutil.which("dot") or lacking("graphviz")
    done = subprocess.run(
        [dot, "-Tsvg"], input=diagram("dot", claim=claim, language=language).encode(), capture_output=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, b"")
    picture = ET.fromstring(done.stdout)  # noqa: S314
    kinds = [each.get("class") for each in picture.iter(f"{SVG}g")]
    assert kinds.count("node") == len(ClaimStatus) + 1
    assert kinds.count("edge") == len(TABLE)
    assert all(status.label(language) in words_in(done.stdout.decode()) for status in ClaimStatus)


@pytest.fixture(scope="module")
def mermaid(browser, node_file):
    """Mermaid itself in a browser: text in, picture out, an error for text that it cannot read."""
    page = browser.new_page()
    page.set_content("<!DOCTYPE html><title>mermaid</title>")
    page.add_script_tag(content=node_file("mermaid/dist/mermaid.min.js").read_text(encoding="utf-8"))
    page.evaluate("mermaid.initialize({startOnLoad: false, htmlLabels: false})")
    yield lambda text: page.evaluate(
        "async text => { await mermaid.parse(text); return (await mermaid.render('drawn', text)).svg }", text
    )
    page.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_mermaid_draws_it(claim, language, mermaid):
    """Mermaid parses the diagram and draws every status and every event."""
    svg = mermaid(diagram("mermaid", claim=claim, language=language))

    assert 'aria-roledescription="stateDiagram"' in svg
    drawn = "".join(re.sub(r"<style.*?</style>|<[^>]*>", "", svg, flags=re.DOTALL).split())  # lines may break anywhere
    for words in (*(status.label(language) for status in ClaimStatus), *(row.event for row in TABLE)):
        assert "".join(words.split()) in drawn


def test_mermaid_refuses_nonsense(mermaid):
    """The check has teeth: text that is no diagram is refused."""
    with pytest.raises(Exception, match=r"Parse error|Lexical error|UnknownDiagram"):
        mermaid("stateDiagram-v2\n    a --> --> b {")
