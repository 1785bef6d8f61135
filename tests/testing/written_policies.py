"""Policies written for these tests: a sound one, and the same one broken in one place."""

from copy import deepcopy

from atoz.planner.policy import Policy

WHY = {"en": "a test", "zh": "测试"}

SOUND: dict[str, dict[str, object]] = {
    "reply": {
        "action": "message_buyer",
        "serves": "answer_buyer",
        "when": {"status": ["under_review"], "deadlines": {"answer_buyer": ["open"]}},
    },
    "answer": {
        "action": "respond_to_amazon",
        "serves": "answer_amazon",
        "when": {"status": ["under_review"], "asked_by_amazon": True},
        "not_before": {"value": 0, "unit": "hour", "after": "information_requested"},
        "due": {"value": 24, "unit": "hour", "before": "answer_amazon"},
    },
    "appeal": {
        "action": "appeal",
        "serves": "appeal",
        "when": {"status": ["granted_seller_funded"], "appeals_at_most": 0},
    },
    "wait": {"action": "wait", "when": {"status": ["under_review"]}},
    "accept": {"action": "wait", "when": {"status": ["granted_seller_funded"]}},
    "watch": {"action": "wait", "when": {"status": ["closed", "granted_amazon_funded"]}},
}


def written(edition: str = "us-2026", messages_apart: int = 1, **changes: dict[str, object] | None) -> Policy:
    """The sound policy with steps changed (by key), added, or left out (none)."""
    steps = deepcopy(SOUND)
    for name, change in changes.items():
        if change is None:
            del steps[name]
        else:
            steps[name] = {**steps.get(name, {}), **change}
    rows = [{"id": name, "why": WHY, "source": "own", "confidence": "atoz", **step} for name, step in steps.items()]
    return Policy.model_validate(
        {
            "id": "written",
            "title": WHY,
            "editions": [edition],
            "messages_apart": {"value": messages_apart, "unit": "calendar_day"},
            "look_again": {"value": 1, "unit": "calendar_day"},
            "sources": {"own": {"title": "a test", "address": "written for the tests"}},
            "steps": [{key: value for key, value in row.items() if value is not None} for row in rows],
        }
    )
