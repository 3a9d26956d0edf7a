"""What is done in the background. A job is given ids, finds in the rows what there is to do, and may come twice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connections, transaction
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import close_db, db_periodic_task, db_task, on_startup, task

logger = logging.getLogger(__name__)

# A queue on the other end of a line may not answer: then one thread waits, and nobody who writes.
_handing_on = ThreadPoolExecutor(1, thread_name_prefix="jobs")
# Not the workers: a site that takes its time would keep all other jobs waiting.
_looking = ThreadPoolExecutor(4, thread_name_prefix="links")
_preparing = ThreadPoolExecutor(2, thread_name_prefix="files")
_exporting = ThreadPoolExecutor(1, thread_name_prefix="exports")

UNHEARD = 5  # seconds in which who looks has read it


def soon(job: Callable, ids: list) -> None:
    """Have a job done, once what it is about is committed. One that gets lost on the way is asked for again by those
    below that come by the clock."""
    if ids:
        transaction.on_commit(partial(_handing_on.submit, _hand_on, job, ids), robust=True)


def _hand_on(job: Callable, ids: list) -> None:
    try:
        job(ids)
    except Exception as problem:  # noqa: BLE001  whatever the queue is made of
        logger.warning("A job could not be queued, it comes later: %s", problem)


# Links ----------------------------------------------------------------------------------------------------


@task()
def look_at_links(ids: list[int]) -> None:
    for pk in ids:
        _looking.submit(_look_at_link, pk)


@db_periodic_task(crontab())
def look_at_links_again() -> None:
    from backchannel.models import LinkPreview

    LinkPreview.objects.try_again(timezone.now())


def _look_at_link(pk: int) -> None:
    from backchannel.links.looking import look
    from backchannel.links.web import Web

    try:
        look(pk, Web())
    except Exception:
        logger.exception("A link could not be looked at")
    finally:
        connections.close_all()


# Files ----------------------------------------------------------------------------------------------------


@task()
def prepare_files(pks: list[str]) -> None:
    for pk in pks:
        _preparing.submit(_prepare_file, pk)


@db_periodic_task(crontab())
def prepare_files_again() -> None:
    from backchannel.models import Attachment

    Attachment.objects.try_again(timezone.now())


@db_periodic_task(crontab())
def sweep_files() -> None:
    from backchannel.media.sweeping import sweep

    sweep(timezone.now())


def _prepare_file(pk: str) -> None:
    from backchannel.media.preparing import prepare

    try:
        prepare(pk)
    except Exception:
        logger.exception("A file could not be prepared")
    finally:
        connections.close_all()


# Messages for later ----------------------------------------------------------------------------------------


@db_periodic_task(crontab())
def send_what_is_due() -> None:
    from backchannel.sending_later import send_what_is_due

    if send_what_is_due(timezone.now()):
        tell_of_the_unheard.schedule(delay=UNHEARD)


@db_task()
def tell_of_the_unheard() -> None:
    """Web processes do so all the time, each with what was written in it."""
    from backchannel import unheard

    unheard.look()


# Exports ---------------------------------------------------------------------------------------------------


@task()
def make_exports(pks: list[str]) -> None:
    for pk in pks:
        _exporting.submit(_make_export, pk)


@db_periodic_task(crontab())
def make_exports_again() -> None:
    from backchannel.models import Export

    Export.objects.try_again(timezone.now())


@db_periodic_task(crontab())
def sweep_exports() -> None:
    from backchannel.exporting.keeping import sweep

    sweep(timezone.now())


def _make_export(pk: str) -> None:
    from backchannel.exporting.making import make

    try:
        make(pk)
    except Exception:
        logger.exception("An export could not be made")
    finally:
        connections.close_all()


# What was deleted, and reactions ---------------------------------------------------------------------------


@db_periodic_task(crontab())
def erase_deleted_messages() -> None:
    from backchannel.models.remains import erase_what_is_due

    erase_what_is_due()


@on_startup()
@close_db
def erase_what_fell_due_meanwhile() -> None:
    from backchannel.models.remains import erase_what_is_due

    erase_what_is_due()


@db_periodic_task(crontab())
def draw_forgotten_reactions() -> None:
    from backchannel.redrawing import redraw_the_forgotten

    redraw_the_forgotten()
