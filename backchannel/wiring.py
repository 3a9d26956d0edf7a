"""What this app tells live about itself."""

import live
from backchannel import catching_up, posting, question_versions  # noqa: F401
from backchannel.context_processors import build_id
from backchannel.typing import typing

live.register(build=build_id)
live.on("post", posting.post)
live.on("typing", typing)
