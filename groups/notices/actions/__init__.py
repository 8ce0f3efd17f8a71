"""Everything that may be done to what we owe people, by the noun it is about."""

from groups.notices.actions.planning import plan_notice, ring_sweep, withdraw

__all__ = ["plan_notice", "ring_sweep", "withdraw"]
