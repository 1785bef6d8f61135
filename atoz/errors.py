r"""The errors that atoz raises on purpose: one small tree, each class with a stable code.

    AtozError
    ├── InvalidDocument      (ValueError)   a file, payload, object or option does not say what atoz needs
    ├── UnknownName          (LookupError)  a status, marketplace, edition, policy, … that does not exist
    ├── AmbiguousName        (LookupError)  a name that could mean more than one thing
    ├── MissingRule          (LookupError)  an edition has no supported value for a parameter
    ├── EditionMissing       (LookupError)  a claim is counted by an edition of your own that was not passed, or changed
    ├── NoEditionInForce     (LookupError)  no edition is supported for a marketplace on a day
    ├── TransitionRefused                   the state machine refuses an event; `refusal` says why
    ├── ReplayRefused                       a late or retracted event does not fit the rest of the history
    ├── StaleClaim                          a stored claim has changed since it was read
    ├── ClaimDiffers                        the store holds a different history of a claim that is being loaded
    ├── OrderForgotten                      an order was forgotten on purpose; nothing about it is stored again
    ├── StoreUnusable                       a claim store cannot be opened or used
    └── MissingExtra         (ImportError)  a part of atoz needs an optional dependency

A message is for people and may be reworded: what is wrong comes first, what to do about it last. Programs rely on
`code`; the command line prints it in brackets at the end. Every error keeps its facts as attributes and survives
pickling, so that it can cross a process boundary.

    >>> str(UnknownName("edition", "us-2025", nearest=("us-2026",)))
    "unknown edition 'us-2025'\nnearest: us-2026"
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters but tab and line feed, marks that change the direction of text, and halves of characters."""


def printable(text: str, *, limit: int | None = None) -> str:
    r"""Text that cannot steer a terminal or disguise itself: control and direction characters are spelt out.

    What is longer than `limit` characters is cut, so that a stranger's file cannot fill a log.

    >>> printable("total\x1b[2J \u202e09.13")
    'total\\x1b[2J \\u202e09.13'
    """
    short = text if limit is None or len(text) <= limit else f"{text[:limit]}..."
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), short)


