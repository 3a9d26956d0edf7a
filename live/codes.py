"""Why a socket was closed. Final codes are not tried again by the browser; all others are, after a pause."""

LOGGED_OUT = 4401
NOT_YOURS = 4403
NOT_THERE = 4404
FINAL = frozenset({LOGGED_OUT, NOT_YOURS, NOT_THERE})

BAD_FRAME = 4003
TOO_SLOW = 4408
TOO_MANY_TABS = 4409  # the browser waits until that tab is looked at again
TOO_MUCH = 4429

SILENT = 1001
BINARY = 1003
RESTART = 1012
