"""`atoz status`: which of the seven statuses a text means."""

from typing import Annotated

import typer

from atoz.cli.options import AsJson, Lang, LanguageChoice
from atoz.cli.output import show, show_json
from atoz.model.status import ClaimStatus


def read_status(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The status as a page, an export or a person spells it.")],
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Say which of the seven statuses a text means; an ambiguous text is refused, never guessed."""
    status = ClaimStatus.parse(text)
    if as_json:
        labels = status.label_text.model_dump()
        show_json({"status": status.value, "labels": labels, "meaning": status.meaning(lang.value)})
    else:
        show(f"{status.value}: {status.label(lang.value)}. {status.meaning(lang.value)}")
