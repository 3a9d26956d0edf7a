"""What accounts tell the layers above. All are sent inside the transaction that made them true."""

from django.dispatch import Signal

# person
person_suspended = Signal()
# blocker, blocked
person_blocked = Signal()
# follower, followed
person_followed = Signal()
# person, login: the session key that is no longer worth anything; None means all of the person's
login_ended = Signal()
# person, before: the session key that opened it until now, login: the one that does
login_renewed = Signal()
