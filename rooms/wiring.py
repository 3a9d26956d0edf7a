"""What this app tells live about itself."""

import live
from rooms import catching_up, presence
from rooms.sound import engine, steering, watching

live.register(
    topics=catching_up.topics,
    audience=catching_up.audience,
    catch_up=catching_up.catch_up,
    heads=catching_up.heads,
    every=[(10, presence.beat), (5, presence.tend), (5, watching.reconcile)],
)
live.on("hello", presence.heard)
live.on("sound.offer", steering.offer)
live.on("sound.leave", steering.leave)
engine.register(
    on_talking=watching.talking,
    on_gone=watching.gone,
    on_ready=watching.ready,
    on_missing=watching.missing,
)
engine.open()
