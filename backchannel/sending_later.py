"""Messages whose moment has come. Each is posted and taken off the list in one transaction, under the id it always had:
wherever this is stopped, the next time does the rest, and nothing comes twice."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import Error as DatabaseTrouble
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import limits
from accounts.models import Person
from accounts.notifying import Shown
from accounts.refusals import Refused
from backchannel.models import Scheduled

logger = logging.getLogger(__name__)

AT_ONCE = 500


def send_what_is_due(now: datetime) -> int:
    """Post it → how many. Who has written too much just now waits for the next time, with all that he has waiting."""
    Scheduled.objects.cancelled_before(now).delete()
    held_up: set[str] = set()
    sent = 0
    for one in Scheduled.objects.due(now).only("pk", "author_id")[:AT_ONCE]:
        if one.author_id in held_up:
            continue
        try:
            limits.spend("post", one.author_id)
            sent += one.send_if_due(now)
        except (Refused, DatabaseTrouble) as problem:
            held_up.add(one.author_id)
            logger.info("A message waits a little longer: %s", type(problem).__name__)
    return sent


def look_of_unsent(person: Person, subjects: Collection[str]) -> dict[str, Shown]:
    """How the bell tells of those that could not be sent."""
    unsent = Scheduled.objects.of(person).filter(pk__in=subjects, state=Scheduled.State.REFUSED)
    words = _("Your message to %(where)s could not be sent.")
    return {one.pk: Shown(words % {"where": one.where}, reverse("scheduled")) for one in unsent}