class AtozError(Exception):
    """The root: catch this to catch everything that atoz refuses.

    One exception: the models' own constructors raise pydantic's `ValidationError`, as importers of pydantic expect.
    """

    code: ClassVar[str] = "atoz_error"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one document: where (`order.placed_at`), which rule, in words."""

    path: str
    code: str
    message: str

    def __str__(self) -> str:
        """`path: message`, or the message alone for a fault of the whole document."""
        return printable(f"{self.path}: {self.message}" if self.path else self.message)


class InvalidDocument(AtozError, ValueError):
    """A file, payload or object does not say what atoz needs; `faults` lists everything wrong with it.

    Faults of shape (a missing field, a naive time) come alone, since the rest cannot be judged without
    them; a document of the right shape has all its faults of consistency reported together.
    """

    code = "invalid_document"

    def __init__(self, what: str, faults: tuple[Fault, ...]) -> None:
        self.what, self.faults = what, faults
        super().__init__(what, faults)

    def __str__(self) -> str:
        if len(self.faults) == 1:
            return f"{printable(self.what)}: {self.faults[0]}"
        return "\n".join(
            [f"{printable(self.what)}: {len(self.faults)} problems", *(f"  {fault}" for fault in self.faults)]
        )


def nearest_names(asked: str, known: Iterable[str], *, limit: int = 3, cutoff: float = 0.5) -> tuple[str, ...]:
    """The names that are spelt most like `asked`, in upper or lower case, best first.

    >>> nearest_names("US-2025", ["us-2026", "current"])
    ('us-2026',)
    """
    from difflib import get_close_matches  # noqa: PLC0415  (only an error waits for it)

    names = {name.casefold(): name for name in known}
    return tuple(names[name] for name in get_close_matches(asked.casefold(), names, n=limit, cutoff=cutoff))


class UnknownName(AtozError, LookupError):
    """A name that atoz does not know: a status, marketplace, edition, policy, ...

    `nearest` holds the names that are spelt like it; where there are none, `known` may hold every name that there is.
    """

    code = "unknown_name"

    def __init__(self, what: str, asked: str, nearest: tuple[str, ...] = (), known: tuple[str, ...] = ()) -> None:
        self.what, self.asked, self.nearest, self.known = what, asked, nearest, known
        super().__init__(what, asked, nearest, known)

    @staticmethod
    def with_suggestions(what: str, asked: str, known: Iterable[str]) -> "UnknownName":
        """The error for a name that is not among `known`: it suggests up to three near ones, or else lists all."""
        names = tuple(known)
        near = nearest_names(asked, names)
        return UnknownName(what, asked, near, () if near else names)

    def __str__(self) -> str:
        label, names = ("nearest", self.nearest) if self.nearest else ("known", self.known)
        hint = f"\n{label}: {'; '.join(names)}" if names else ""
        return f"unknown {self.what} {self.asked!r}{hint}"


class AmbiguousName(AtozError, LookupError):
    """A name that could mean more than one thing; `candidates` are all of them."""

    code = "ambiguous_name"

    def __init__(self, what: str, asked: str, candidates: tuple[str, ...]) -> None:
        self.what, self.asked, self.candidates = what, asked, candidates
        super().__init__(what, asked, candidates)

    def __str__(self) -> str:
        return f"ambiguous {self.what} {self.asked!r}\nit could mean: {'; '.join(self.candidates)}"


class MissingRule(AtozError, LookupError):
    """An edition has no supported value for a parameter; atoz does not invent one."""

    code = "missing_rule"

    def __init__(self, edition: str, parameter: str, known: tuple[str, ...] = ()) -> None:
        self.edition, self.parameter, self.known = edition, parameter, known
        super().__init__(edition, parameter, known)

    def __str__(self) -> str:
        has = ", ".join(self.known) or "no parameters at all"
        return f"edition {self.edition} has no value for {self.parameter!r}: no source supports one\nit has: {has}"


class EditionMissing(AtozError, LookupError):
    """A document is counted by an edition of your own that was not passed; `other` has its id and another text."""

    code = "edition_missing"

    def __init__(self, edition: str, other: str | None = None) -> None:
        self.edition, self.other = edition, other
        super().__init__(edition, other)

    def __str__(self) -> str:
        return "\n".join(self.parts())

    def parts(self) -> tuple[str, str]:
        """What is wrong, and what to do about it."""
        if self.other is None:
            return (
                f"{self.edition} is an edition of your own, and it was not passed",
                "pass the text that was counted by: --edition FILE (in Python: editions=[Edition.read(text)])",
            )
        return (
            f"the text of this edition has changed: {self.edition} was counted by, {self.other} was passed",
            "pass the text that was counted by; a changed text needs an id of its own",
        )


class NoEditionInForce(AtozError, LookupError):
    """No edition is in force in this marketplace on this day; `nearest` names the marketplace's other ones."""

    code = "no_edition_in_force"

    def __init__(self, marketplace: str, day: str, nearest: tuple[str, ...] = ()) -> None:
        self.marketplace, self.day, self.nearest = marketplace, day, nearest
        super().__init__(marketplace, day, nearest)

    def __str__(self) -> str:
        known = ", ".join(self.nearest) or "none"
        return (
            f"no edition of the rules is known to be in force for {self.marketplace} on {self.day}\n"
            f"editions for this marketplace: {known}; choose one by its id"
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event is not possible: a stable code, a sentence and, where time decides, the instants."""

    code: str
    message: str
    possible_from: datetime | None = None
    possible_until: datetime | None = None


class TransitionRefused(AtozError):
    """The state machine refuses an event; `refusal` says why and `allowed` lists what may happen now."""

    code = "transition_refused"

    def __init__(self, order_id: str, status: str, event: str, refusal: Refusal, allowed: tuple[str, ...]) -> None:
        self.order_id, self.status, self.event, self.refusal, self.allowed = order_id, status, event, refusal, allowed
        super().__init__(order_id, status, event, refusal, allowed)

    def __str__(self) -> str:
        now = ", ".join(self.allowed) or "nothing"
        return (
            f"order {self.order_id}: {self.event} is refused while the claim is {self.status}: "
            f"{self.refusal.message}\nallowed now: {now}"
        )


class ReplayRefused(AtozError):
    """A late or retracted event would leave a history that is inconsistent; nothing is changed.

    `event` names it; `faults` lists every event that would then be refused, with its place. A person has to decide.
    """

    code = "replay_refused"

    def __init__(self, order_id: str, event: str, faults: tuple[Fault, ...]) -> None:
        self.order_id, self.event, self.faults = order_id, event, faults
        super().__init__(order_id, event, faults)

    def __str__(self) -> str:
        refused = "".join(f"\n  {fault}" for fault in self.faults)
        return (
            f"order {self.order_id}: {self.event} would make the history inconsistent:{refused}\n"
            "nothing was changed; find the event that is wrong and retract it, or record the status that was seen"
        )


class StaleClaim(AtozError):
    """A stored claim has changed since it was read, so nothing was written; `missed` has a line for each new entry."""

    code = "stale_claim"

    def __init__(self, claim_id: str, expected: int, actual: int, missed: tuple[str, ...]) -> None:
        self.claim_id, self.expected, self.actual, self.missed = claim_id, expected, actual, missed
        super().__init__(claim_id, expected, actual, missed)

    def __str__(self) -> str:
        lines = "".join(f"\n  {line}" for line in self.missed)
        return (
            f"claim {self.claim_id} has changed: it is at version {self.actual}, not {self.expected}; "
            f"nothing was written{lines}\nread the claim again, then decide whether your change still applies"
        )


class ClaimDiffers(AtozError):
    """The store holds a claim on this order whose history is not the beginning of the one being loaded."""

    code = "claim_differs"

    def __init__(self, order_id: str, claim_ids: tuple[str, ...]) -> None:
        self.order_id, self.claim_ids = order_id, claim_ids
        super().__init__(order_id, claim_ids)

    def __str__(self) -> str:
        known = ", ".join(self.claim_ids)
        return (
            f"the store holds a different history for order {self.order_id} ({known}); "
            "compare the two and record what is missing"
        )


class OrderForgotten(AtozError):
    """An order was forgotten on purpose, so that no claim on it is stored again."""

    code = "order_forgotten"

    def __init__(self, order_id: str) -> None:
        self.order_id = order_id
        super().__init__(order_id)

    def __str__(self) -> str:
        return f"order {self.order_id} was forgotten on purpose, so no claim on it can be stored"


class StoreUnusable(AtozError):
    """A claim store cannot be opened or used; `place` is its address without a password."""

    code = "store_unusable"

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(place, reason)

    def __str__(self) -> str:
        return f"the store {self.place} cannot be used: {self.reason}"


class MissingExtra(AtozError, ImportError):
    """A part of atoz needs an optional dependency; the message says what to install."""

    code = "missing_extra"

    def __init__(self, part: str, extra: str) -> None:
        self.part, self.extra = part, extra
        super().__init__(part, extra)

    def __str__(self) -> str:
        return (
            f"{self.part} needs the extra {self.extra!r}, which is not installed; in a clone of atoz, "
            f"run: pip install '.[{self.extra}]' (the package is not on an index yet)"
        )
