from backchannel.views.cards import card_picture, card_removal, own_card
from backchannel.views.changing import deletion, editing, message
from backchannel.views.conversations import conversation, direct, inbox, messages, reading
from backchannel.views.forwarding import forwarding
from backchannel.views.questions import call_asker, question, questions, vote
from backchannel.views.reactions import reactions
from backchannel.views.search import search

__all__ = [
    "call_asker",
    "card_picture",
    "card_removal",
    "conversation",
    "deletion",
    "direct",
    "editing",
    "forwarding",
    "inbox",
    "message",
    "messages",
    "own_card",
    "question",
    "questions",
    "reactions",
    "reading",
    "search",
    "vote",
]
