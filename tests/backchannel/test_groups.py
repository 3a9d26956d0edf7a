"""Groups: who comes in and how, who goes, whose it is, and who is told."""

import json
from io import BytesIO
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts import limits, storing
from accounts.models import Person
from accounts.refusals import Refused
from backchannel.inbox import inbox_of
from backchannel.models import Conversation, Group, GroupInvitation, Membership, Message
from backchannel.models.group_step import MOST, in_words
from tests.backchannel import hostile
from tests.backchannel.conftest import HTMX, _Markup, harmless, said
from tests.backchannel.test_reading import page, queries
from tests.backchannel.test_revoking import SECRET, all_shut, doors
from tests.ears import listening

pytestmark = pytest.mark.django_db

OWNER, MODERATOR, MEMBER = Membership.Role.OWNER, Membership.Role.MODERATOR, Membership.Role.MEMBER


@pytest.fixture
def friends(ada, bob, cleo):
    """bob and cleo follow ada."""
    for one in (bob, cleo):
        one.follow(ada)


@pytest.fixture
def garden(friends, ada, bob, cleo):
    return Group.start(ada, [bob, cleo], "Garden")


def roles(group):
    members = group.conversation.memberships.order_by("pk").select_related("person")
    return {member.person.username: member.role for member in members}


def lines(group):
    return list(group.conversation.messages.exclude(event="").order_by("seq").values_list("body", flat=True))


def post(client, group, name, data=None, *args, **how):
    return client.post(reverse(name, args=[group.pk, *args]), data or {}, **how)


# Beginning ----------------------------------------------------------------------------------------------


def test_who_starts_it_owns_it_and_who_follows_him_is_in(garden):
    assert roles(garden) == {"ada": OWNER, "bob": MEMBER, "cleo": MEMBER}
    assert lines(garden) == ["Ada started the group “Garden”", "Ada added Bob and Cleo"]


def test_lines_that_may_become_one_say_whom_they_are_about_and_the_others_do_not(garden, ada, bob, cleo, make_person):
    eve = make_person("eve", name="\" onclick='x' <b>")
    GroupInvitation.objects.create(group=garden, person=eve, by=ada)
    garden.accept(eve)
    garden.leave(bob)
    garden.remove(ada, cleo)
    garden.set_up(ada, "Roses", "joining")
    found = {}
    for event, html in garden.conversation.messages.order_by("seq").values_list("event", "html"):
        assert harmless(html)
        attributes = dict(_Markup(html).attributes)
        found[event] = (attributes.get("data-by"), attributes.get("data-who"))
    assert found == {
        "started": (None, None),
        "added": ("Ada", '["Bob", "Cleo"]'),
        "joined": (eve.name, json.dumps([eve.name])),
        "left": ("Bob", '["Bob"]'),
        "removed": ("Ada", '["Cleo"]'),
        "named": (None, None),
    }


def test_who_does_not_follow_him_is_asked(friends, ada, bob, dan):
    group = Group.start(ada, [bob, dan])
    assert roles(group) == {"ada": OWNER, "bob": MEMBER}
    assert (group.name, group.invitations.get().person) == ("Ada, Bob and Dan", dan)


def test_the_page_makes_one(friends, as_, ada, bob, dan):
    data = {"people": [bob.pk, dan.pk], "name": "Roses", "form_id": str(uuid4())}
    answers = [as_(ada).post(reverse("new"), data) for _ in "ab"]
    group = Group.objects.get()
    assert {answer["Location"] for answer in answers} == {group.conversation.get_absolute_url()}
    assert group.name == "Roses" and roles(group) == {"ada": OWNER, "bob": MEMBER}
    assert group.conversation.kind == Conversation.Kind.GROUP


def test_a_form_of_somebody_else_makes_another_group(garden, ada, bob, cleo):
    ada.follow(bob)
    assert Group.start(bob, [ada, cleo], "Mine", garden.form_id) != garden


