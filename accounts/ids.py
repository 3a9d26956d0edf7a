"""Public ids: random, never a counter, so that nothing can be guessed or counted from outside."""

import secrets
import string

ALPHABET = string.digits + string.ascii_letters
LENGTH = 22  # 62 ** 22 is a little more than 2 ** 128


def random_id() -> str:
    """A new id: 22 letters and digits, 128 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
