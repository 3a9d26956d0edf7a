from backchannel.models.attachment import Attachment
from backchannel.models.conversation import Conversation, Membership
from backchannel.models.export import Export
from backchannel.models.group import Group
from backchannel.models.group_invitation import GroupInvitation
from backchannel.models.link_preview import LinkPreview
from backchannel.models.mention import Mention
from backchannel.models.message import Message
from backchannel.models.pin import Pin
from backchannel.models.question import Question, QuestionBoard, Vote
from backchannel.models.reaction import Reaction
from backchannel.models.remains import Edition, SealedText
from backchannel.models.report import Report
from backchannel.models.scheduled import Scheduled

__all__ = [
    "Attachment",
    "Conversation",
    "Edition",
    "Export",
    "Group",
    "GroupInvitation",
    "LinkPreview",
    "Membership",
    "Mention",
    "Message",
    "Pin",
    "Question",
    "QuestionBoard",
    "Reaction",
    "Report",
    "Scheduled",
    "SealedText",
    "Vote",
]
