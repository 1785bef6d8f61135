"""Words for people, in English and Chinese; they live in data files and are read through `Text`."""

from functools import cache
from typing import Literal

from pydantic import Field

from atoz.model.data_files import read_toml
from atoz.model.record import Record

Language = Literal["en", "zh"]
"""A language that atoz speaks."""


class Text(Record):
    """One thing said in both languages; a policy of your own may leave the Chinese out, and speaks English then.

    >>> Text(en="{days} days", zh="{days}天").say("zh", days=3)
    '3天'
    """

    en: str = Field(description="In English.")
    zh: str = Field(default="", description="In Chinese.")

    def say(self, language: Language = "en", **values: object) -> str:
        """The words in `language`, with `{placeholders}` filled in."""
        words = self.zh if language == "zh" and self.zh else self.en
        return words.format(**values) if values else words


@cache
def phrases(package: str, name: str = "words.toml") -> dict[str, Text]:
    """The phrases of one room: a TOML table of `code = { en = ..., zh = ... }`."""
    return {code: Text.model_validate(words) for code, words in read_toml(package, name).items()}


def fill(package: str, code: str, **values: object) -> Text:
    """A phrase of a room with its placeholders filled in, in both languages; a text fills in its own language."""
    words = phrases(package)[code]
    english = {key: value.en if isinstance(value, Text) else value for key, value in values.items()}
    chinese = {key: value.say("zh") if isinstance(value, Text) else value for key, value in values.items()}
    return Text(en=words.en.format(**english), zh=words.zh.format(**chinese))
