import threading

import pytest
from django.db import connection
from django.test import Client

from accounts import adapter
from accounts.models import Invitation, Person


def link_of(inviter, uses=1):
    return Invitation.objects.create(inviter=inviter, uses_left=uses)


def test_by_invitation_means_closed_to_others(as_, sign_up, invite_only):
    page = as_().get("/accounts/signup/")
    assert "By invitation" in page.content.decode()
    sign_up()
    assert not Person.objects.exists()


def test_a_link_lets_one_in_and_is_remembered(as_, sign_up, ada, invite_only):
    browser, made = as_(), link_of(ada)
    assert browser.get(made.get_absolute_url()).url == "/accounts/signup/"
    assert "Ada invited you" in browser.get("/accounts/signup/").content.decode()
    assert sign_up(browser).url == "/"
    made.refresh_from_db()
    assert made.uses_left == 0
    assert Person.objects.get(username="eve").nominated_by == ada


def test_a_refused_form_spends_nothing(as_, sign_up, ada, invite_only):
    browser, made = as_(), link_of(ada)
    browser.get(made.get_absolute_url())
    sign_up(browser, username="a")
    made.refresh_from_db()
    assert made.uses_left == 1
    assert sign_up(browser, username="eve").url == "/"


def test_used_up_invented_and_a_suspended_persons_links_look_alike(as_, ada, bob, operator):
    bob.suspend(operator, "Spam")
    paths = [link_of(ada, uses=0).get_absolute_url(), "/i/invented/", link_of(bob).get_absolute_url()]
    answers = [as_().get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert {"no longer good" in answer.content.decode() for answer in answers} == {True}


def test_a_link_used_by_somebody_else_meanwhile_says_so(as_, sign_up, ada, invite_only):
    slow, made = as_(), link_of(ada)
    slow.get(made.get_absolute_url())
    slow.get("/accounts/signup/")
    made.use()
    assert "By invitation" in sign_up(slow).content.decode()
    assert not Person.objects.filter(username="eve").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_with_the_last_use_one_gets_in(ada, invite_only, monkeypatch):
    made, together = link_of(ada), threading.Barrier(2, timeout=20)
    looked = adapter.opened_invitation

    def opened(request):
        # They meet before the transaction: SQLite has one writer at a time.
        found = looked(request)
        if request.method == "POST" and not getattr(request, "met", False):
            request.met = True
            together.wait()
        return found

    monkeypatch.setattr("accounts.adapter.opened_invitation", opened)
    answers = {}

    def come_in(username):
        browser = Client()
        browser.get(made.get_absolute_url())
        answers[username] = browser.post(
            "/accounts/signup/",
            {"name": username, "username": username, "email": f"{username}@example.org", "password1": "long enough 1"},
        ).status_code
        connection.close()

    threads = [threading.Thread(target=come_in, args=[name]) for name in ("eve", "finn")]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    made.refresh_from_db()
    assert sorted(answers.values()) == [302, 409]
    assert made.uses_left == 0
    assert Person.objects.exclude(pk=ada.pk).count() == 1


def test_an_open_house_takes_note_of_the_inviter_too(as_, sign_up, ada):
    browser = as_()
    browser.get(link_of(ada).get_absolute_url())
    sign_up(browser)
    assert Person.objects.get(username="eve").nominated_by == ada


def test_an_operators_code_carries_several(as_, sign_up, invite_only):
    made = Invitation.objects.create(code="spring", uses_left=2)
    for username in ("eve", "finn"):
        browser = as_()
        browser.get("/i/spring/")
        assert sign_up(browser, username=username).url == "/"
    made.refresh_from_db()
    assert made.uses_left == 0
    assert Person.objects.get(username="eve").nominated_by is None


def test_whoever_is_here_already_uses_nothing(as_, ada, bob):
    made = link_of(ada)
    assert as_(bob).get(made.get_absolute_url()).url == "/"
    made.refresh_from_db()
    assert made.uses_left == 1


def test_everybody_makes_three(as_, ada):
    browser = as_(ada)
    answers = [browser.post("/invitations/").status_code for _ in range(4)]
    assert answers == [303, 303, 303, 422]
    assert ada.invitations.count() == 3


def test_my_page_shows_my_links_and_who_came(as_, ada, bob, make_person):
    mine, theirs = link_of(ada), link_of(bob)
    make_person("eve", nominated_by=ada)
    make_person("finn", nominated_by=bob)
    page = as_(ada).get("/invitations/").content.decode()
    assert mine.code in page
    assert "@eve" in page
    assert theirs.code not in page
    assert "@finn" not in page


def test_looking_makes_none(as_, ada):
    as_(ada).get("/invitations/")
    assert not ada.invitations.exists()


def test_invitations_are_for_people_who_are_in(as_, db):
    assert as_().get("/invitations/").url.startswith("/accounts/login/")
    assert as_().post("/invitations/").url.startswith("/accounts/login/")


@pytest.mark.usefixtures("the_clock_stands")
def test_trying_codes_is_stopped(as_, db):
    browser = as_()
    answers = [browser.get(f"/i/guess{n}/").status_code for n in range(25)]
    assert answers[-1] == 429
