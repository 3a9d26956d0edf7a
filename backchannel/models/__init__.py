from backchannel.models.conversation import Conversation, Membership
from backchannel.models.link_preview import LinkPreview
from backchannel.models.message import Message
from backchannel.models.question import Question, QuestionBoard, Vote

__all__ = ["Conversation", "LinkPreview", "Membership", "Message", "Question", "QuestionBoard", "Vote"]