def test_with_one_person_it_is_the_direct_conversation(as_, ada, bob):
    answer = as_(ada).post(reverse("new"), {"people": [bob.pk], "form_id": str(uuid4())})
    assert answer["Location"] == Conversation.between(ada, bob).get_absolute_url()
    assert not Group.objects.exists()


def test_with_nobody_it_is_nothing(as_, ada):
    answer = as_(ada).post(reverse("new"), {"name": "Roses", "form_id": str(uuid4())})
    assert (
        answer.status_code == 422
        and "Choose somebody" in answer.content.decode()
        and "Roses" in answer.content.decode()
    )
    assert not ada.conversations.exists()


def test_only_those_who_take_ones_messages_are_offered(as_, ada, bob, cleo, dan, make_person):
    for name, wish in (("nora", "nobody"), ("fritz", "followed")):
        make_person(name, name="Someone", messages_from=wish)
    make_person("fay", name="Someone", messages_from="followed").follow(ada)
    make_person("ed", name="Someone")
    make_person("bert", name="Someone").block(ada)
    offered = page(as_(ada), f"{reverse('new')}?q=someone")
    assert {name: f"@{name}<" in offered for name in ("nora", "fritz", "fay", "ed", "bert")} == {
        "nora": False,
        "fritz": False,
        "fay": True,
        "ed": True,
        "bert": False,
    }


def test_nor_can_others_be_named(as_, ada, bob, dan, make_person):
    nora = make_person("nora", messages_from="nobody")
    dan.block(ada)
    for person in (nora, dan, Person(pk="nobody"), Person(pk="x\0y")):
        data = {"people": [bob.pk, person.pk], "form_id": str(uuid4())}
        answer = as_(ada).post(reverse("new"), data, **HTMX)
        assert answer.status_code == 422 and "You can’t message this person now." in answer.content.decode()
    assert not Group.objects.exists()


def test_finding_without_scripts_keeps_what_was_chosen_and_typed(as_, ada, bob, cleo):
    data = {"people": [bob.pk], "name": "Roses", "q": "cleo", "find": "yes", "form_id": str(uuid4())}
    shown = as_(ada).post(reverse("new"), data).content.decode()
    assert f'value="{bob.pk}" checked' in shown and f'value="{cleo.pk}">' in shown
    assert 'value="Roses"' in shown and data["form_id"] in shown
    assert not Group.objects.exists()


def test_the_stage_can_be_chosen(floor, as_, ada, bob, cleo, dan):
    shown = page(as_(cleo), f"{reverse('new')}?room={floor.pk}")
    assert f'value="{ada.pk}" checked' in shown and f'value="{bob.pk}" checked' in shown
    assert 'value="Gardens"' in shown and cleo.pk not in shown.split("data-picked")[1].split("</ul>")[0]
    assert as_(dan).get(f"{reverse('new')}?room={floor.pk}").status_code == 404


@pytest.mark.usefixtures("the_clock_stands")
def test_w6_strangers_are_not_asked_by_the_hundred(friends, as_, ada, bob, dan, make_person, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "stranger", (1, 10**6))
    group = Group.start(ada, [bob], "Garden")
    eve = make_person("eve")
    answers = [post(as_(ada), group, "members", {"people": [one.pk]}) for one in (dan, eve, bob)]
    assert [answer.status_code for answer in answers] == [303, 429, 303]
    assert group.invitations.get().person == dan


def test_w6_nobodys_inbox_is_filled_with_the_groups_of_one(as_, ada, bob, cleo, dan):
    bob.follow(ada)
    groups = [Group.start(ada, [dan], f"Garden {number}") for number in range(3)]
    fourth = Group.start(ada, [bob], "Garden")
    answer = post(as_(ada), fourth, "members", {"people": [dan.pk]})
    assert (answer.status_code, "Dan has not answered your other invitations yet." in answer.content.decode()) == (
        422,
        True,
    )
    fourth.add(ada, [cleo])
    groups[0].decline(dan)
    assert post(as_(ada), fourth, "members", {"people": [dan.pk]}).status_code == 303
    assert set(fourth.invitations.values_list("person", flat=True)) == {cleo.pk, dan.pk}


