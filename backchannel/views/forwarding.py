"""Taking the words of a message into another conversation."""

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.gate import login_required
from backchannel.views.finding import message_of
from backchannel.views.taking import choose, take


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def forwarding(request: HttpRequest, pk: str, client_id: UUID) -> HttpResponse:
    """The conversations into which this person may take a message; with POST it goes there."""
    found = message_of(request, pk, client_id)
    if request.method == "POST":
        return take(request, partial(found.forward, request.user), _("Message forwarded."))
    return choose(request, "forward", message=found)
