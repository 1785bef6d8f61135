"""The texts behind a plan: the template of every message that is to be sent now, filled."""

from collections.abc import Mapping

from atoz.errors import Fault, InvalidDocument
from atoz.messages.template import Draft, fill
from atoz.model.claim import Claim
from atoz.planner.plan import Plan


def drafts(plan: Plan, claim: Claim, values: Mapping[str, object] | None = None) -> tuple[Draft, ...]:
    """A draft for each action to take now that names a template, in the plan's order.

    Raises:
        InvalidDocument: a value is missing, blank or of the wrong type; the faults of all drafts together.
        UnknownName: the policy names a template that does not ship.
        MissingExtra: the extra `messages` is not installed.
    """
    found: list[Draft] = []
    faults: dict[str, Fault] = {}
    for template in dict.fromkeys(each.template for each in plan.now if each.template):
        try:
            found.append(fill(template, claim, values))
        except InvalidDocument as invalid:
            faults |= {fault.path: fault for fault in invalid.faults}
    if faults:
        raise InvalidDocument("drafts", tuple(faults.values()))
    return tuple(found)
