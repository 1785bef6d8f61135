"""`atoz status`: which of the seven statuses a text means."""

from typing import Annotated, Literal

import typer
from pydantic import Field

from atoz.cli.options import AsJson, Lang, LanguageChoice
from atoz.cli.output import show, show_json
from atoz.model.record import Document
from atoz.model.status import ClaimStatus
from atoz.model.text import Text


class StatusAnswer(Document):
    """What `atoz status --json` prints."""

    kind: Literal["status"] = Field(default="status", description="Says that this document names a status.")
    status: ClaimStatus = Field(description="The status that the text means.")
    labels: Text = Field(description="What it is called.")
    meaning: Text = Field(description="One sentence: what it says.")


def read_status(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The status as a page, an export or a person spells it.")],
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Say which of the seven statuses a text means; an ambiguous text is refused, never guessed."""
    status = ClaimStatus.parse(text)
    if as_json:
        show_json(StatusAnswer(status=status, labels=status.label_text, meaning=status.meaning_text))
    else:
        show(f"{status.value}: {status.label(lang.value)}. {status.meaning(lang.value)}")
