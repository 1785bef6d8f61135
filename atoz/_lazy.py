"""Doors: a package that lists the names its users need and loads each one when it is first used.

A door says its names twice, because a checker and a running program read different things: as imports under
`TYPE_CHECKING`, and as the table that `lazy_exports` takes. A test holds the two lists to each other.

A door never offers a name that one of its own modules has: the first import of that module would put it in the
place of the function. Such functions are offered by `atoz` itself (`atoz.deadlines`), or by their module.
"""

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more than a door may
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Door = tuple[Callable[[str], object], Callable[[], list[str]], list[str]]


def lazy_exports(package: str, modules: "Mapping[str, tuple[str, ...]]", *, extra: str | None = None) -> "Door":
    """`__getattr__`, `__dir__` and `__all__` of a package.

    Args:
        package: The package's full name.
        modules: For each module, named from the package on, what the door offers of it; nothing stands for the module.
        extra: The extra that brings the libraries that the package imports.

    Using a name raises `MissingExtra` where a library of the extra is not installed.

    >>> find, names, offered = lazy_exports("atoz.model", {"status": ("ClaimStatus",), "events": ()})
    >>> offered
    ['ClaimStatus', 'events']
    >>> find("events").__name__
    'atoz.model.events'
    >>> find("Status")
    Traceback (most recent call last):
    AttributeError: module 'atoz.model' has no attribute 'Status'
    """
    homes = {name: module for module, names in modules.items() for name in names}
    homes |= {module.rpartition(".")[2]: module for module, names in modules.items() if not names}

    def find(name: str) -> object:
        if name not in homes:
            message = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(message)
        from importlib import import_module  # noqa: PLC0415  (a door that nobody goes through costs nothing)
        from sys import modules as loaded  # noqa: PLC0415

        try:
            module = import_module(f"{package}.{homes[name]}")
        except ModuleNotFoundError as missing:
            if extra is None or (missing.name or "").partition(".")[0] == "atoz":
                raise
            from atoz.errors import MissingExtra  # noqa: PLC0415

            raise MissingExtra(f"{package}.{name}", extra) from missing
        value = getattr(module, name) if modules[homes[name]] else module
        setattr(loaded[package], name, value)  # kept, so that the search is paid for once
        return value

    def names() -> list[str]:
        from sys import modules as loaded  # noqa: PLC0415

        return sorted({*vars(loaded[package]), *homes})

    return find, names, sorted(homes)
