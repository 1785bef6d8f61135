"""What the tests of this room are given."""

import sys
from pathlib import Path

sys.path.insert(
    0, str(Path(__file__).parent)
)  # tests are no package, and `message_settings` is shared by several of them
