"""How large a picture or a film is shown in a message. Kept free from the beginning, and drawn to exactly that."""

BOX = 320  # pixels of the page
THINNEST = 24  # pixels


def shown(width: int, height: int) -> tuple[int, int]:
    shrunk = min(1.0, BOX / width, BOX / height)
    return max(THINNEST, round(width * shrunk)), max(THINNEST, round(height * shrunk))
