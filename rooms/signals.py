"""What rooms tell the layers above. All are sent inside the transaction that made them true."""

from django.dispatch import Signal

# room
room_opened = Signal()
# room
room_ended = Signal()
# seat, before: the role held until now, None for somebody who just sat down. seat.left_at says who has gone.
seat_changed = Signal()
