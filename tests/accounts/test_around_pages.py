"""What the middleware does around every page."""

import json
from datetime import UTC
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from accounts.limits import TooMuch
from accounts.middleware import refusal
from accounts.refusals import Refused


@pytest.fixture
def asking(rf: RequestFactory, bob):
    """asking("post", HX_Request="true") → a request as the middleware sees it."""

    def make(method="post", **headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = getattr(rf, method)("/", headers=names)
        request.user, request.htmx = bob, HtmxDetails(request)
        return request

    return make


@pytest.mark.parametrize("path", ["/", "/settings/", "/@bob/", "/invitations/", "/nothing/", "/admin/"])
@pytest.mark.parametrize("inside", [True, False])
def test_no_page_is_kept_by_any_cache(as_, bob, path, inside):
    answer = as_(bob if inside else None).get(path)
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


def test_static_files_may_be_kept(as_, bob):
    from django.conf import settings
    from whitenoise.middleware import WhiteNoiseMiddleware

    order = settings.MIDDLEWARE
    outside = f"{WhiteNoiseMiddleware.__module__}.{WhiteNoiseMiddleware.__name__}"
    assert order.index(outside) < order.index("accounts.middleware.PrivatePages")


CAME_FROM = {
    "a page of ours": ("http://testserver/rooms/x/?panel=chat#end", "/rooms/x/?panel=chat"),
    "somebody else's page": ("https://elsewhere.example/rooms/x/", "/"),
    "nowhere": ("", "/"),
}


@pytest.mark.parametrize(("referer", "comes_out"), CAME_FROM.values(), ids=CAME_FROM)
def test_who_has_to_log_in_before_a_form_is_done_comes_out_where_the_form_was(as_, db, referer, comes_out):
    answer = as_().post("/rooms/x/seat/", headers={"Referer": referer})
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={quote(comes_out)}")


def test_who_has_to_log_in_before_a_page_comes_out_there(as_, db):
    answer = as_().get("/settings/?a=b", headers={"Referer": "http://testserver/about/"})
    assert answer.url == f"/accounts/login/?next={quote('/settings/?a=b')}"


def test_an_address_that_only_takes_forms_says_so(as_, bob):
    answer = as_(bob).get("/rooms/x/seat/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address takes what a button or a form sends" in answer.content.decode()


@pytest.mark.parametrize("path", ["/%00", "/rooms/%00/", "/?x=%00"])
@pytest.mark.parametrize("inside", [True, False])
def test_an_address_that_cannot_be_asked_for_leads_nowhere(as_, bob, path, inside):
    answer = as_(bob if inside else None).get(path)
    assert answer.status_code == 404
    assert "Not here, or not for you" in answer.content.decode()


def test_a_refusal_is_a_page_in_plain_words(asking):
    answer = refusal(asking(), Refused("This room is <locked>."))
    assert answer.status_code == 422
    assert "This room is &lt;locked&gt;." in answer.content.decode()
    assert "<html" in answer.content.decode()


def test_somebody_else_was_first(asking):
    assert refusal(asking(), Refused("Mo already did this.", status=409)).status_code == 409


def test_for_htmx_it_is_a_note_that_leaves_the_page_alone(asking):
    answer = refusal(asking(HX_Request="true"), Refused("This room is locked – für alle."))
    assert answer.status_code == 422
    assert (answer["HX-Reswap"], answer["HX-Push-Url"]) == ("none", "false")
    assert json.loads(answer["HX-Trigger"]) == {
        "live:notice": {"text": "This room is locked – für alle.", "level": "assertive"}
    }
    assert "data-toast" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_boosted_form_gets_the_note_too_and_a_boosted_link_the_page(asking):
    boosted = {"HX_Request": "true", "HX_Boosted": "true"}
    assert "<html" not in refusal(asking("post", **boosted), Refused("No.")).content.decode()
    assert "<html" in refusal(asking("get", **boosted), Refused("No.")).content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX_Request": "true"}])
def test_too_much_says_how_long_to_wait(asking, headers):
    answer = refusal(asking(**headers), TooMuch(30))
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")
    assert "30 seconds" in answer.content.decode()


def test_other_exceptions_are_not_ours(asking):
    from accounts.middleware import PlainRefusals

    assert PlainRefusals(lambda request: HttpResponse()).process_exception(asking(), ValueError()) is None


def test_a_suspended_person_is_told_once_and_is_out(as_, bob, operator):
    browser = as_(bob)
    bob.suspend(operator, "Secret reason")
    first = browser.get("/settings/")
    assert first.status_code == 403
    assert "You have been logged out" in first.content.decode()
    assert "Secret reason" not in first.content.decode()
    assert browser.get("/settings/").status_code == 302


@pytest.mark.parametrize("path", ["/settings/", "/@cleo/follow/", "/settings/logins/"])
def test_and_nothing_he_sends_has_an_effect(as_, bob, cleo, operator, path):
    browser = as_(bob)
    bob.suspend(operator, "Shouting")
    answer = browser.post(path, {"on": "yes", "name": "Mallory", "messages_from": "everyone", "theme": "auto"})
    bob.refresh_from_db()
    assert answer.status_code == 403
    assert (bob.name, bob.is_following(cleo)) == ("Bob", False)


def test_a_piece_asked_for_by_a_suspended_person_turns_the_whole_page(as_, bob, operator, htmx):
    browser = as_(bob)
    bob.suspend(operator, "Shouting")
    assert browser.get("/settings/", headers=htmx)["HX-Redirect"] == "/accounts/inactive/"


def test_a_suspension_until_says_until_when(as_, bob, operator):
    from datetime import datetime

    bob.suspend(operator, "Shouting", until=datetime(2099, 5, 4, 3, 2, tzinfo=UTC))
    assert "May 4, 2099, 3:02 a.m. (UTC)" in as_(bob).get("/settings/").content.decode()


def test_everybody_else_goes_on(as_, bob, cleo, operator):
    browser = as_(cleo)
    bob.suspend(operator, "Shouting")
    assert browser.get("/settings/").status_code == 200
