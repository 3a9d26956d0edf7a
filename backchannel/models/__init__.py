from backchannel.models.conversation import Conversation, Membership
from backchannel.models.message import Message
from backchannel.models.question import Question, QuestionBoard, Vote

__all__ = ["Conversation", "Membership", "Message", "Question", "QuestionBoard", "Vote"]
