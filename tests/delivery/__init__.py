"""Nothing lost, nothing twice, everything in order: many virtual browsers, faults, and books that are compared.

A Tab (tab.py) is a browser's tab without a browser: it logs in by a real session, fetches the page, opens the socket,
and keeps on its Screen (screen.py) what the page's scripts would show. A World (world.py) is a house full of them and
a load. Afterwards books.py compares what was sent, what the database keeps and what every screen shows.

    bin/test --full tests/delivery                                     every fault once, on both kinds of house
    SEEDS=3 BOOKS=books.md bin/test --full tests/delivery -n 3    every fault with three seeds, and a table of them
    SEED=77 bin/test --full --sqlite tests/delivery -k f18             one of them again, as whatever fails says itself

The seed says who does what in which order, and what breaks after how long; how fast all that is the machine says.
"""
