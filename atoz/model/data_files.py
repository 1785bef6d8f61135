"""Data files that ship inside the package: found, read and made into records in one place."""

import tomllib
from importlib.resources import files
from typing import TypeVar

from atoz.model.record import Record, read_document

_Record = TypeVar("_Record", bound=Record)


def read_text(package: str, name: str) -> str:
    """The text of a file that ships inside `package`; a slash goes down into a folder."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def read_toml(package: str, name: str) -> dict[str, object]:
    """A TOML file that ships inside `package`, parsed."""
    return tomllib.loads(read_text(package, name))


def read_record(record: type[_Record], package: str, name: str) -> _Record:
    """A TOML file that ships inside `package`, as one record.

    Raises:
        InvalidDocument: the file does not fit; every fault is listed.
    """
    return read_document(record, read_toml(package, name), what=name)


def toml_names(package: str, folder: str) -> tuple[str, ...]:
    """The names of the TOML files in a folder of `package`, without their ending, in alphabetical order.

    >>> toml_names("atoz.planner", "policies")
    ('current', 'faq-2016')
    """
    entries = files(package).joinpath(folder).iterdir()
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in entries if entry.name.endswith(".toml")))
