from backchannel.models.conversation import Conversation, Membership
from backchannel.models.link_preview import LinkPreview
from backchannel.models.message import Message
from backchannel.models.question import Question, QuestionBoard, Vote
from backchannel.models.reaction import Reaction
from backchannel.models.remains import Edition, SealedText
from backchannel.models.report import Report

__all__ = [
    "Conversation",
    "Edition",
    "LinkPreview",
    "Membership",
    "Message",
    "Question",
    "QuestionBoard",
    "Reaction",
    "Report",
    "SealedText",
    "Vote",
]
