"""For every test: hypothesis judges results, never the speed of the machine."""

from hypothesis import settings

settings.register_profile("atoz", deadline=None)
settings.load_profile("atoz")
