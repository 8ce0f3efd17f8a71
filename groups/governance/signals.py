"""What rooms above are told, so that this one need not know them."""

from django.dispatch import Signal

# A person has left a group: `by`, `person`, `group`. Sent in the transaction of the change, so that what
# follows is written with it or not at all.
membership_ended = Signal()
