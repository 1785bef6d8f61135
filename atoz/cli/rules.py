"""The rules that a command counts by: an edition by its id or from a file, and a policy by its id or from a file."""

import sys
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from atoz.cli.files import read_text
from atoz.cli.output import asked_language
from atoz.errors import printable
from atoz.lifecycle.replay import how_pinned, read_claim, under
from atoz.model.claim import Claim
from atoz.model.text import fill
from atoz.rulebook.edition import Edition

if TYPE_CHECKING:
    from atoz.planner.policy import Policy

OwnEdition = Annotated[
    str | None,
    typer.Option("--edition", metavar="FILE", help="The edition of your own that counts the claim, as a TOML file."),
]
CountBy = Annotated[
    str | None,
    typer.Option(
        "--edition",
        metavar="ID|FILE",
        help="Count by this edition: its id, in-force, or a TOML file of your own. Default: the claim's own.",
    ),
]


def choose_edition(name: str) -> str | Edition:
    """An edition from a file if the name looks like one; else the name itself.

    Raises:
        InvalidDocument: the file is not a valid edition, or its id ships with atoz.
    """
    return Edition.read(read_text(name), what=name) if _is_file(name) else name


def own_editions(*names: str | None) -> tuple[Edition, ...]:
    """The editions of those names that are files: what claims may name besides what ships.

    Raises:
        InvalidDocument: a file is not a valid edition.
    """
    chosen = (choose_edition(name) for name in names if name is not None)
    return tuple(edition for edition in chosen if isinstance(edition, Edition))


def choose_policy(name: str, editions: tuple[Edition, ...] = ()) -> "Policy":
    """A policy by its id, or from a file if the name looks like one; `editions` are those it may be written for.

    Raises:
        UnknownName: no policy of this id ships with atoz.
        InvalidDocument: the file is not a valid policy.
    """
    from atoz.planner.policy import Policy  # noqa: PLC0415  (a window does not wait for policies)

    return Policy.read(read_text(name), what=name, editions=editions) if _is_file(name) else Policy.named(name)


class Rules(NamedTuple):
    """What a claim is planned by."""

    policy: "Policy | None"
    """The policy that was asked for; none for each claim's own default."""
    edition: str | Edition | None
    """The edition to count by; none for each claim's own."""
    own: tuple[Edition, ...]
    """The editions of the seller's own."""

    @staticmethod
    def chosen(policy: str | None, edition: str | None) -> "Rules":
        """The rules that the options name, each file read one time."""
        counting = None if edition is None else choose_edition(edition)
        own = (counting,) if isinstance(counting, Edition) else ()
        return Rules(choose_policy(policy, own) if policy else None, counting, own)


def read_noted(data: object, *, what: str, editions: tuple[Edition, ...] = ()) -> Claim:
    """A claim, verified; where the document says `in-force`, standard error says what that means and why.

    Raises:
        InvalidDocument: every fault of the claim; also where no edition is in force.
    """
    claim = read_claim(data, what=what, editions=editions)
    why = how_pinned(data, claim)
    if why is not None:
        pinned = fill("atoz.lifecycle", "pinned_in_force", why=why).say(asked_language())
        sys.stderr.write(f"{printable(what)}: {pinned}\n")
    return claim


def counted_claim(data: object, where: str, edition: str | Edition | None) -> Claim:
    """A claim, verified by its own edition and then counted by the one that was asked for.

    Raises:
        InvalidDocument: every fault of the claim; also where it is counted by another text of the edition's id.
    """
    claim = read_noted(data, what=where, editions=(edition,) if isinstance(edition, Edition) else ())
    named = edition.reference if isinstance(edition, Edition) else edition
    return claim if edition is None or claim.edition == named else under(claim, edition)


def _is_file(name: str) -> bool:
    return name.endswith(".toml") or "/" in name
