"""What counts as one emoji."""

import re

LONGEST = 40  # code points; a family of four with skins has 11
QUICK = ("👍", "❤️", "😂", "😮", "😢", "🎉")

_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_WITH_SKIN = f"{_PICTURE}\ufe0f?[\U0001f3fb-\U0001f3ff]?"
_JOINED = f"{_WITH_SKIN}(?:\u200d{_WITH_SKIN}){{0,7}}"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_FLAG_OF_A_REGION = "\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f"
_KEY = "[0-9#*]\ufe0f?\u20e3"
_EMOJI = re.compile(f"{_FLAG_OF_A_REGION}|{_JOINED}|{_FLAG}|{_KEY}")


def is_emoji(text: str) -> bool:
    """Whether this is exactly one emoji."""
    return _EMOJI.fullmatch(text) is not None
