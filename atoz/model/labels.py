"""Labels: your own words about a claim or an order, such as the account, the store, or your ids.

atoz carries them and groups by them; it never reads a meaning into one.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, cast

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from atoz.model.record import FreeText

_Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_.-]*$", max_length=60)]
_Labels = Annotated[dict[_Name, Annotated[FreeText, Field(min_length=1, max_length=200)]], Field(max_length=50)]


class Labels(Mapping[str, str]):
    """A frozen mapping of names to texts; it is hashable, so that a claim that carries it is too.

    >>> labels = Labels(account="north", store="7")
    >>> labels["store"], hash(labels) == hash(Labels(store="7", account="north"))
    ('7', True)
    >>> labels == {"account": "north", "store": "7"}
    True
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str] | None = None, /, **more: str) -> None:
        self._values = dict(sorted({**(values or {}), **more}.items()))

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(tuple(self._values.items()))

    def __repr__(self) -> str:
        return f"Labels({self._values!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read as an object of texts, written as one, and described as one by the schema."""
        from_dict = core_schema.chain_schema(
            [
                core_schema.no_info_plain_validator_function(_as_dict),
                handler.generate_schema(_Labels),
                core_schema.no_info_plain_validator_function(cls),
            ]
        )
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls, handler.generate_schema(_Labels)),
            python_schema=from_dict,
            serialization=core_schema.plain_serializer_function_ser_schema(dict),
        )


def _as_dict(value: object) -> object:
    return dict(cast("Mapping[object, object]", value)) if isinstance(value, Mapping) else value


NO_LABELS = Labels()
