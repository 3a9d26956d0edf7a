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
from backchannel.querysets import QuestionQuerySet
from rooms.models import Room

LONGEST = 280
OPEN_AT_ONCE = 3


class QuestionBoard(models.Model):
    """A room's questions, with the version of their list."""

    room = models.OneToOneField(Room, primary_key=True, on_delete=models.CASCADE, related_name="board")
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.room)

    @contextmanager
    def change(self) -> Iterator[list[Question]]:
        """Lock the board; the questions put into the list are saved with the next version and told to everybody."""
        with transaction.atomic():
            self.version = (
                QuestionBoard.objects.select_for_update().values_list("version", flat=True).get(pk=self.pk)
            )
            changed: list[Question] = []
            yield changed
            if changed:
                self.version += 1
                self.save(update_fields=["version"])
                broadcasts.questions_changed(self, changed)

    def ask(self, asker: Person, body: str) -> Question:
        """A new question. Raises Refused for somebody outside the room or with three open ones."""
        with self.change() as changed:
            if not self.room.live or not self.room.seat_of(asker):
                raise Refused(_now("Only people in the room can ask."))
            if self.questions.open().filter(asker=asker).count() >= OPEN_AT_ONCE:
                raise Refused(_now("You have three open questions. Withdraw one, or wait for an answer."))
            question = self.questions.create(asker=asker, body=body)
            changed.append(question)
        return question


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
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(
                fields=["board"], condition=Q(state="answering"), name="one_answered_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.body[:60]

    @property
    def room(self) -> Room:
        return self.board.room

    def is_shown(self, moderating: bool) -> bool:
        """Whether it stands in the list that moderators, or the others, see."""
        return self.state != self.State.WITHDRAWN and (moderating or self.state != self.State.HIDDEN)

    def vote(self, person: Person, on: bool) -> None:
        """Give or take back one's vote; twice is once."""
        with self._step() as changed:
            self._require_present(person)
            if on:
                _vote, new = self.given.get_or_create(person=person)
            else:
                new, _rows = self.given.filter(person=person).delete()
            if new:
                self.votes = self.given.count()
                changed.append(self)

    def decide(self, by: Person, state: str) -> None:
        """A moderator's step: answering, answered, hidden, or live again.

        Raises Refused (409) where another moderator was first, saying who.
        """
        with self._step() as changed:
            if not self.room.may_moderate(by):
                raise Refused(_now("Only the moderators of this room can do that."))
            if self.state == self.State.WITHDRAWN:
                raise Refused(_now("The asker has withdrawn this question."), status=409)
            if self.state == state:
                self._say_who_was_first(by)
                return
            if state == self.State.ANSWERING:
                changed += self._set_aside_the_one_being_answered()
            self._become(state, by)
            changed.append(self)

    def _say_who_was_first(self, by: Person) -> None:
        if self.decided_by and self.decided_by != by:
            raise Refused(_now("%(name)s already did this.") % {"name": self.decided_by}, status=409)

    def _set_aside_the_one_being_answered(self) -> list[Question]:
        others = list(self.board.questions.filter(state=self.State.ANSWERING).exclude(pk=self.pk))
        for other in others:
            other.board = self.board
            other._become(self.State.ANSWERED, self.decided_by)
        return others

    def _become(self, state: str, by: Person | None) -> None:
        self.state, self.decided_by = state, by
        self.save()

    def withdraw(self, by: Person) -> None:
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

    def call_asker(self, by: Person) -> None:
        """Invite the asker to the stage. Raises Refused when he has left the room."""
        seat = self.room.seats.here().filter(person=self.asker).select_related("room", "person").first()
        if not seat:
            raise Refused(_now("%(name)s has left the room.") % {"name": self.asker})
        seat.invite(by)

    def _require_present(self, person: Person) -> None:
        if not self.room.live or not self.room.seat_of(person):
            raise Refused(_now("Only people in the room can vote."))

    @contextmanager
    def _step(self) -> Iterator[list[Question]]:
        with self.board.change() as changed:
            board = self.board
            self.refresh_from_db()
            self.board = board
            yield changed
            if self in changed:
                self.save()


class Vote(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="given")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="votes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "person"], name="one_vote_each")]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.question_id}"
