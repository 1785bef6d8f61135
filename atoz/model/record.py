"""The base of every record in atoz: frozen, hashable, no unknown fields."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen pydantic model that refuses unknown fields.

    Change returns a new record: see `pydantic.BaseModel.model_copy`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
