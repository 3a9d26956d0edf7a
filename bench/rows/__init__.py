"""The rows of the table, in groups that share a house. A group has NAMES and `measure(shop)`, which gives its rows."""

from bench.rows import cost, echo, idle, many, pages, pairs, room, search, slow, starting

GROUPS = [room, many, pairs, cost, idle, pages, echo, search, slow, starting]
NAMES = [name for group in GROUPS for name in group.NAMES]
