"""What this app tells live about itself."""

import live
from accounts import notifying
from backchannel import accepted, catching_up, here, posting, question_versions, sending_later, unheard  # noqa: F401
from backchannel.context_processors import build_id
from backchannel.exporting import keeping
from backchannel.models.export import EXPORT
from backchannel.models.scheduled import UNSENT
from backchannel.own_lists import own_lists
from backchannel.typing import typing

live.register(build=build_id, every=[(2, unheard.look), (here.ROUND, here.look)])
live.register(catch_up=own_lists)
live.on("post", posting.post)
live.on("typing", typing)
notifying.register(accepted.ACCEPTED, accepted.look)
notifying.register(unheard.MESSAGE, unheard.look_of_messages)
notifying.register(unheard.MENTION, unheard.look_of_mentions)
notifying.register(UNSENT, sending_later.look_of_unsent)
notifying.register(EXPORT, keeping.look_of_exports)
