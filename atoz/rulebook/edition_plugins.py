"""Editions that installed packages offer, by the entry-point group `atoz.editions`; loaded when they are first needed.

In the package's `pyproject.toml`:

    [project.entry-points."atoz.editions"]
    our-rules = "our_package.rules:editions"

where `editions` is a function that returns them, for example `[Edition.read(text)]`.
"""

import warnings
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points

GROUP = "atoz.editions"


class PluginWarning(UserWarning):
    """What an installed package offers cannot be used; atoz goes on without it."""


def plugin_editions() -> Iterator[tuple[EntryPoint, object]]:
    """Everything that packages offer, with its entry point; one that cannot be loaded is named in a warning."""
    for entry_point in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        try:
            offered = tuple(entry_point.load()())
        except Exception as error:  # noqa: BLE001  (a stranger's code may raise anything; atoz goes on without it)
            left_out(entry_point, f"{type(error).__name__}: {error}")
            continue
        for edition in offered:
            yield entry_point, edition


def left_out(entry_point: EntryPoint, why: str) -> None:
    """Warn that something of an entry point is left out."""
    package = entry_point.dist.name if entry_point.dist else "an unknown package"
    message = f"the entry point {entry_point.name!r} ({GROUP}) of {package} is left out: {why}"
    warnings.warn(message, PluginWarning, stacklevel=2)
