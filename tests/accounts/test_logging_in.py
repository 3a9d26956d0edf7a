import pytest

from accounts.models import Login
from live.codes import LOGGED_OUT

PASSWORD = "backchannel"


@pytest.fixture
def log_in(as_):
    def do(login, password=PASSWORD, browser=None, **more):
        return (browser or as_()).post("/accounts/login/", {"login": login, "password": password, **more})

    return do


@pytest.fixture
def ended(monkeypatch):
    """The session keys whose sockets were told to go for good."""
    keys = []

    def cut(code, person_ids=(), login=None):
        if code == LOGGED_OUT:
            keys.append(login)

    monkeypatch.setattr("accounts.receivers.live.cut", cut)
    return keys


def is_in(browser):
    return browser.get("/settings/").status_code == 200


@pytest.mark.parametrize("login", ["bob", "BoB", "bob@example.org", "BOB@example.ORG"])
def test_by_username_or_address(log_in, as_, bob, login):
    browser = as_()
    assert log_in(login, browser=browser).status_code == 302
    assert is_in(browser)


def test_w15_a_wrong_password_and_an_unknown_name_answer_alike(log_in, bob):
    known, unknown = log_in("bob", "wrong"), log_in("eve", "wrong")
    assert known.status_code == unknown.status_code
    assert known.context["form"].errors == unknown.context["form"].errors
    assert "bob" not in str(known.context["form"].errors)


def test_w15_resetting_says_the_same_for_known_and_unknown_addresses(as_, bob):
    answers = [as_().post("/accounts/password/reset/", {"email": e}) for e in ("bob@example.org", "no@example.org")]
    assert len({(answer.status_code, answer.url) for answer in answers}) == 1


@pytest.mark.usefixtures("the_clock_stands")
def test_w16_guessing_is_stopped_and_says_for_how_long(log_in, bob):
    for _ in range(5):
        log_in("bob", "wrong")
    answer = log_in("bob")
    assert "Try again in 5 minutes" in str(answer.context["form"].errors)


@pytest.mark.usefixtures("the_clock_stands")
def test_w16_a_spray_over_many_names_is_stopped(log_in, db):
    answers = [log_in(f"somebody{n}", "wrong") for n in range(32)]
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "60"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_w18_where_to_go_next_is_a_place_of_ours(log_in, bob, target):
    assert log_in("bob", next=target).url == "/"


def test_a_suspended_person_is_told_so_and_stays_out(log_in, as_, bob, operator):
    bob.suspend(operator, "Secret reason")
    browser = as_()
    answer = log_in("bob", browser=browser)
    assert answer.status_code == 403
    assert "suspended it for good" in answer.content.decode()
    assert "Secret reason" not in answer.content.decode()
    assert not is_in(browser)


def test_but_only_who_knows_the_password_is_told(log_in, bob, operator):
    bob.suspend(operator, "Reason")
    assert "suspended" not in log_in("bob", "wrong").content.decode()


def test_when_the_time_is_over_he_is_let_in(log_in, as_, bob, operator):
    from datetime import timedelta

    from django.utils import timezone

    bob.suspend(operator, "Reason", until=timezone.now() - timedelta(seconds=1))
    browser = as_()
    log_in("bob", browser=browser)
    assert is_in(browser)


def test_a_closed_account_stays_out(log_in, as_, bob):
    bob.is_active = False
    bob.save()
    browser = as_()
    log_in("bob", browser=browser)
    assert not is_in(browser)


def test_logging_out_ends_this_log_in_and_no_other(as_, bob, ended):
    here, there = as_(bob), as_(bob)
    key = here.session.session_key
    here.post("/accounts/logout/")
    assert (is_in(here), is_in(there)) == (False, True)
    assert ended == [key]
    assert Login.objects.filter(person=bob).count() == 1


def test_looking_at_the_log_out_page_does_nothing(as_, bob):
    browser = as_(bob)
    browser.get("/accounts/logout/")
    assert is_in(browser)


def test_logging_out_everywhere(as_, bob, cleo, ended):
    here, there, other = as_(bob), as_(bob), as_(cleo)
    keys = {here.session.session_key, there.session.session_key}
    here.post("/settings/logins/")
    assert (is_in(here), is_in(there), is_in(other)) == (False, False, True)
    assert set(ended) == keys


def test_logging_out_everywhere_takes_a_post_and_a_log_in(as_, bob):
    assert as_(bob).get("/settings/logins/").status_code == 405
    assert as_().post("/settings/logins/").url.startswith("/accounts/login/")


def change_password(browser):
    new = "quite another one"
    return browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})


def test_changing_the_password_ends_all_other_log_ins(as_, bob, cleo, ended):
    here, there, other = as_(bob), as_(bob), as_(cleo)
    stolen = there.session.session_key
    assert change_password(here).status_code == 302
    assert (is_in(here), is_in(there), is_in(other)) == (True, False, True)
    # The browser that changed it is not told to go: on its way out it would throw its new key away.
    assert ended == [stolen]
    assert list(Login.objects.filter(person=bob).values_list("session_key", flat=True)) == [here.session.session_key]


def test_so_does_resetting_it(as_, bob, mailoutbox, ended):
    there, browser = as_(bob), as_()
    stolen = there.session.session_key
    browser.post("/accounts/password/reset/", {"email": "bob@example.org"})
    link = next(word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word)
    form = browser.get("/" + link.split("/", 3)[3], follow=True)
    new = {"password1": "quite another one", "password2": "quite another one"}
    browser.post(form.request["PATH_INFO"], new)
    bob.refresh_from_db()
    assert bob.check_password("quite another one")
    assert not is_in(there)
    assert ended == [stolen]


def test_coming_in_as_somebody_else_in_the_same_browser_is_remembered_too(as_, bob, cleo):
    browser = as_(bob)
    browser.force_login(cleo)
    assert Login.objects.get(session_key=browser.session.session_key).person == cleo


def test_log_ins_whose_session_is_gone_are_forgotten(as_, bob):
    as_(bob).session.delete()
    as_(bob)
    assert Login.objects.filter(person=bob).count() == 1
