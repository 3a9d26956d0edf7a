from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import storing
from accounts.models import Person
from accounts.refusals import Refused
from backchannel import broadcasts, writers
from backchannel.models.conversation import Conversation, Membership
from backchannel.models.group_invitation import GroupInvitation
from backchannel.models.group_step import Step, in_words
from backchannel.models.pin import MOST as MOST_PINNED
from backchannel.models.pin import Pin

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from backchannel.models.message import Message

MOST_INVITED = 50  # who have not answered
MOST_WAITING = 3  # for the answer of one person
NAME_LENGTH = 60


class GroupQuerySet(models.QuerySet):
    def invited(self, person: Person) -> GroupQuerySet:
        """Groups into which somebody has asked `person`, who has not answered."""
        return self.filter(invitations__person=person)

    def of(self, person: Person) -> GroupQuerySet:
        return self.filter(conversation__memberships__person=person)


class Group(models.Model):
    """What makes a conversation a group: its name and photo, and whose it is. Who is in it stands in the memberships;
    each change of them is one step under the conversation's lock."""

    class History(models.TextChoices):
        JOINING = "joining", _("What is written after they joined")
        ALL = "all", _("Everything that was ever written here")

    conversation = models.OneToOneField(
        Conversation, primary_key=True, on_delete=models.CASCADE, related_name="group", editable=False
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    photo = models.FileField(_("photo"), upload_to="groups", blank=True, editable=False)
    history = models.CharField(
        _("what new members can read"), max_length=7, choices=History.choices, default=History.JOINING
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("started by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    form_id = models.UUIDField(default=uuid4, editable=False)  # of the form that made it: sent twice it makes one
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        constraints = [models.UniqueConstraint(fields=["started_by", "form_id"], name="one_group_per_form")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("group", args=[self.pk])

    @property
    def hue(self) -> int:
        return sum(self.pk.encode()) % 12

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()

    @property
    def photo_address(self) -> str:
        """Where the photo is. Another photo has another address, so browsers may keep it."""
        return reverse("group_photo", args=[self.pk, PurePosixPath(str(self.photo.name)).stem]) if self.photo else ""

    @cached_property
    def members_count(self) -> int:
        return self.conversation.memberships.count()

    @property
    def owner(self) -> Person | None:
        owning = self.conversation.memberships.filter(role=Membership.Role.OWNER).select_related("person").first()
        return owning.person if owning else None

    # Beginning, and who comes in ----------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def start(cls, by: Person, people: Collection[Person], name: str = "", form_id: UUID | None = None) -> Group:
        """A new group of `by`, who owns it, and those of these people who follow him; the others are asked first.

        Raises Refused where one of them takes no messages of his, or they are too many. The same form sent twice
        makes one group.
        """
        form_id = form_id or uuid4()
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)
        if twin := cls.objects.of(by).filter(started_by=by, form_id=form_id).first():
            return twin
        conversation = Conversation.objects.create(kind=Conversation.Kind.GROUP)
        name = name or in_words([by, *people])[:NAME_LENGTH]
        group = cls.objects.create(conversation=conversation, started_by=by, form_id=form_id, name=name)
        conversation.memberships.create(person=by, role=Membership.Role.OWNER)
        with group.change() as step:
            step.say(by, "started", _("%(name)s started the group “%(group)s”"), group=name)
            group._bring(step, by, people)
        return group

    def add(self, by: Person, people: Collection[Person]) -> list[Person]:
        """Take people in: those who follow `by` at once. The others, and whoever is apart from somebody in here, are
        asked first; gives these. Who is in it already stays as he is."""
        with self.change() as step:
            step.require(by, Membership.Role.OWNER, Membership.Role.MODERATOR)
            return self._bring(step, by, people)

    def _bring(self, step: Step, by: Person, people: Collection[Person]) -> list[Person]:
        fresh = [person for person in people if person.pk not in step.roles]
        if Person.objects.reachable_for(by).filter(pk__in=[person.pk for person in fresh]).count() < len(fresh):
            raise writers.out_of_reach()
        at_once = step.willing(by, fresh)
        asked = [person for person in fresh if person not in at_once]
        if at_once:
            step.take_in(at_once, self._beginning(step))
            self.invitations.filter(person__in=at_once).delete()
            step.say(by, "added", _("%(name)s added %(people)s"), at_once, people=in_words(at_once))
            broadcasts.added_to_group(self, by, at_once)
        self._invite(by, asked)
        return asked

    def _beginning(self, step: Step) -> int:
        """Where the history of a new member begins."""
        return 0 if self.history == self.History.ALL else step.head + 1

    def _invite(self, by: Person, people: Collection[Person]) -> None:
        open_now = set(self.invitations.values_list("person", flat=True))
        fresh = [person for person in people if person.pk not in open_now]
        if len(open_now) + len(fresh) > MOST_INVITED:
            raise Refused(_now("Too many people have not answered yet. Wait until some of them have."))
        self._spare_whom_others_wait_for(by, fresh)
        GroupInvitation.objects.bulk_create(
            [GroupInvitation(group=self, person=person, by=by) for person in fresh], ignore_conflicts=True
        )
        broadcasts.invited_to_group(self, fresh)

    @staticmethod
    def _spare_whom_others_wait_for(by: Person, people: list[Person]) -> None:
        """Nobody's inbox is filled by one who starts group after group. Raises Refused."""
        asked = GroupInvitation.objects.filter(by=by, person__in=people).order_by().values_list("person")
        waiting = dict(asked.annotate(Count("pk")))
        for person in people:
            if waiting.get(person.pk, 0) >= MOST_WAITING:
                raise Refused(_now("%(name)s has not answered your other invitations yet.") % {"name": person})

    def accept(self, person: Person) -> None:
        """Come in, having been asked. Twice is once. Raises Refused where that was taken back, or no place is left."""
        with self.change() as step:
            if person.pk in step.roles:
                return
            asked, _rows = self.invitations.filter(person=person).delete()
            if not asked:
                raise Refused(_now("This invitation was taken back."))
            step.take_in([person], self._beginning(step))
            step.say(person, "joined", _("%(name)s joined"), [person])

    def decline(self, person: Person) -> None:
        """Nobody is told."""
        if self.invitations.filter(person=person).delete()[0]:
            broadcasts.inbox_changed([person.pk])

    def withdraw(self, by: Person, person: Person) -> None:
        """Take an invitation back. Twice is once."""
        with self.change() as step:
            step.require(by, Membership.Role.OWNER, Membership.Role.MODERATOR)
            self.invitations.filter(person=person).delete()
            broadcasts.inbox_changed([person.pk])

    # Going --------------------------------------------------------------------------------------------

    def leave(self, person: Person) -> None:
        """Go. Where the owner goes, who has been a moderator for longest follows him, else who has been in it for
        longest. Twice is once."""
        with self.change() as step:
            role = step.roles.get(person.pk)
            if not role:
                return
            self._let_go(step, person)
            step.say(person, "left", _("%(name)s left"), [person])
            if role == Membership.Role.OWNER and (heir := step.succeed()):
                step.say(heir, "owner", _("%(name)s is the owner of the group now"))

    def lose(self, owner: Person) -> None:
        """Its owner's account goes, with all that he wrote: somebody else becomes the owner, and nothing is said."""
        with self.change() as step:
            if step.roles.get(owner.pk) == Membership.Role.OWNER:
                self._let_go(step, owner)
                step.succeed()

    def remove(self, by: Person, person: Person) -> None:
        """Take somebody out: the owner anybody, moderators those who are none. Twice is once."""
        with self.change() as step:
            step.require(by, Membership.Role.OWNER, Membership.Role.MODERATOR)
            if person.pk not in step.roles:
                return
            if by == person:
                raise Refused(_now("To go yourself, leave the group."))
            if step.roles[person.pk] != Membership.Role.MEMBER:
                step.require(by, Membership.Role.OWNER)
            self._let_go(step, person)
            broadcasts.removed_from_group(self, person)
            step.say(by, "removed", _("%(name)s removed %(people)s"), [person], people=str(person))

    def _let_go(self, step: Step, person: Person) -> None:
        step.let_go(person)
        self.invitations.filter(by=person).delete()
        if self.photo and not step.roles:
            storing.show_photo(self, None)  # to nobody, from now on

    # Whose it is, and how it looks --------------------------------------------------------------------

    def hand_over(self, by: Person, to: Person) -> None:
        """Make somebody else its owner; who was it stays as a moderator."""
        with self.change() as step:
            if step.roles.get(to.pk) == Membership.Role.OWNER:
                return
            step.require(by, Membership.Role.OWNER)
            step.require_member(to)
            step.give(by, Membership.Role.MODERATOR)
            step.give(to, Membership.Role.OWNER)
            step.say(by, "owner", _("%(name)s handed the group over to %(people)s"), people=str(to))

    def make(self, by: Person, person: Person, role: str) -> None:
        """Make a member a moderator, or a moderator a member again."""
        with self.change() as step:
            step.require(by, Membership.Role.OWNER)
            step.require_member(person)
            before = step.roles[person.pk]
            if before == Membership.Role.OWNER:
                raise Refused(_now("Hand the group over first."))
            if before == role:
                return
            step.give(person, role)
            said = _("%(name)s made %(people)s a moderator")
            if role == Membership.Role.MEMBER:
                said = _("%(name)s made %(people)s a member like the others")
            step.say(by, "role", said, people=str(person))

    def set_up(self, by: Person, name: str, history: str, photo: bytes | None = None, no_photo: bool = False) -> None:
        """Its name and photo: the owner and the moderators. What new members can read: the owner alone."""
        with self.change() as step:
            step.require(by, Membership.Role.OWNER, Membership.Role.MODERATOR)
            if history != self.history:
                step.require(by, Membership.Role.OWNER)
                self._set(history=history)
                step.say(by, "history", _HISTORIES[history])
            if name != self.name:
                self._set(name=name)
                step.say(by, "named", _("%(name)s named the group “%(group)s”"), group=name)
            if photo or (no_photo and self.photo):
                storing.show_photo(self, photo)
                said = _("%(name)s changed the group’s photo") if photo else _("%(name)s took the group’s photo away")
                step.say(by, "photo", said)

    def _set(self, **values: str) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))

    # What it keeps at hand ----------------------------------------------------------------------------

    def pin(self, by: Person, message: Message, on: bool) -> None:
        """Keep a message at hand for everybody, or no longer. Twice is once."""
        with self.change() as step:
            step.require(by, *Membership.Role.values)
            pins = Pin.objects.filter(message__conversation=self.pk)
            if not on:
                pins.filter(message=message).delete()
            elif not pins.filter(message=message).exists():
                self._pin(step, by, message, pins.count())
            broadcasts.pins_changed(self.conversation)

    def _pin(self, step: Step, by: Person, message: Message, count: int) -> None:
        message.refresh_from_db(fields=["deleted_at"])
        if message.deleted_at:
            raise Refused(_now("This message was deleted."))
        if count >= MOST_PINNED:
            raise Refused(_now("Enough is pinned here. Unpin something first."))
        Pin.objects.create(message=message, by=by)
        step.say(by, "pinned", _("%(name)s pinned a message"))

    @contextmanager
    def change(self) -> Iterator[Step]:
        """Lock the group and let the block change it: one transaction, one telling."""
        with self.conversation.taking_a_number() as number:
            self.refresh_from_db(fields=["name", "photo", "history"])
            step = Step(self, number)
            yield step
            if step.happened:
                broadcasts.group_changed(self, step.roles)


_HISTORIES: dict[str, str | Promise] = {
    Group.History.JOINING: _("%(name)s lets new members read what is written after they joined"),
    Group.History.ALL: _("%(name)s lets new members read everything"),
}
