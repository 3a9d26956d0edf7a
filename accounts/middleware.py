"""What happens around every page."""

import contextlib
import zoneinfo
from urllib.parse import urlsplit

from django.contrib.auth import SESSION_KEY, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from accounts.limits import MINUTE, TooMuch
from accounts.refusals import Refused

SHUT_OUT = 403
TYPED = ("title", "description", "body", "words", "name", "bio", "username")  # fields that somebody wrote in


class PrivatePages:
    """No cache keeps a page, neither one on the way nor the browser's, unless its view says otherwise.

    Static files never come this far.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class SuspendedPeople:
    """Whoever is suspended, or whose account was closed, is logged out by the next request and told so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _shut_out(request):
            return self.get_response(request)
        person = request.user
        logout(request)
        if request.htmx:
            # The page around the piece goes as well.
            return HttpResponseClientRedirect(reverse("account_inactive"))
        return suspended_page(request, person)


def _shut_out(request: HttpRequest) -> bool:
    if request.user.is_authenticated:
        return not request.user.may_enter
    # The session names somebody, and Django gives nobody for it: the account is closed.
    return SESSION_KEY in request.session


def suspended_page(request: HttpRequest, person) -> HttpResponse:
    """Says plainly that this account can't be used, and until when. Shown only to who proved to be that person."""
    return render(request, "accounts/suspended.html", {"person": person}, status=SHUT_OUT)


class OwnTimeAndLanguage:
    """Pages in the time zone and language of the person who looks at them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user if request.user.is_authenticated else None
        with _language(request, person), timezone.override(_zone(person)):
            return self.get_response(request)


@contextlib.contextmanager
def _language(request: HttpRequest, person):
    if person and person.language:
        request.LANGUAGE_CODE = person.language
        with translation.override(person.language):
            yield
    else:
        yield


def _zone(person) -> zoneinfo.ZoneInfo | None:
    """None is the house's own zone. A name that this machine does not know is as good as none."""
    if person and person.time_zone:
        with contextlib.suppress(zoneinfo.ZoneInfoNotFoundError, ValueError):
            return zoneinfo.ZoneInfo(person.time_zone)
    return None


class AskableAddresses:
    """An address with a NUL in it, or in its query, leads nowhere: PostgreSQL refuses to be asked about it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META["QUERY_STRING"]:
            raise Http404
        return self.get_response(request)


class PlainRefusals:
    """Turns what the models refuse into an answer in plain words: a page, or for htmx a note beside the page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            page = render(request, "405.html", status=response.status_code)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal(request, exception) if isinstance(exception, Refused) else None


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The answer to something refused. A note leaves the page and what is being typed there as they are."""
    context = {"sentence": refused.sentence, "text": refused.sentence, "level": "assertive"}
    if request.htmx and not (request.htmx.boosted and request.method == "GET"):
        response = render(request, "_toast.html", context, status=refused.status)
        response.headers["HX-Reswap"] = "none"
        response.headers["HX-Push-Url"] = "false"
        trigger_client_event(response, "live:notice", {"text": str(refused.sentence), "level": "assertive"})
    else:
        page = "429.html" if isinstance(refused, TooMuch) else "refused.html"
        response = render(request, page, context | _what_was_sent(request), status=refused.status)
    if refused.wait:
        response.headers["Retry-After"] = str(refused.wait)
    return response


def _what_was_sent(request: HttpRequest) -> dict:
    """For the page of a refusal: where it was sent from, and what was typed there, to be sent once more."""
    sent = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
    context: dict = {"back": _page_before(request)}
    if any(name in TYPED for name, _value in sent) and not any("password" in name for name, _value in sent):
        context["typed"] = [(name, value) for name, value in sent if name in TYPED]
        context["chosen"] = [(name, value) for name, value in sent if name not in TYPED]
    return context


def _page_before(request: HttpRequest) -> str:
    before = came_from(request)
    return before if urlsplit(before).path != request.path else "/"


def came_from(request: HttpRequest) -> str:
    """Our own page that somebody came from, as far as the browser tells; else the hallway."""
    before = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if ours else "/"


def slow_down(request: HttpRequest) -> HttpResponse:
    """The answer where allauth counts, by the minute."""
    return refusal(request, TooMuch(MINUTE))
