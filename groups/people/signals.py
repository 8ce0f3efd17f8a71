"""What this room tells the rooms to its right, which it may not call (record 9)."""

from django.dispatch import Signal

# Sent in the transaction of the change, with `by` (Actor) and `person`: how she is reached, how she
# wants to be, or whether she is to be at all, is no longer what it was. With `was_mistake` True:
# that she had left or died was written down by mistake.
reach_changed = Signal()
