"""The languages that a buyer in a marketplace reads, which are those that a message is owed in."""

from functools import cache
from importlib import import_module

from pydantic import TypeAdapter

from atoz.errors import MissingExtra
from atoz.model.data_files import read_toml
from atoz.model.marketplace import Marketplace
from atoz.model.text import Language


def buyer_languages(marketplace: str) -> tuple[str, ...]:
    """ISO 639 codes of the languages of a marketplace's shop, the main one first.

    >>> buyer_languages("DE"), buyer_languages("CA")
    (('de',), ('en', 'fr'))

    Raises:
        UnknownName: there is no such marketplace.
    """
    return _by_country()[Marketplace.of(marketplace).country]


def language_name(code: str, language: Language) -> str:
    """What a language is called in English or Chinese.

    >>> language_name("de", "en"), language_name("de", "zh")
    ('German', '德语')

    Raises:
        MissingExtra: the extra `messages` is not installed.
    """
    try:
        locale = import_module("babel").Locale(language)
    except ImportError as error:
        raise MissingExtra("filling a template", "messages") from error
    return str(locale.languages[code])


@cache
def _by_country() -> dict[str, tuple[str, ...]]:
    data = read_toml("atoz.messages", "buyer_languages.toml")
    return TypeAdapter(dict[str, tuple[str, ...]]).validate_python(data)
