from backchannel.views.cards import card_picture, card_removal, own_card
from backchannel.views.changing import deletion, editing, message
from backchannel.views.conversations import conversation, direct, messages, reading
from backchannel.views.forwarding import forwarding
from backchannel.views.inbox import (
    archive,
    conversation_menu,
    draft,
    everything_read,
    inbox,
    level,
    mute,
    pin,
    unread_from,
)
from backchannel.views.questions import call_asker, question, questions, vote
from backchannel.views.reactions import reactions
from backchannel.views.reports import report_conversation, report_message, report_person, reported
from backchannel.views.requests import acceptance, declining
from backchannel.views.search import search

__all__ = [
    "acceptance",
    "archive",
    "call_asker",
    "card_picture",
    "card_removal",
    "conversation",
    "conversation_menu",
    "declining",
    "deletion",
    "direct",
    "draft",
    "editing",
    "everything_read",
    "forwarding",
    "inbox",
    "level",
    "message",
    "messages",
    "mute",
    "own_card",
    "pin",
    "question",
    "questions",
    "reactions",
    "reading",
    "report_conversation",
    "report_message",
    "report_person",
    "reported",
    "search",
    "unread_from",
    "vote",
]
