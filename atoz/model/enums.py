"""Enumerations whose members people read about: each has a label in every language."""

from enum import StrEnum

from atoz.model.text import Language, Text, phrases


class LabelledEnum(StrEnum):
    """An enumeration whose labels are packaged data, in English and Chinese.

    A subclass names the package whose `words.toml` has its labels, and what stands before a member's value there:
    `class Action(LabelledEnum, package="atoz.planner", prefix="action_")` finds `action_wait`. A subclass with a data
    file of its own, which says more of each member than a label, overrides `label_text`.

    >>> from atoz.model.citation import Confidence
    >>> Confidence.AMAZON_PAGE.label(), Confidence.AMAZON_PAGE.label("zh")
    ("Amazon's own page", '亚马逊官方页面')
    """

    _package: str
    _prefix: str

    def __init_subclass__(cls, *, package: str = "", prefix: str = "") -> None:
        super().__init_subclass__()
        cls._package, cls._prefix = package, prefix

    @property
    def label_text(self) -> Text:
        """What the member is called, in both languages."""
        return phrases(self._package)[f"{self._prefix}{self}"]

    def label(self, language: Language = "en") -> str:
        """What the member is called, in English or Chinese."""
        return self.label_text.say(language)
