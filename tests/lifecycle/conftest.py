"""The second model, for the tests of this room."""

import importlib.util
import sys
from pathlib import Path

_SPEC = importlib.util.spec_from_file_location("textbook", Path(__file__).with_name("textbook.py"))
assert _SPEC
assert _SPEC.loader
sys.modules.setdefault("textbook", importlib.util.module_from_spec(_SPEC))
_SPEC.loader.exec_module(sys.modules["textbook"])
