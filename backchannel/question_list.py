"""What the list of a room's questions is drawn from."""

from accounts.models import Person
from backchannel.models import Question, QuestionBoard
from rooms.models import Seat

LONGEST_LIST = 200


def question_list(board: QuestionBoard, person: Person, seat: Seat | None) -> dict:
    """The context of backchannel/_questions.html and its list, as this person, with this seat, may see it now."""
    questions = Question.objects.visible_to(person).filter(board=board).top_first().select_related("asker")
    moderating = seat is not None and seat.moderates
    return {
        "room": board.room,
        "board": board,
        "questions": questions[:LONGEST_LIST],
        "moderating": moderating,
        "on_stage": board.room.seats.on_stage().values_list("person_id", flat=True) if moderating else (),
        "can_ask": seat is not None and board.room.live,
        "outside": seat is None and board.room.live,
        "voted": board.voted_by(person),
        "user": person,
    }
