"""What happens to conversations when rooms change. All of it inside the transaction of the change."""

from django.db import connections
from django.db.models.signals import post_delete, post_migrate, pre_delete
from django.dispatch import receiver

from accounts import notifying, storing
from accounts.models import Person
from accounts.signals import person_blocked, person_followed
from accounts.words import has_words
from backchannel import broadcasts, here, seen, unheard, word_index
from backchannel.models import Conversation, Export, Group, GroupInvitation, Membership, QuestionBoard, Scheduled
from backchannel.models.export import EXPORT
from backchannel.models.scheduled import UNSENT
from rooms.models import Room, Seat
from rooms.signals import room_opened, seat_changed


@receiver(room_opened, sender=Room)
def give_the_room_its_conversations(sender, room, **kwargs) -> None:
    Conversation.objects.create(kind=Conversation.Kind.ROOM, room=room)
    Conversation.objects.create(kind=Conversation.Kind.SPEAKERS, room=room)
    QuestionBoard.objects.create(room=room)


@receiver(person_followed, sender=Person)
def accept_the_request_of_whom_one_follows(sender, follower, followed, **kwargs) -> None:
    for asked in Conversation.objects.between(follower, followed).filter(request_to=follower):
        asked.accept(follower)


@receiver(person_blocked, sender=Person)
def take_requests_away(sender, blocker, blocked, **kwargs) -> None:
    """What stands between two people who are apart now is in no list (querysets), and on no screen of who blocked."""
    for asked in Conversation.objects.between(blocker, blocked).exclude(request_to=None):
        asked.decline(blocker)
        broadcasts.inbox_changed([asked.request_to_id])  # who had asked has nothing less in his list


@receiver(seat_changed, sender=Seat)
def follow_the_stage(sender, seat, before, **kwargs) -> None:
    """The speakers' line belongs to exactly the people on stage."""
    was_on_stage = before in (Seat.Role.MODERATOR, Seat.Role.SPEAKER)
    if seat.on_stage == was_on_stage:
        return
    line = Conversation.objects.get(room=seat.room, kind=Conversation.Kind.SPEAKERS)
    line.let_in(seat.person) if seat.on_stage else line.let_go(seat.person)


@receiver(seat_changed, sender=Seat)
def close_the_chat_to_the_removed(sender, seat, before, **kwargs) -> None:
    """Whoever just leaves keeps reading; whoever was removed or blocked does not."""
    if not seat.left_at or not seat.room.live:
        return
    chat = Conversation.objects.get(room=seat.room, kind=Conversation.Kind.ROOM)
    if not Conversation.objects.open_to(seat.person).filter(pk=chat.pk).exists():
        chat.shut_out(seat.person)
        unheard.gone(seat.person_id, chat.pk)
        Export.objects.filter(person=seat.person, conversation=chat).let_go()


@receiver(seat_changed, sender=Seat)
def redraw_the_questions(sender, seat, before, **kwargs) -> None:
    """Hidden questions and buttons come and go with being a moderator."""
    if seat.moderates != (before == Seat.Role.MODERATOR) and not seat.removed_at:
        broadcasts.moderating_changed(seat.room, seat.person_id)


@receiver(person_blocked, sender=Person)
def show_nothing_of_the_blocked(sender, blocker, blocked, **kwargs) -> None:
    seen.part(blocker, blocked)
    here.part(blocker, blocked)


@receiver(person_blocked)
def forget_invitations_between_them(sender, blocker, blocked, **kwargs) -> None:
    pending = GroupInvitation.objects.between(blocker, blocked)
    asked = list(pending.values_list("person", flat=True))
    pending.delete()
    if asked:
        broadcasts.inbox_changed(asked)


@receiver(pre_delete, sender=Person)
def leave_no_group_without_an_owner(sender, instance, **kwargs) -> None:
    owned = Membership.objects.filter(person=instance, role=Membership.Role.OWNER)
    for group in Group.objects.filter(conversation__in=owned.values("conversation")):
        group.lose(instance)


@receiver(post_delete, sender=Group)
def keep_no_photo_of_a_group_that_is_gone(sender, instance, **kwargs) -> None:
    storing.discard_photo(instance)


@receiver(post_migrate)
def index_the_words_of_messages(sender, using, apps=None, **kwargs) -> None:
    if sender.name == "backchannel" and has_words(apps, "backchannel.Message"):
        word_index.install(connections[using])


@receiver(post_delete, sender=Membership)
def tell_no_more_of_what_is_not_his_to_read(sender, instance, **kwargs) -> None:
    unheard.gone(instance.person_id, instance.conversation_id)


@receiver(post_delete, sender=Membership)
def keep_no_export_of_what_is_not_his_to_read(sender, instance, **kwargs) -> None:
    Export.objects.filter(person=instance.person_id, conversation=instance.conversation_id).let_go()


@receiver(post_delete, sender=Export)
def tell_of_no_export_that_is_gone(sender, instance, **kwargs) -> None:
    notifying.forget(EXPORT, [instance.pk])


@receiver(post_delete, sender=Scheduled)
def tell_of_no_scheduled_message_that_is_gone(sender, instance, **kwargs) -> None:
    notifying.forget(UNSENT, [instance.pk])
