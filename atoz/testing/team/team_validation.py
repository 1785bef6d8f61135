"""What a team of the right shape can still get wrong: found when it is loaded, with the key of each fault."""

from collections.abc import Iterator, Sequence
from datetime import date

from atoz.errors import Fault
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.testing.team.public_holidays import is_supported, nearest_places


def check_places(team: Sequence[str], members: Sequence[Sequence[str]]) -> Iterator[Fault]:
    """Every place whose holidays the library does not know."""
    named = [(f"holidays.{index}", place) for index, place in enumerate(team)]
    for row, places in enumerate(members):
        named += [(f"members.{row}.holidays.{index}", place) for index, place in enumerate(places)]
    for path, place in named:
        if not is_supported(place):
            near = ", ".join(nearest_places(place)) or "CN, DE-BY, US"
            yield Fault(path, "unknown_country", f"the library holidays knows no {place!r}; write one such as: {near}")


def check_members(
    members: Sequence[tuple[str, Sequence[DeadlineName], Sequence[str]]], absences: Sequence[tuple[str, date, date]]
) -> Iterator[Fault]:
    """Every name, duty and absence that does not fit."""
    names = [name for name, _, _ in members]
    for index, (name, duties, covers) in enumerate(members):
        path = f"members.{index}"
        if name in names[:index]:
            yield Fault(f"{path}.name", "repeated_name", f"{name!r} is the name of an earlier member")
        for place, duty in enumerate(duties):
            if clock(duty).party != "seller":
                yield Fault(f"{path}.duties.{place}", "buyers_deadline", f"{duty.value} is the buyer's deadline")
        yield from _cover_faults(f"{path}.covers", name, covers, names)
    for index, (person, first, last) in enumerate(absences):
        if person not in names:
            yield Fault(f"absences.{index}.person", "unknown_member", f"there is no member {person!r}")
        if last < first:
            yield Fault(f"absences.{index}.to", "ends_before_it_begins", f"it ends on {last}, before {first}")


def _cover_faults(path: str, name: str, covers: Sequence[str], names: Sequence[str]) -> Iterator[Fault]:
    for place, covered in enumerate(covers):
        if covered not in names:
            yield Fault(f"{path}.{place}", "unknown_member", f"there is no member {covered!r}")
        elif covered == name:
            yield Fault(f"{path}.{place}", "covers_oneself", f"{name!r} cannot be covered by the same person")
