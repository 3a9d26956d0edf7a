"""The moderators' console, cell by cell of tests/matrix.py."""

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from accounts.models import ModerationEntry, Site
from backchannel.models import Report
from tests import matrix
from tests.test_matrix import cells, shown

pytestmark = pytest.mark.alike

WHO = {"AN": "AN", "IN": "MO", "ST": "ST", "SU": "SU"}
BARE = ("index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n")


def address(scene, page, target):
    if page in BARE or page.endswith(("_changelist", "_add")):
        return reverse(f"admin:{page}")
    if page == "app_list":
        return reverse("admin:app_list", args=["rooms"])
    if page == "view_on_site":
        return reverse("admin:view_on_site", args=[ContentType.objects.get_for_model(Site).pk, 1])
    thing = _thing(scene, page.rsplit("_", 1)[0], target)
    within = [thing.files.get().pk] if page == "backchannel_report_file" else []
    return reverse(f"admin:{page}", args=[thing.pk, *within])


def _thing(scene, model, target):
    """Something of this model for the page to be about."""
    if model == "backchannel_message":
        return {"@line": scene.agreed, "@direct": scene.letter, "@group": scene.note}.get(target, scene.said)
    things = {
        "accounts_person": scene["cleo"],
        "accounts_invitation": scene.invitation,
        "rooms_room": scene.room,
        "rooms_seat": scene.seat("eli"),
        "backchannel_question": scene.question,
        "backchannel_group": scene.company,
    }
    made = {
        "accounts_site": Site.current,
        "accounts_moderationentry": lambda: ModerationEntry.write(scene["mo"], "end", scene.room, "late"),
        "backchannel_report": lambda: Report.of_message(scene["cleo"], scene.letter, reason="spam", words=""),
        "auth_group": lambda: Group.objects.create(name="Gardeners"),
        "account_emailaddress": lambda: EmailAddress.objects.create(user=scene["cleo"], email="cleo@example.org"),
    }
    return things.get(model) or made[model]()


@pytest.mark.parametrize(("page", "method", "target", "sign", "cell"), cells(matrix.ADMIN, tuple(WHO)))
def test_in_the_console(open_scene, closed_scene, page, method, target, sign, cell):
    scene = (closed_scene if target == "@closed" else open_scene)[0]
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = open_scene[1][WHO[sign]]
    assert shown(client.generic(method, address(scene, page, target))) == cell