# Coming in ----------------------------------------------------------------------------------------------


def test_invited_one_reads_nothing_until_one_comes_in(garden, as_, ada, dan):
    said(garden.conversation, ada, SECRET)
    garden.add(ada, [dan])
    client = as_(dan)
    assert client.get(garden.conversation.get_absolute_url()).status_code == 404
    shown = page(client, reverse("group_invitation", args=[garden.pk]))
    assert "Garden" in shown and "Ada asks you into this group." in shown and SECRET not in shown
    assert reverse("group_invitation", args=[garden.pk]) in page(client, reverse("inbox"))
    answer = post(client, garden, "group_invitation", {"answer": "accept"})
    assert answer["Location"] == garden.conversation.get_absolute_url()
    assert roles(garden)["dan"] == MEMBER and lines(garden)[-1] == "Dan joined"
    assert SECRET not in page(client, garden.conversation.get_absolute_url())
    assert not garden.invitations.exists()


def test_accepting_twice_is_accepting_once(garden, as_, ada, dan):
    garden.add(ada, [dan])
    answers = [post(as_(dan), garden, "group_invitation", {"answer": "accept"}) for _ in "ab"]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert lines(garden).count("Dan joined") == 1


def test_declining_tells_nobody(garden, as_, ada, dan):
    garden.add(ada, [dan])
    before = lines(garden)
    assert post(as_(dan), garden, "group_invitation", {"answer": "decline"})["Location"] == reverse("inbox")
    assert (lines(garden), garden.invitations.exists(), "dan" in roles(garden)) == (before, False, False)
    assert post(as_(dan), garden, "group_invitation", {"answer": "accept"}).status_code == 404


def test_who_is_invited_is_for_those_who_may_invite(garden, as_, ada, bob, dan, mo):
    def asked_away(by, person):
        return post(as_(by), garden, "member", {"role": "removed"}, person.username).status_code

    garden.add(ada, [dan])
    assert asked_away(bob, dan) == asked_away(bob, mo) == 404
    assert garden.invitations.exists()
    assert asked_away(ada, dan) == 303
    assert not garden.invitations.exists()


def test_an_invitation_is_for_the_invited(garden, as_, ada, bob, dan, mo):
    garden.add(ada, [dan])
    for person in (bob, mo):
        assert as_(person).get(reverse("group_invitation", args=[garden.pk])).status_code == 404
    assert post(as_(mo), garden, "group_invitation", {"answer": "accept"}).status_code == 404
    assert as_(None).get(reverse("group_invitation", args=[garden.pk])).status_code == 302


def test_one_taken_back_lets_nobody_in(garden, as_, ada, dan):
    garden.add(ada, [dan])
    assert post(as_(ada), garden, "member", {"role": "removed"}, "dan").status_code == 303
    assert post(as_(dan), garden, "group_invitation", {"answer": "accept"}).status_code == 404
    with pytest.raises(Refused, match="taken back"):
        garden.accept(dan)


def test_a_block_takes_what_is_pending_with_it(garden, ada, dan):
    garden.add(ada, [dan])
    dan.block(ada)
    assert not GroupInvitation.objects.exists()


def test_w7_who_is_apart_from_somebody_inside_is_asked_first_and_warned(garden, as_, ada, bob, make_person):
    eve = make_person("eve")
    eve.follow(ada)
    eve.block(bob)
    assert garden.add(ada, [eve]) == [eve]
    assert "eve" not in roles(garden)
    shown = page(as_(eve), reverse("group_invitation", args=[garden.pk]))
    assert "Somebody you blocked is in this group" in shown and "Bob" in shown
    garden.accept(eve)
    assert "Somebody you blocked is in this group" in page(as_(eve), garden.get_absolute_url())
    for other in (bob, ada):
        assert "Somebody you blocked" not in page(as_(other), garden.get_absolute_url())


