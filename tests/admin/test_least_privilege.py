"""W19: what the console does not let a moderator do, and who does not see it at all."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import Invitation, ModerationEntry, Person, Site
from backchannel import moderators

LISTS = [
    "accounts/person",
    "accounts/site",
    "accounts/invitation",
    "accounts/moderationentry",
    "rooms/room",
    "rooms/seat",
    "backchannel/message",
    "backchannel/question",
    "backchannel/report",
]


@pytest.mark.parametrize("path", ["", "login/", "accounts/person/", "rooms/room/", "no/such/page/"])
def test_for_others_there_is_no_console(as_, cleo, path):
    assert as_(cleo).get(f"/admin/{path}").status_code == 404


def test_strangers_go_to_the_log_in_with_its_limits(as_, db):
    for path in ("/admin/", "/admin/login/", "/admin/rooms/room/"):
        assert as_().get(path).url.startswith("/accounts/login/?next=%2Fadmin%2F")


QUESTIONS = [
    "accounts/person/?password__startswith=p",
    "accounts/person/?email__startswith=cleo",
    "accounts/moderationentry/?actor__password__startswith=p",
    "rooms/room/?key__startswith=a",
    "rooms/seat/?room__key__startswith=a",
    "backchannel/message/?author__email__startswith=cleo",
    "backchannel/question/?asker__password__startswith=p",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_list_answers_no_question_about_what_it_does_not_show(as_, mo, room, question):
    assert as_(mo).get(f"/admin/{question}").status_code in (302, 400)


def test_the_operators_list_of_codes_tells_no_code_by_guessing(as_, operator):
    assert as_(operator).get("/admin/accounts/invitation/?code__startswith=a").status_code in (302, 400)


def test_a_lists_own_filters_are_answered(as_, mo, room):
    assert as_(mo).get("/admin/rooms/seat/?role__exact=listener").status_code == 200
    assert as_(mo).get("/admin/rooms/room/?ended_at__isempty=1").status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_a_moderator_sees_the_lists(as_, mo, room, write, cleo, path):
    Site.current()
    write(room, "room", cleo, "Hello")
    room.board.ask(cleo, "Why?")
    assert as_(mo).get(f"/admin/{path}/").status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_a_moderator_adds_nothing(as_, mo, path):
    assert as_(mo).get(f"/admin/{path}/add/").status_code == 403
    assert as_(mo).post(f"/admin/{path}/add/", {}).status_code == 403


def change(model, thing):
    return reverse(f"admin:{model.replace('.', '_')}_change", args=[thing.pk])


def test_a_moderator_cannot_make_himself_more(as_, mo):
    answer = as_(mo).post(change("accounts.person", mo), {"is_superuser": "on", "is_staff": "on", "username": "mo"})
    mo.refresh_from_db()
    assert answer.status_code == 403
    assert not mo.is_superuser


def test_a_moderator_cannot_make_staff_of_others(as_, mo, cleo):
    as_(mo).post(change("accounts.person", cleo), {"is_staff": "on"})
    cleo.refresh_from_db()
    assert not cleo.is_staff


def test_even_with_djangos_own_permission_to_change_people(as_, mo, cleo):
    from django.contrib.auth.models import Permission

    mo.user_permissions.add(*Permission.objects.filter(content_type__app_label="accounts"))
    as_(mo).post(change("accounts.person", cleo), {"is_staff": "on", "is_active": "on"})
    cleo.refresh_from_db()
    assert not cleo.is_staff


@pytest.mark.parametrize("path", ["auth/group/", "account/emailaddress/"])
def test_no_other_part_of_the_admin(as_, mo, path):
    assert as_(mo).get(f"/admin/{path}").status_code == 403


def test_a_moderator_sees_no_addresses(as_, mo, cleo):
    pages = as_(mo).get("/admin/accounts/person/"), as_(mo).get(change("accounts.person", cleo))
    assert all(b"cleo@example.org" not in page.content for page in pages)
    assert all(b"argon" not in page.content and b"md5" not in page.content for page in pages)


def test_nor_by_searching_for_them(as_, mo, cleo):
    page = as_(mo).get("/admin/accounts/person/?q=cleo@example.org")
    assert b">cleo<" not in page.content


def test_nor_invitation_codes(as_, mo, cleo):
    made = Invitation.objects.create(inviter=cleo)
    pages = as_(mo).get("/admin/accounts/invitation/"), as_(mo).get(change("accounts.invitation", made))
    assert all(made.code not in page.content.decode() for page in pages)


@pytest.mark.parametrize("kind", ["speakers"])
def test_a_moderator_does_not_read_the_speakers_line(as_, mo, room, bob, write, kind):
    secret = write(room, kind, bob, "xyzzy in confidence")
    assert b"xyzzy" not in as_(mo).get("/admin/backchannel/message/").content
    assert as_(mo).get(change("backchannel.message", secret), follow=True).content.count(b"xyzzy") == 0


def test_nobody_reads_direct_messages(as_, mo, operator, bob, cleo, act):
    import uuid

    from backchannel.models import Conversation

    secret = Conversation.between(bob, cleo).post(bob, uuid.uuid4(), "xyzzy between us")
    for person in (mo, operator):
        browser = as_(person)
        pages = [
            browser.get("/admin/backchannel/message/"),
            browser.get("/admin/backchannel/message/?q=xyzzy"),
            browser.get("/admin/backchannel/message/?conversation__kind__exact=direct", follow=True),
            browser.get(change("backchannel.message", secret), follow=True),
        ]
        # The words of a search are shown again in its box, and nowhere else.
        assert [page.content.count(b"between us") for page in pages] == [0, 0, 0, 0]
        act(person, "backchannel.message", "erase", [secret], reason="Curious")
    secret.refresh_from_db()
    assert not secret.deleted_at


def test_closed_rooms_are_not_there_for_a_moderator(as_, mo, closed_room, write, act, make_person):
    author = Person.objects.get(username="gus")
    write(closed_room, "room", author, "xyzzy")
    closed_room.board.ask(author, "plugh?")
    closed_room.title = "frobozz"
    closed_room.save()
    for path in LISTS[4:]:
        page = as_(mo).get(f"/admin/{path}/").content
        assert not any(word in page for word in (b"xyzzy", b"plugh", b"frobozz", b">Gus"))
    act(mo, "rooms.room", "end", [closed_room], reason="Curious")
    closed_room.refresh_from_db()
    assert closed_room.live


def test_a_moderator_cannot_touch_the_operator(act, mo, operator):
    act(mo, "accounts.person", "suspend", [operator], reason="Coup", hours="")
    operator.refresh_from_db()
    assert operator.may_enter
    assert not ModerationEntry.objects.exists()


def test_nor_other_moderators(act, mo, make_person):
    other = make_person("mia", is_staff=True)
    act(mo, "accounts.person", "suspend", [other], reason="Coup", hours="")
    other.refresh_from_db()
    assert other.may_enter


def test_nor_lift_their_suspension(act, mo, make_person, operator):
    other = make_person("mia", is_staff=True)
    other.suspend(operator, "Misused it")
    act(mo, "accounts.person", "lift", [other], reason="Friend")
    other.refresh_from_db()
    assert other.suspended


def test_staff_without_the_group_can_do_nothing(act, as_, make_person, cleo, room):
    ned = make_person("ned", is_staff=True)
    assert as_(ned).get("/admin/").status_code == 200
    assert as_(ned).get("/admin/accounts/person/").status_code == 403
    act(ned, "accounts.person", "suspend", [cleo], reason="Because", hours="")
    cleo.refresh_from_db()
    assert cleo.may_enter


def test_a_moderator_does_not_open_or_close_the_house(as_, mo):
    as_(mo).post(change("accounts.site", Site.current()), {"registration": "invite"})
    assert Site.current().registration == "open"


@pytest.mark.parametrize("who", ["mo", "operator"])
def test_nobody_edits_the_log(as_, request, who, mo, operator, cleo):
    cleo.suspend(mo, "Shouting")
    entry = ModerationEntry.objects.get()
    browser = as_(request.getfixturevalue(who))
    address = change("accounts.moderationentry", entry)
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"reason": "Nothing"}).status_code == 403
    assert browser.post(reverse("admin:accounts_moderationentry_delete", args=[entry.pk])).status_code == 403
    browser.post(
        "/admin/accounts/moderationentry/",
        {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"},
    )
    assert ModerationEntry.objects.get().reason == "Shouting"


def test_the_log_is_append_only_in_code_as_well(mo, cleo):
    cleo.suspend(mo, "Shouting")
    entry = ModerationEntry.objects.get()
    for attempt in (entry.save, entry.delete, ModerationEntry.objects.all().delete):
        with pytest.raises(TypeError):
            attempt()
    with pytest.raises(TypeError):
        ModerationEntry.objects.update(reason="Nothing")


def test_the_group_may_look_and_act_and_nothing_else(db):
    moderators.install(apps)
    codes = Group.objects.get(name="Moderators").permissions.values_list("codename", flat=True)
    assert sorted(code for code in codes if not code.startswith("view_")) == [
        "close_report",
        "end_room",
        "erase_message",
        "erase_question",
        "remove_seat",
        "suspend_person",
    ]
    assert not any(code.startswith(("add_", "change_", "delete_")) for code in codes)


def test_installing_the_group_twice_is_installing_it_once(db):
    moderators.install(apps)
    first = set(Group.objects.get(name="Moderators").permissions.all())
    moderators.install(apps)
    assert set(Group.objects.get(name="Moderators").permissions.all()) == first
