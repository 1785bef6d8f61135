"""The transition table, the machine that is made from it, and the operations that move a claim.

`attention`, `diagram` and `machine` are in `atoz`. Everything is loaded when it is first used.
"""

from atoz._lazy import lazy_exports

TYPE_CHECKING = False  # checkers take this name as true; importing it from typing would cost more
if TYPE_CHECKING:
    from atoz.lifecycle.attention import Attention as Attention
    from atoz.lifecycle.corrections import record as record
    from atoz.lifecycle.corrections import retract as retract
    from atoz.lifecycle.diagram import DiagramForm as DiagramForm
    from atoz.lifecycle.machine import ClaimModel as ClaimModel
    from atoz.lifecycle.machine import Hook as Hook
    from atoz.lifecycle.operations import apply as apply
    from atoz.lifecycle.operations import lapse as lapse
    from atoz.lifecycle.operations import open_claim as open_claim
    from atoz.lifecycle.operations import options as options
    from atoz.lifecycle.refund_bearer import PaidBy as PaidBy
    from atoz.lifecycle.refund_bearer import paid_by as paid_by
    from atoz.lifecycle.replay import read_claim as read_claim
    from atoz.lifecycle.replay import rebuild as rebuild
    from atoz.lifecycle.replay import under as under
    from atoz.lifecycle.replay import verify as verify
    from atoz.lifecycle.transition_table import TABLE as TABLE
    from atoz.lifecycle.transition_table import TRIGGERS as TRIGGERS
    from atoz.lifecycle.transition_table import Guard as Guard
    from atoz.lifecycle.transition_table import Row as Row
    from atoz.lifecycle.transition_table import is_final as is_final
    from atoz.lifecycle.transition_table import triggers_from as triggers_from
else:
    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "attention": ("Attention",),
            "corrections": ("record", "retract"),
            "diagram": ("DiagramForm",),
            "machine": ("ClaimModel", "Hook"),
            "operations": ("apply", "lapse", "open_claim", "options"),
            "refund_bearer": ("PaidBy", "paid_by"),
            "replay": ("read_claim", "rebuild", "under", "verify"),
            "transition_table": ("Guard", "Row", "TABLE", "TRIGGERS", "is_final", "triggers_from"),
        },
    )