def test_w7_two_who_are_apart_are_not_put_together(ada, bob, cleo, friends):
    cleo.block(bob)
    group = Group.start(ada, [bob, cleo])
    assert list(roles(group)) == ["ada", "bob"] and group.invitations.get().person == cleo


def test_history_begins_with_joining(garden, as_, ada, dan):
    said(garden.conversation, ada, SECRET)
    dan.follow(ada)
    garden.add(ada, [dan])
    shown = page(as_(dan), garden.conversation.get_absolute_url())
    assert SECRET not in shown and "Ada added Dan" in shown
    garden.set_up(ada, "Garden", Group.History.ALL)
    assert SECRET not in page(as_(dan), garden.conversation.get_absolute_url())


def test_or_with_the_beginning_if_the_owner_chooses_so(garden, as_, ada, dan):
    said(garden.conversation, ada, SECRET)
    garden.set_up(ada, "Garden", Group.History.ALL)
    garden.add(ada, [dan])
    garden.accept(dan)
    assert SECRET in page(as_(dan), garden.conversation.get_absolute_url())
    assert "Ada lets new members read everything" in lines(garden)


def test_only_owner_and_moderators_add(garden, as_, ada, bob, dan):
    data = {"people": [dan.pk]}
    answer = post(as_(bob), garden, "members", data, **HTMX)
    assert answer.status_code == 422 and "owner and the moderators" in answer.content.decode()
    garden.make(ada, bob, MODERATOR)
    assert post(as_(bob), garden, "members", data).status_code == 303
    assert garden.invitations.get().by == bob


def test_who_was_asked_and_follows_now_is_in_and_asked_no_longer(garden, ada, dan):
    garden.add(ada, [dan])
    dan.follow(ada)
    assert garden.add(ada, [dan]) == []
    assert roles(garden)["dan"] == MEMBER and not garden.invitations.exists()


def test_who_is_in_it_stays_as_he_is(garden, ada, bob):
    before = lines(garden)
    garden.add(ada, [bob])
    assert (lines(garden), roles(garden)["bob"]) == (before, MEMBER)


def test_there_are_fifty_at_most(garden, ada, make_person):
    people = [make_person(f"p{n}") for n in range(MOST - 2)]
    for person in people:
        person.follow(ada)
    with pytest.raises(Refused, match="50 people at most"):
        garden.add(ada, people)
    assert len(roles(garden)) == 3
    garden.add(ada, people[:-1])
    late = make_person("late")
    garden.add(ada, [late])
    with pytest.raises(Refused, match="50 people at most"):
        garden.accept(late)
    assert len(roles(garden)) == MOST and garden.invitations.get().person == late


# Going --------------------------------------------------------------------------------------------------


def test_whoever_leaves_is_outside_at_once(garden, as_, ada, bob):
    message = said(garden.conversation, ada, SECRET)
    client = as_(bob)
    assert dict(doors(client, message))["page"].status_code == 200
    assert post(client, garden, "leaving_group")["Location"] == reverse("inbox")
    assert lines(garden)[-1] == "Bob left"
    shut(client, bob, garden, message)


def shut(client, person, group, message):
    """Nothing of it is open to him, whatever he had open."""
    Message.objects.filter(conversation=group.conversation).exclude(pk=message.pk).delete()
    all_shut(client, person, message)
    for name in ("group", "members"):
        assert client.get(reverse(name, args=[group.pk])).status_code == 404
    assert f"/backchannel/{group.pk}/" not in page(client, "/search/?q=particular")


def test_the_removed_lose_it_with_its_history(garden, as_, ada, bob):
    message = said(garden.conversation, ada, SECRET)
    client = as_(bob)
    assert f"/backchannel/{garden.pk}/" in page(client, "/search/?q=particular")
    assert post(as_(ada), garden, "member", {"role": "removed"}, "bob").status_code == 303
    assert lines(garden)[-1] == "Ada removed Bob"
    shut(client, bob, garden, message)


