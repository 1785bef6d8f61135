"""`atoz packet`: the facts of an appeal as Markdown, HTML or JSON."""

import json


def test_markdown_by_default(atoz, claims):
    """Every part has its heading, and what is not on record says so."""
    done = atoz("packet", claims / "granted-seller-funded.json", "--as-of", "2026-09-01T00:00:00Z")
    assert done.code == 0
    assert done.out.startswith("# Facts on order 303-1111111-2222222")
    assert "not on record" in done.out


def test_html_in_chinese_to_a_new_file(atoz, claims, tmp_path):
    """One self-contained page, written once."""
    command = (
        "packet",
        claims / "granted-seller-funded.json",
        "--form",
        "html",
        "--lang",
        "zh",
        "-o",
        tmp_path / "p.html",
    )
    assert atoz(*command).code == 0
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert '<html lang="zh' in page
    assert "<script" not in page
    assert atoz(*command).code == 2


def test_json_has_every_row(atoz, claims):
    """Programs get the sections with their rows in both languages."""
    packet = json.loads(atoz("packet", claims / "granted-seller-funded.json", "--ask", "odr", "--json").out)
    assert packet["ask"] == "odr"
    assert {"claim", "timeline", "evidence", "asked"} <= {section["id"] for section in packet["sections"]}


def test_no_claim_is_an_error(atoz):
    """Anything else than a claim is refused."""
    assert atoz("packet", "-", stdin=b"[]").code == 2
