"""The readable text of an HTML body, in one pass whose cost grows with its length alone."""

import re
from html import unescape

_BLOCKS = frozenset({"p", "div", "tr", "td", "th", "li", "table", "h1", "h2", "h3", "h4", "blockquote", "hr"})
_LINE_BREAK = "br"
_SKIPPED = frozenset({"script", "style", "head", "title"})
_QUOTED = "blockquote"
_PARAGRAPHS = re.compile(r"\n{3,}")


def html_text(html: str) -> str:
    """The text of every block as a paragraph; scripts, styles and comments are left out, quotes are marked with `>`.

    >>> print(html_text("<style>p{}</style><p>Claim of <b>$5.00</b></p><!-- <b>no</b> --><blockquote>old</blockquote>"))
    Claim of $5.00
    <BLANKLINE>
    > old
    """
    pieces: list[str] = []
    skipping = ""
    quotes = 0
    for index, piece in enumerate(html.split("<")):
        if index == 0:
            pieces.append(piece)
            continue
        if skipping == "!--":
            tail = piece.partition("-->")
            skipping, text = ("", tail[2]) if tail[1] else (skipping, "")
            pieces.append(text)
            continue
        tag, _, text = piece.partition(">")
        name = tag.strip("/ ").split(None, 1)[0].casefold().rstrip("/") if tag.strip("/ ") else ""
        if skipping:
            skipping = "" if tag.startswith("/") and name == skipping else skipping
            text = "" if skipping else text
        elif tag.startswith("!--"):
            body = piece[3:].partition("-->")
            skipping, text = ("", body[2]) if body[1] else ("!--", "")
        elif name in _SKIPPED and not tag.startswith("/"):
            skipping, text = name, ""
        if name == _QUOTED:
            quotes = max(quotes + (-1 if tag.startswith("/") else 1), 0)
        if name in _BLOCKS or name == _LINE_BREAK:
            pieces.append(("\n" if name == _LINE_BREAK else "\n\n") + ("> " if quotes else ""))
        pieces.append(text)
    lines = [" ".join(line.split()) for line in unescape("".join(pieces)).splitlines()]
    return _PARAGRAPHS.sub("\n\n", "\n".join("" if line == ">" else line for line in lines)).strip("\n")
