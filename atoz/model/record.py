"""The base of every record in atoz: frozen, hashable, no unknown fields."""

from typing import TypeGuard

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen pydantic model that refuses unknown fields.

    Change returns a new record: see `pydantic.BaseModel.model_copy`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def is_mapping(value: object) -> TypeGuard[dict[str, object]]:
    """Whether raw data is an object with text keys."""
    return isinstance(value, dict)


def is_sequence(value: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    """Whether raw data is a list."""
    return isinstance(value, (list, tuple))
