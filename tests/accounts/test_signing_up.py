import pytest

from accounts.models import Person


def errors(answer):
    return answer.context["form"].errors


def test_a_newcomer_is_in_at_once(sign_up, as_, db):
    browser = as_()
    assert sign_up(browser, username="Eve.2", name="Eve Adams").url == "/"
    person = Person.objects.get()
    assert (person.username, person.name, person.email) == ("Eve.2", "Eve Adams", "eve.2@example.org")
    assert browser.get("/settings/").status_code == 200


def test_the_form_asks_for_four_things(as_, db):
    form = as_().get("/accounts/signup/").context["form"]
    assert list(form.fields) == ["name", "username", "email", "password1"]


@pytest.mark.parametrize("taken", ["bob", "BOB", "Bob"])
def test_a_username_is_taken_whatever_its_case(sign_up, bob, taken):
    assert "username" in errors(sign_up(username=taken, email="new@example.org"))


@pytest.mark.parametrize("taken", ["bob@example.org", "BOB@Example.org"])
def test_so_is_an_address(sign_up, bob, taken):
    sign_up(email=taken)
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    "username",
    [
        "e",
        "e" * 21,
        "eve adams",
        "eve-a",
        "..",
        "éve",
        "ève",
        "eve\u202e",
        "eve\x00",
        "<b>eve",
        "admin",
        "_Admin_",
        "Staff",
    ],
)
def test_usernames_that_will_not_do(sign_up, db, username):
    answer = sign_up(username=username, email="eve@example.org")
    assert "username" in errors(answer)
    assert not Person.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u202e", "e" * 51, "\u0301\u0301"])
def test_names_that_will_not_do(sign_up, db, name):
    assert "name" in errors(sign_up(name=name))
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Eve\u202egnp.exe", "Evegnp.exe"),
        ("Eve\x00\x07 \n Adams", "Eve Adams"),
        ("e" + "\u0316" * 40, "e" + "\u0316" * 4),
        ("👩‍👩‍👧 Eve", "👩‍👩‍👧 Eve"),
        ("می‌خواهم", "می‌خواهم"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_names_are_made_harmless_and_no_more(sign_up, db, name, kept):
    sign_up(name=name)
    assert Person.objects.get().name == kept


@pytest.mark.parametrize("password", ["short", "12345678901", "password1", "eve@example.org"])
def test_passwords_that_will_not_do(sign_up, db, password):
    assert "password1" in errors(sign_up(password1=password))


def test_w10_nothing_else_can_be_said_about_oneself(sign_up, db):
    sign_up(
        is_staff="on",
        is_superuser="on",
        id="x",
        nominated_by="x",
        groups="1",
        suspended_until="2099-01-01",
        is_active="",
    )
    person = Person.objects.get()
    assert person.is_active
    assert not (person.is_staff or person.is_superuser or person.nominated_by or person.groups.exists())
    assert person.pk != "x"


def test_two_at_once_for_one_username_is_a_plain_refusal(sign_up, bob, monkeypatch):
    monkeypatch.setattr("accounts.adapter.AccountAdapter.clean_username", lambda self, username, **kw: username)
    answer = sign_up(username="bob", email="other@example.org")
    assert answer.status_code == 409
    assert "taken just now" in answer.content.decode()
    assert Person.objects.count() == 1


def test_without_a_token_against_forgery_nothing_happens(as_, db):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/accounts/signup/", {"username": "eve"}).status_code == 403


def test_a_letter_goes_out_to_verify_the_address(sign_up, db, mailoutbox):
    sign_up()
    assert [letter.to for letter in mailoutbox] == [["eve@example.org"]]


def test_verification_may_be_demanded(sign_up, as_, db, settings, mailoutbox):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    browser = as_()
    assert sign_up(browser).url == "/accounts/confirm-email/"
    assert browser.get("/settings/").status_code == 302
    link = next(word for word in mailoutbox[0].body.split() if "/confirm-email/" in word)
    path = "/" + link.split("/", 3)[3]
    assert as_().get(path).status_code == 200
    as_().post(path)
    from allauth.account.models import EmailAddress

    assert EmailAddress.objects.get().verified


def test_w15_where_addresses_are_verified_a_known_one_answers_like_a_new_one(sign_up, bob, settings, mailoutbox):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    known = sign_up(username="eve", email="bob@example.org")
    new = sign_up(username="eva", email="new@example.org")
    assert (known.status_code, known.url) == (new.status_code, new.url)
    assert Person.objects.filter(email="bob@example.org").count() == 1
    assert [letter.to for letter in mailoutbox] == [["bob@example.org"], ["new@example.org"]]
