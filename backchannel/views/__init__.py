from backchannel.views.conversations import conversation, deletion, direct, inbox, message, messages, reading
from backchannel.views.questions import call_asker, question, questions, vote

__all__ = [
    "call_asker",
    "conversation",
    "deletion",
    "direct",
    "inbox",
    "message",
    "messages",
    "question",
    "questions",
    "reading",
    "vote",
]