def test_a_stranger_and_the_staff_find_nothing(garden, as_, ada, dan, mo):
    message = said(garden.conversation, ada, SECRET)
    for person in (dan, mo):
        shut(as_(person), person, garden, message)


@pytest.mark.parametrize(("by", "whom", "goes"), [("bob", "cleo", True), ("bob", "dan", False), ("bob", "ada", False)])
def test_moderators_remove_those_who_are_none(garden, ada, bob, cleo, dan, by, whom, goes):
    dan.follow(ada)
    garden.add(ada, [dan])
    for person in (bob, dan):
        garden.make(ada, person, MODERATOR)
    person = {"cleo": cleo, "dan": dan, "ada": ada}[whom]
    if goes:
        garden.remove(bob, person)
    else:
        with pytest.raises(Refused, match="Only the owner"):
            garden.remove(bob, person)
    assert (whom not in roles(garden)) == goes


def test_a_member_removes_nobody(garden, as_, bob, cleo):
    assert post(as_(bob), garden, "member", {"role": "removed"}, "cleo").status_code == 422
    assert "cleo" in roles(garden)


def test_removed_one_may_be_asked_again_and_begins_anew(garden, as_, ada, bob):
    said(garden.conversation, ada, SECRET)
    garden.remove(ada, bob)
    garden.add(ada, [bob])
    assert SECRET not in page(as_(bob), garden.conversation.get_absolute_url())


# Whose it is --------------------------------------------------------------------------------------------


def test_the_owner_hands_it_over(garden, as_, ada, bob):
    assert post(as_(ada), garden, "member", {"role": "owner"}, "bob").status_code == 303
    assert roles(garden) == {"ada": MODERATOR, "bob": OWNER, "cleo": MEMBER}
    assert lines(garden)[-1] == "Ada handed the group over to Bob"
    assert post(as_(ada), garden, "member", {"role": "owner"}, "ada", **HTMX).status_code == 422


@pytest.mark.parametrize("moderator", [None, "cleo"])
def test_where_the_owner_leaves_somebody_follows(garden, ada, cleo, moderator):
    if moderator:
        garden.make(ada, cleo, MODERATOR)
    garden.leave(ada)
    heir = moderator or "bob"
    assert roles(garden)[heir] == OWNER
    assert lines(garden)[-2:] == ["Ada left", f"{heir.capitalize()} is the owner of the group now"]


def test_the_last_one_out_leaves_nothing_open(garden, ada, bob, cleo, dan):
    garden.add(ada, [dan])
    for person in (ada, bob, cleo):
        garden.leave(person)
    assert roles(garden) == {} and not garden.invitations.exists()


def test_where_the_owners_account_goes_somebody_follows(garden, ada):
    ada.delete()
    assert roles(garden) == {"bob": OWNER, "cleo": MEMBER}


def test_moderators_are_made_and_unmade_by_the_owner_alone(garden, as_, ada, bob, cleo):
    assert post(as_(bob), garden, "member", {"role": "moderator"}, "bob").status_code == 422
    garden.make(ada, bob, MODERATOR)
    assert post(as_(bob), garden, "member", {"role": "moderator"}, "cleo").status_code == 422
    garden.make(ada, bob, MEMBER)
    assert lines(garden)[-2:] == ["Ada made Bob a moderator", "Ada made Bob a member like the others"]
    with pytest.raises(Refused, match="Hand the group over first"):
        garden.make(ada, ada, MEMBER)


# How it looks -------------------------------------------------------------------------------------------


def picture():
    written = BytesIO()
    image = Image.new("RGB", (60, 40), "green")
    exif = image.getexif()
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    image.save(written, "JPEG", exif=exif)
    return SimpleUploadedFile("here.jpg", written.getvalue(), "image/jpeg")


