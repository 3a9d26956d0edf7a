import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import OperatorLink, Person

ACCOUNT = {"username": "admin", "email": "admin@example.org", "password": "a long enough one"}


@pytest.fixture
def link(db):
    return OperatorLink.issue()


def test_it_asks_three_things(as_, link):
    assert list(as_().get(link).context["form"].fields) == ["username", "email", "password"]


def test_it_makes_the_operator_and_logs_in(as_, link):
    browser = as_()
    assert browser.post(link, ACCOUNT).url == "/"
    person = Person.objects.get()
    assert person.is_superuser and person.is_staff
    assert person.emailaddress_set.get().verified
    assert browser.get("/admin/").status_code == 200


def test_it_works_once(as_, link):
    as_().post(link, ACCOUNT)
    second = as_().post(link, {**ACCOUNT, "username": "second", "email": "second@example.org"})
    assert second.status_code == 404
    assert as_().get(link).status_code == 404
    assert Person.objects.count() == 1


def test_a_refused_form_does_not_use_it_up(as_, link, bob):
    answer = as_().post(link, {"username": "BOB", "email": "bob@EXAMPLE.org", "password": "short"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"username", "email", "password"}
    assert as_().post(link, ACCOUNT).url == "/"


def test_looking_at_it_does_not_use_it_up(as_, link):
    as_().get(link)
    assert as_().get(link).status_code == 200


def test_an_invented_link_is_none(as_, db):
    assert as_().post("/operator/invented/", ACCOUNT).status_code == 404
    assert not Person.objects.exists()


def test_a_newer_link_replaces_it(as_, link):
    newer = OperatorLink.issue()
    assert as_().get(link).status_code == 404
    assert as_().get(newer).status_code == 200


def test_it_is_good_for_a_day(as_, link):
    OperatorLink.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert as_().get(link).status_code == 404


def test_only_its_hash_is_kept(link):
    assert link.split("/")[2] not in OperatorLink.objects.get().digest


def test_w10_the_form_makes_an_operator_and_takes_nothing_more(as_, link):
    as_().post(link, {**ACCOUNT, "id": "x", "is_active": "", "name": "<b>"})
    person = Person.objects.get()
    assert person.is_active
    assert (person.name, person.pk != "x") == ("admin", True)


@pytest.mark.usefixtures("the_clock_stands")
def test_guessing_is_stopped(as_, db):
    answers = [as_().get(f"/operator/guess{n}/").status_code for n in range(12)]
    assert answers[-1] == 429


@pytest.mark.django_db(transaction=True)
def test_w17_of_two_racing_one_wins(monkeypatch):
    link, together = OperatorLink.issue(), threading.Barrier(2, timeout=20)
    found = OperatorLink.find

    def find(token):
        # Both have found the link unused before either takes it.
        unused = found(token)
        together.wait()
        return unused

    monkeypatch.setattr(OperatorLink, "find", find)
    answers = []

    def race(username):
        account = {**ACCOUNT, "username": username, "email": f"{username}@example.org"}
        answers.append(Client().post(link, account).status_code)
        connection.close()

    threads = [threading.Thread(target=race, args=[name]) for name in ("eve", "finn")]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(answers) == [303, 409]
    assert Person.objects.filter(is_superuser=True).count() == 1
