from backchannel.views.cards import card_picture, card_removal, own_card
from backchannel.views.conversations import conversation, deletion, direct, inbox, message, messages, reading
from backchannel.views.questions import call_asker, question, questions, vote
from backchannel.views.search import search

__all__ = [
    "call_asker",
    "card_picture",
    "card_removal",
    "conversation",
    "deletion",
    "direct",
    "inbox",
    "message",
    "messages",
    "own_card",
    "question",
    "questions",
    "reading",
    "search",
    "vote",
]
