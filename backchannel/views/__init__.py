from backchannel.views.bridges import reply_to_asker, room_from, sharing
from backchannel.views.cards import card_picture, card_removal, own_card
from backchannel.views.changing import deletion, editing, message
from backchannel.views.completions import completions
from backchannel.views.conversations import conversation, direct, messages, reading
from backchannel.views.exports import export, export_file, export_removal, my_data
from backchannel.views.files import attachment, attachment_small, file, file_removal, files
from backchannel.views.forwarding import forwarding
from backchannel.views.groups import group, group_invitation, group_photo, leaving_group, member, members
from backchannel.views.inbox import (
    archive,
    conversation_menu,
    draft,
    everything_read,
    inbox,
    level,
    mute,
    top,
    unread_from,
)
from backchannel.views.later import later, scheduled, scheduled_cancelling, scheduled_one, scheduled_sending
from backchannel.views.picking import new
from backchannel.views.pins import pin, pins
from backchannel.views.questions import call_asker, question, questions, vote
from backchannel.views.reactions import reactions
from backchannel.views.reports import report_conversation, report_message, report_person, reported
from backchannel.views.requests import acceptance, declining
from backchannel.views.search import search
from backchannel.views.seeing import seen

__all__ = [
    "acceptance",
    "archive",
    "attachment",
    "attachment_small",
    "call_asker",
    "card_picture",
    "card_removal",
    "completions",
    "conversation",
    "conversation_menu",
    "declining",
    "deletion",
    "direct",
    "draft",
    "editing",
    "everything_read",
    "export",
    "export_file",
    "export_removal",
    "file",
    "file_removal",
    "files",
    "forwarding",
    "group",
    "group_invitation",
    "group_photo",
    "inbox",
    "later",
    "leaving_group",
    "level",
    "member",
    "members",
    "message",
    "messages",
    "mute",
    "my_data",
    "new",
    "own_card",
    "pin",
    "pins",
    "question",
    "questions",
    "reactions",
    "reading",
    "reply_to_asker",
    "report_conversation",
    "report_message",
    "report_person",
    "reported",
    "room_from",
    "scheduled",
    "scheduled_cancelling",
    "scheduled_one",
    "scheduled_sending",
    "search",
    "seen",
    "sharing",
    "top",
    "unread_from",
    "vote",
]
