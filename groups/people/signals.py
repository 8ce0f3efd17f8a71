"""What this room tells the rooms to its right, which it may not call (record 9)."""

from django.dispatch import Signal

# Sent in the transaction of the change, with `by` (Actor) and `person`: how she is reached, or how
# she wants to be, is no longer what it was.
reach_changed = Signal()
