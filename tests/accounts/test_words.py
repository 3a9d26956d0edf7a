"""Words are spelled one way wherever they are read, allauth's own pages, notes and letters included."""

import re

import pytest
from allauth.account.models import EmailAddress

ELSEWHERE = re.compile(r"\bemail\b|\bsign(?:ed|ing)?[- ](?:in|out)\b|\blogin\b|\bconfirm", re.IGNORECASE)
NEW = {"password1": "quite another one", "password2": "quite another one"}


def read(answer):
    """What a person reads on a page: its text, its labels and what stands in empty fields."""
    page = answer.content.decode()
    beside = re.findall(r'(?:placeholder|aria-label|title)="([^"]*)"', page)
    text = re.sub(r"<(script|style|head)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    return " ".join([text, *beside]).replace("eve@example.org", "")


PAGES = ["login", "signup", "password/reset", "password/reset/done", "confirm-email"]
OWN_PAGES = ["email", "password/change", "logout", "reauthenticate"]


@pytest.mark.parametrize("page", PAGES + OWN_PAGES)
def test_pages(as_, ada, page):
    browser = as_(ada if page in OWN_PAGES else None)
    answer = browser.get(f"/accounts/{page}/", follow=True)
    assert answer.status_code == 200
    assert not ELSEWHERE.findall(read(answer))


def test_fields_are_named(as_, db):
    assert "Username or e-mail" in read(as_().get("/accounts/login/"))
    assert "E-mail" in read(as_().get("/accounts/signup/"))


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ({"action_add": "", "email": "eve@example.org"}, "on its way"),
        ({"action_add": "", "email": "ada@example.org"}, "yours already"),
        ({"action_send": "", "email": "ada@example.org"}, "on its way"),
        ({"action_remove": "", "email": "ada@example.org"}, "cannot be removed"),
        ({"action_primary": "", "email": "ada@example.org"}, "main address"),
    ],
)
def test_what_is_said_about_addresses(as_, ada, act, words):
    EmailAddress.objects.create(user=ada, email=ada.email, primary=True, verified="action_send" not in act)
    EmailAddress.objects.create(user=ada, email="other@example.org", verified=True)
    page = read(as_(ada).post("/accounts/email/", act, follow=True))
    assert words in page
    assert not ELSEWHERE.findall(page)


def test_the_only_address_stays(as_, ada):
    EmailAddress.objects.create(user=ada, email=ada.email, primary=True, verified=True)
    page = read(as_(ada).post("/accounts/email/", {"action_remove": "", "email": ada.email}, follow=True))
    assert "The main address cannot be removed" in page
    ada.refresh_from_db()
    assert ada.email == ada.emailaddress_set.get().email == "ada@example.org"


def test_what_is_said_on_coming_and_going(as_, ada):
    browser = as_()
    page = read(browser.post("/accounts/login/", {"login": "ada", "password": "backchannel"}, follow=True))
    assert "You are logged in" in page and not ELSEWHERE.findall(page)
    page = read(browser.post("/accounts/password/change/", {"oldpassword": "backchannel", **NEW}, follow=True))
    assert "Your password is changed" in page and not ELSEWHERE.findall(page)
    page = read(browser.post("/accounts/logout/", follow=True))
    assert "You are logged out" in page and not ELSEWHERE.findall(page)


def test_letters(as_, ada, settings, mailoutbox):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    newcomer = {"name": "Eve", "password1": NEW["password1"]}
    as_().post("/accounts/signup/", {**newcomer, "username": "eve", "email": "eve@example.org"})
    as_().post("/accounts/signup/", {**newcomer, "username": "eva", "email": ada.email})
    for address in (ada.email, "nobody@example.org"):
        as_().post("/accounts/password/reset/", {"email": address})
    assert [letter.subject for letter in mailoutbox] == [
        "Verify your e-mail",
        "You have an account already",
        "A new password",
        "There is no account with this address",
    ]
    for letter in mailoutbox:
        body = re.sub(r"https?://\S+", "LINK", letter.body)
        assert body.count("LINK") == 1 and "testserver" in body
        assert not ELSEWHERE.findall(body)
    assert "@eve at testserver" in mailoutbox[0].body and "username is ada" in mailoutbox[2].body


@pytest.mark.parametrize(("model", "title"), [("moderationentry", "2 moderation log entries"), ("person", "2 people")])
def test_the_console_counts_in_plurals(as_, ada, operator, model, title):
    for number in range(2):
        ada.suspend(operator, f"Reason {number}")
    page = " ".join(read(as_(operator).get(f"/admin/accounts/{model}/")).split())
    assert title in page
    assert "By did" not in page and "To a" not in page