def test_name_and_photo(garden, as_, ada, bob, dan, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    data = {"name": "Roses", "photo": picture(), "history": "joining"}
    assert post(as_(ada), garden, "group", data).status_code == 303
    garden.refresh_from_db()
    assert lines(garden)[-2:] == ["Ada named the group “Roses”", "Ada changed the group’s photo"]
    answer = as_(bob).get(garden.photo_address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    shown = b"".join(answer.streaming_content)
    with Image.open(BytesIO(shown)) as image:
        assert not image.getexif() and image.size == (512, 512)
    assert b"Exif" not in shown
    assert as_(dan).get(garden.photo_address).status_code == 404
    garden.remove(ada, bob)
    assert as_(bob).get(garden.photo_address).status_code == 404
    post(as_(ada), garden, "group", {"name": "Roses", "history": "joining", "no_photo": "on"})
    assert not list(tmp_path.rglob("*.webp")) or not Group.objects.get().photo


def test_no_photo_is_kept_of_a_group_that_nobody_is_in(
    garden, ada, bob, cleo, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    for end in (lambda: [garden.leave(one) for one in (bob, ada, cleo)], garden.conversation.delete):
        storing.show_photo(garden, b"photo")
        assert len(list(tmp_path.rglob("*.webp"))) == 1
        with django_capture_on_commit_callbacks(execute=True):
            end()
        assert not list(tmp_path.rglob("*.webp"))


def test_who_may_not_change_it(garden, as_, ada, bob):
    answer = post(as_(bob), garden, "group", {"name": "Mine", "history": "all"}, **HTMX)
    assert answer.status_code == 422
    garden.make(ada, bob, MODERATOR)
    post(as_(bob), garden, "group", {"name": "Ours", "history": "all"})
    garden.refresh_from_db()
    assert (garden.name, garden.history) == ("Ours", "joining")


@pytest.mark.parametrize("name", ["", " ", "\u200b", "x" * 61])
def test_a_name_is_one(garden, as_, ada, name):
    assert post(as_(ada), garden, "group", {"name": name, "history": "joining"}).status_code == 422
    garden.refresh_from_db()
    assert garden.name == "Garden"


@pytest.mark.parametrize("text", hostile.MARKUP[::9])
def test_i11_a_name_is_text_wherever_it_stands(garden, as_, ada, bob, dan, text):
    name = " ".join(text[:60].split()) or "x"
    garden.set_up(ada, name, "joining")
    garden.add(ada, [dan])
    for line in garden.conversation.messages.exclude(event=""):
        assert harmless(line.html)
    places = [
        (bob, reverse("inbox")),
        (bob, garden.get_absolute_url()),
        (bob, garden.conversation.get_absolute_url()),
        (dan, reverse("inbox")),
        (dan, reverse("group_invitation", args=[garden.pk])),
    ]
    for person, place in places:
        shown = page(as_(person), place)
        assert "<" not in name or name not in shown, place


# Lines --------------------------------------------------------------------------------------------------


def test_a_line_is_no_message(garden, as_, ada, bob):
    line = garden.conversation.messages.exclude(event="").last()
    client = as_(ada)
    for name in ("message", "editing", "reactions", "forwarding"):
        assert client.get(reverse(name, args=[garden.pk, line.client_id])).status_code == 404
    assert client.post(reverse("deletion", args=[garden.pk, line.client_id])).status_code == 404
    with pytest.raises(Refused):
        garden.conversation.post(bob, uuid4(), "to that", reply_to=line.client_id)
    assert "0 unread" not in page(as_(bob), reverse("inbox"))
    assert "started the group" not in page(client, "/search/?q=started")


def test_a_line_is_not_unread_and_a_message_is(garden, ada, bob):
    assert [row.unread for row in inbox_of(bob)["rows"]] == [0]
    said(garden.conversation, ada)
    assert [row.unread for row in inbox_of(bob)["rows"]] == [1]


@pytest.mark.parametrize(
    ("number", "words"), [(1, "P0"), (2, "P0 and P1"), (3, "P0, P1 and P2"), (4, "P0, P1, P2 and 1 other")]
)
def test_people_in_words(number, words):
    assert in_words([Person(name=f"P{n}") for n in range(number)]) == words


# Pages --------------------------------------------------------------------------------------------------


def test_the_page_offers_what_one_may_do(garden, as_, ada, bob):
    mine, his = page(as_(ada), garden.get_absolute_url()), page(as_(bob), garden.get_absolute_url())
    for words in ("Add people", "Make a moderator", "Hand over", "Name and photo"):
        assert words in mine and words not in his
    assert "Leave the group" in his and "Cleo" in his


def test_the_conversation_says_whose_it_is_and_where_more_is(garden, as_, bob):
    shown = page(as_(bob), garden.conversation.get_absolute_url())
    assert "Message everyone in Garden" in shown and "3 people" in shown and garden.get_absolute_url() in shown


@pytest.mark.parametrize("name", ["leaving_group", "member"])
def test_w9_looking_changes_nothing(garden, as_, ada, name):
    args = [garden.pk, *(["bob"] if name == "member" else [])]
    assert as_(ada).get(reverse(name, args=args)).status_code == 405
    assert as_(None).post(reverse(name, args=args)).status_code == 302
    assert len(roles(garden)) == 3


@pytest.mark.usefixtures("the_clock_stands")
def test_the_pages_cost_the_same_with_many(garden, as_, ada, make_person):
    client = as_(ada)
    places = [garden.get_absolute_url(), garden.conversation.get_absolute_url(), reverse("inbox")]
    few = [queries(client, place) for place in places]
    people = [make_person(f"p{n}") for n in range(8)]
    for person in people[:4]:
        person.follow(ada)
    garden.add(ada, people)
    assert [queries(client, place) for place in places] == few
    assert few[1] <= 10 and few[2] <= 12, few


# On the socket ------------------------------------------------------------------------------------------

do = sync_to_async(thread_sensitive=True)


@pytest.mark.django_db(transaction=True)
async def test_the_members_hear_of_it_and_nobody_else(garden, ada, bob, dan):
    async with listening(bob) as inside, listening(dan) as outside:
        await do(said)(garden.conversation, ada, "among us")
        await inside.hears("among us", type="message")
        await outside.hears_nothing()


@pytest.mark.django_db(transaction=True)
async def test_whoever_is_added_is_told_and_hears_from_then_on(garden, ada, dan):
    await do(dan.follow)(ada)
    async with listening(dan) as ear:
        await do(garden.add)(ada, [dan])
        await ear.hears("Ada added Dan", type="message")
        await ear.hears("Ada added you to “Garden”.", type="notice")


@pytest.mark.django_db(transaction=True)
async def test_an_invitation_is_quiet(garden, ada, dan):
    async with listening(dan) as ear:
        await do(garden.add)(ada, [dan])
        frame = await ear.hears(type="reload")
        assert frame["list"] == "inbox"
        await ear.hears_nothing(type="notice")


@pytest.mark.django_db(transaction=True)
async def test_w8_a_block_is_not_heard_by_the_blocked(garden, ada, bob):
    async with listening(bob) as ear:
        await do(ada.block)(bob)
        await ear.hears_nothing()


@pytest.mark.django_db(transaction=True)
async def test_p_nothing_after_the_removal_reaches_the_removed(garden, ada, bob, cleo):
    async with listening(bob) as gone, listening(cleo) as here:
        await do(garden.remove)(ada, bob)
        frame = await gone.hears(type="piece")
        assert frame["gone"] == [f"conversation-{garden.pk}", f"group-{garden.pk}"]
        await do(said)(garden.conversation, ada, SECRET)
        await here.hears("Ada removed Bob", type="message")
        await here.hears(SECRET, type="message")
        await gone.hears_nothing(type="message")
