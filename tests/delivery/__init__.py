"""Nothing lost, nothing twice, everything in order: many virtual browsers, faults, and books that are compared.

A Tab (tab.py) is a browser's tab without a browser: it logs in by a real session, fetches the page, opens the socket,
and keeps on its Screen (screen.py) what the page's scripts would show. A World (world.py) is a house full of them and
a load. Afterwards books.py compares what was sent, what the database keeps and what every screen shows.
"""
