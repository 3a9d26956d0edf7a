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


# How they are written as words; the names are those that people know from elsewhere.
SHORTCODES = {
    "+1": "👍", "-1": "👎", "100": "💯", "angry": "😠", "baby": "👶", "balloon": "🎈", "bell": "🔔", "birthday": "🎂",
    "blush": "😊", "boom": "💥", "broken_heart": "💔", "bug": "🐛", "bulb": "💡", "cake": "🍰", "cat": "🐱",
    "clap": "👏", "coffee": "☕", "confused": "😕", "cool": "😎", "cry": "😢", "crying": "😢", "dancer": "💃",
    "dog": "🐶", "ear": "👂", "exploding_head": "🤯", "eyes": "👀", "facepalm": "🤦", "fire": "🔥", "flushed": "😳",
    "gift": "🎁", "globe": "🌍", "grin": "😁", "grinning": "😀", "guitar": "🎸", "handshake": "🤝", "headphones": "🎧",
    "heart": "❤️", "heart_eyes": "😍", "hearts": "💕", "hug": "🤗", "hugs": "🤗", "hundred": "💯", "joy": "😂",
    "key": "🔑", "kiss": "😘", "laughing": "😆", "lock": "🔒", "lol": "😂", "mega": "📣", "microphone": "🎤",
    "moon": "🌙", "muscle": "💪", "musical_note": "🎵", "neutral_face": "😐", "notes": "🎶",
    "ok": "🆗", "ok_hand": "👌",
    "open_mouth": "😮", "party": "🥳", "pensive": "😔", "pizza": "🍕", "point_down": "👇", "point_left": "👈",
    "point_right": "👉", "point_up": "☝️", "pray": "🙏", "pushpin": "📌", "question": "❓", "rage": "😡",
    "rainbow": "🌈", "raised_hand": "✋", "raised_hands": "🙌", "rocket": "🚀", "rofl": "🤣", "rose": "🌹", "sad": "😢",
    "scream": "😱", "seedling": "🌱", "see_no_evil": "🙈", "shrug": "🤷", "sleeping": "😴",
    "slightly_smiling_face": "🙂",
    "smile": "😄", "smiley": "😃", "smirk": "😏", "snowflake": "❄️", "sob": "😭", "sparkles": "✨", "speaker": "🔊",
    "star": "⭐", "star_struck": "🤩", "sun": "☀️", "sunflower": "🌻", "sunglasses": "😎", "sweat_smile": "😅",
    "tada": "🎉", "thinking": "🤔", "thumbsdown": "👎", "thumbsup": "👍", "tree": "🌳", "unicorn": "🦄",
    "upside_down": "🙃", "wave": "👋", "white_check_mark": "✅", "wink": "😉", "worried": "😟", "x": "❌", "yum": "😋",
    "zap": "⚡", "zzz": "💤",
}  # fmt: skip
_CODE = re.compile(r"`[^`]*`|:([a-z0-9_+-]{1,25}):")


def with_emoji(text: str) -> str:
    """A text in which :thumbsup: has become 👍; what is code stays as it is."""
    return _CODE.sub(lambda found: SHORTCODES.get(found[1] or "", found[0]), text) if text.count(":") > 1 else text


def emoji_called(beginning: str, most: int) -> list[tuple[str, str]]:
    """(name, emoji) of those whose names begin so, the shortest first, then of those that have it within; each emoji
    once."""
    names = sorted(SHORTCODES, key=lambda name: (not name.startswith(beginning), len(name), name))
    found = {SHORTCODES[name]: name for name in reversed(names) if beginning in name}
    return [(name, emoji) for emoji, name in reversed(found.items())][:most]
