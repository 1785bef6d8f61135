"""Many claims on the command line, one at a time: each is read, given to a function, and forgotten.

What cannot be read is an error on standard error and counts as bad; records of other kinds are counted and passed over.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

import typer

from atoz.cli.exit_codes import Exit
from atoz.cli.output import note, show_error
from atoz.cli.rules import Rules, counted_claim
from atoz.cli.stored import claim_objects
from atoz.cli.worklist import is_order
from atoz.errors import AtozError, InvalidDocument
from atoz.model.claim import Claim
from atoz.model.text import Language
from atoz.report.phrases import say

_Result = TypeVar("_Result")


class Histories:
    """The claims of a file or a store."""

    def __init__(self, file: str | None, store_url: str | None, command: str, rules: Rules) -> None:
        self.file, self.rules = file, rules
        self.bad = self.other = 0
        self.whole = False
        """Whether the file is one claim, rather than one of many lines."""
        self._objects = claim_objects(file, store_url, command, rules.own)

    def each(self, work: Callable[[Claim], _Result]) -> Iterator[_Result]:
        """What a function makes of every claim, as they are read."""
        for where, data in self._objects:
            self.whole = where == self.file
            try:
                if isinstance(data, InvalidDocument):
                    raise data
                if is_order(data) or data.get("kind", "claim") != "claim":
                    self.other += 1
                    continue
                result = work(counted_claim(data, where, self.rules.edition))
            except AtozError as error:
                self.bad += 1
                show_error(error)
                continue
            yield result

    def finish(self, language: Language, *, finding: bool) -> None:
        """Say what was passed over, and exit as everything together asks for.

        Raises:
            typer.Exit: something could not be read, or there is the finding that was asked for.
        """
        if self.other:
            note(say("worklist_other", language, count=self.other))
        if self.bad:
            raise typer.Exit(Exit.BAD_INPUT)
        if finding:
            raise typer.Exit(Exit.FINDING)
