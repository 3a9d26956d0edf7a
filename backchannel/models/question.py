from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.ids import LENGTH, random_id
from accounts.models import ModerationEntry, Person
from accounts.refusals import Refused
from backchannel import broadcasts
from backchannel.querysets import STANDING, QuestionBoardQuerySet, QuestionQuerySet
from rooms.models import Room

LONGEST = 280
OPEN_AT_ONCE = 3
MOST_VOTES = 99_999


class QuestionBoard(models.Model):
    """A room's questions, with the version of their list."""

    room = models.OneToOneField(Room, primary_key=True, on_delete=models.CASCADE, related_name="board")
    version = models.PositiveIntegerField(default=0)

    objects = QuestionBoardQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.room)

    @contextmanager
    def change(self) -> Iterator[list[Question]]:
        """Lock the board; the questions put into the list are saved, with the next version, and told to everybody.

        The room is locked as well: who moderates and who is still there can't change under what is being told.
        """
        with transaction.atomic():
            self.room = Room.objects.select_for_update().get(pk=self.pk)
            self.version = QuestionBoard.objects.select_for_update().values_list("version", flat=True).get(pk=self.pk)
            changed: list[Question] = []
            yield changed
            for question in changed:
                question.save()
            if changed:
                self.version += 1
                self.save(update_fields=["version"])
                broadcasts.questions_changed(self, changed)

    def ask(self, asker: Person, body: str) -> Question:
        """A new question, or the one that he has open in the same words: the same form sent twice asks one.

        Raises Refused for somebody outside the room or with three open ones.
        """
        with self.change() as changed:
            self.require_present(asker)
            mine = self.questions.open().filter(asker=asker)
            if twin := mine.filter(body=body).first():
                return twin
            if mine.count() >= OPEN_AT_ONCE:
                raise Refused(_now("You have three open questions. Withdraw one, or wait for an answer."))
            question = Question(board=self, asker=asker, body=body)
            changed.append(question)
        return question

    def require_present(self, person: Person) -> None:
        if not self.room.live or not self.room.seat_of(person):
            raise Refused(_now("Only people in the room can ask and vote."))

    def voted_by(self, person: Person) -> list[str]:
        """Ids of the questions that have this person's vote."""
        return list(Vote.objects.filter(question__board=self, person=person).values_list("question", flat=True))


class Question(models.Model):
    class State(models.TextChoices):
        LIVE = "live", _("Waiting")
        ANSWERING = "answering", _("Answering now")
        ANSWERED = "answered", _("Answered")
        HIDDEN = "hidden", _("Hidden")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.CharField(primary_key=True, max_length=LENGTH, default=random_id, editable=False)
    board = models.ForeignKey(QuestionBoard, on_delete=models.CASCADE, related_name="questions")
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.CASCADE,
        related_name="questions",
    )
    body = models.CharField(_("question"), max_length=LONGEST)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.LIVE)
    votes = models.PositiveIntegerField(_("votes"), default=0)
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        permissions = [("erase_question", _("Can delete questions"))]
        constraints = [
            models.UniqueConstraint(fields=["board"], condition=Q(state="answering"), name="one_answered_at_a_time")
        ]

    def __str__(self) -> str:
        # Never the text: this is what logs and lists keep of a question that is gone.
        return _now("Question by %(name)s") % {"name": self.asker}

    @property
    def room(self) -> Room:
        return self.board.room

    @property
    def order(self) -> str:
        """Sorts the list as a string: by state, then the most votes, then the oldest."""
        fewer = MOST_VOTES - min(self.votes, MOST_VOTES)
        return f"{STANDING.get(self.state, 9)}-{fewer:05d}-{self.created_at.timestamp():.6f}-{self.pk}"

    def is_shown(self, moderating: bool, person_id: str = "") -> bool:
        """Whether it stands in the list of a moderator, or of somebody else; the asker sees that his was hidden."""
        if self.state == self.State.HIDDEN:
            return moderating or self.asker_id == person_id
        return self.state != self.State.WITHDRAWN

    # Voting -------------------------------------------------------------------------------------------

    def vote(self, person: Person, on: bool) -> None:
        """Give or take back one's vote; twice is once. Raises Refused for somebody outside the room."""
        with self._step() as changed:
            self.board.require_present(person)
            if self._count_vote(person, on):
                self.votes = self.given.count()
                changed.append(self)
                broadcasts.votes_changed(self.board, person)

    def _count_vote(self, person: Person, on: bool) -> bool:
        if on:
            return self.given.get_or_create(person=person)[1]
        return bool(self.given.filter(person=person).delete()[0])

    # Deciding -----------------------------------------------------------------------------------------

    def decide(self, by: Person, state: str, seen: str = "") -> None:
        """A moderator's step: answering, answered, hidden, or live again. `seen` is the state he saw when deciding.

        Raises Refused (409) where another moderator was first, saying who.
        """
        with self._step() as changed:
            if not self.room.may_moderate(by):
                raise Refused(_now("Only the moderators of this room can do that."))
            self._say_who_was_first(by, state, seen or self.state)
            if self.state == state:
                return
            if state == self.State.ANSWERING:
                changed += self._set_aside_the_one_being_answered(by)
            self._become(state, by)
            changed.append(self)

    def _say_who_was_first(self, by: Person, state: str, seen: str) -> None:
        who = {"name": self.decided_by, "state": self.get_state_display()}
        if self.state == self.State.WITHDRAWN:
            raise Refused(_now("The asker has withdrawn this question."), status=409)
        if self.decided_by is None or self.decided_by == by:
            return
        if self.state == state:
            raise Refused(_now("%(name)s already did this.") % who, status=409)
        if self.state != seen:
            raise Refused(_now("%(name)s was first: this question is “%(state)s” now.") % who, status=409)

    def _set_aside_the_one_being_answered(self, by: Person) -> list[Question]:
        others = list(self.board.questions.filter(state=self.State.ANSWERING).select_related("asker"))
        for other in others:
            other.board = self.board
            other._become(self.State.ANSWERED, by)
        return others

    def _become(self, state: str, by: Person) -> None:
        self.state, self.decided_by = state, by
        broadcasts.question_decided(self)
        if state == self.State.ANSWERING:
            broadcasts.answering_now(self)

    def withdraw(self, by: Person) -> None:
        """Take one's own question back. Raises Refused for somebody else's."""
        with self._step() as changed:
            if by.pk != self.asker_id:
                raise Refused(_now("Only the asker can withdraw a question."))
            self._become(self.State.WITHDRAWN, by)
            changed.append(self)

    def delete_by_staff(self, by: Person, reason: str) -> None:
        with self._step() as changed:
            ModerationEntry.write(by, "delete", self, reason)
            self.body = ""
            self._become(self.State.WITHDRAWN, by)
            changed.append(self)

    @contextmanager
    def _step(self) -> Iterator[list[Question]]:
        with self.board.change() as changed:
            board = self.board
            self.refresh_from_db()
            self.board = board
            yield changed

    # Calling ------------------------------------------------------------------------------------------

    def call_asker(self, by: Person) -> None:
        """Invite the asker to the stage. Raises Refused when he has left the room."""
        seat = self.room.seats.here().filter(person=self.asker).select_related("room", "person").first()
        if not seat:
            raise Refused(_now("%(name)s has left the room.") % {"name": self.asker})
        seat.invite(by)


class Vote(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="given")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="votes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "person"], name="one_vote_each")]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.question_id}"
