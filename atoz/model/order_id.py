"""Amazon's order ids: three, seven and seven digits."""

import re
from typing import Annotated

from pydantic import Field

ORDER_ID = re.compile("[0-9]{3}-[0-9]{7}-[0-9]{7}")
"""An order id anywhere; `fullmatch` asks whether a text is one."""

OrderId = Annotated[str, Field(pattern=f"^{ORDER_ID.pattern}$")]
"""A pydantic field type: an order id as Amazon writes it, for example 123-1234567-1234567."""
