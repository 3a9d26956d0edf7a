from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.moderating import ShownOnly, with_reason
from accounts.refusals import Refused
from backchannel.models import Attachment, Conversation, Group, Message, Question, Report
from backchannel.views.files import served
from rooms.models import Room


class Erasable(ShownOnly):
    """What can be deleted for everybody, with a reason."""

    actions = ["erase"]

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "erase")

    @with_reason(_("Delete for everyone"), "erase")
    def erase(self, by: Person, thing: Message | Question, reason: str) -> None:
        thing.delete_by_staff(by, reason)


@admin.register(Message)
class MessageAdmin(Erasable):
    """Room chats only: what people write to each other, and the speakers' lines, are read by nobody here."""

    list_display = ["__str__", "author", "room", "created_at", "deleted_at"]
    list_select_related = ["author", "conversation__room"]
    search_fields = ["body", "author__username", "conversation__room__title"]
    fields = ["body", "author", "room", "created_at", "edited_at", "deleted_at"]
    ordering = ["-created_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        messages = super().get_queryset(request).filter(conversation__kind=Conversation.Kind.ROOM)
        if request.user.is_superuser:
            return messages
        return messages.filter(conversation__room__kind=Room.Kind.OPEN)

    @admin.display(description=_("room"))
    def room(self, message: Message) -> Room:
        return message.conversation.room

    @with_reason(_("Delete for everyone"), "erase")
    def erase(self, by: Person, thing: Message, reason: str) -> None:
        if thing.deleted_at:
            raise Refused(_now("This message was deleted."))
        thing.delete_by_staff(by, reason)


@admin.register(Question)
class QuestionAdmin(Erasable):
    list_display = ["body", "asker", "room", "state", "votes", "created_at"]
    list_filter = ["state"]
    list_select_related = ["asker", "board__room"]
    search_fields = ["body", "asker__username", "board__room__title"]
    fields = ["body", "asker", "room", "state", "votes", "created_at"]
    ordering = ["-created_at", "pk"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        questions = super().get_queryset(request)
        return questions if request.user.is_superuser else questions.filter(board__room__kind=Room.Kind.OPEN)

    @admin.display(description=_("room"))
    def room(self, question: Question) -> Room:
        return question.room


@admin.register(Report)
class ReportAdmin(ShownOnly):
    """What people told the moderators. Of conversations among themselves, these copies are all that anybody reads."""

    actions = ["close"]
    list_display = ["created_at", "kind", "about", "reason", "reporter", "closed_at"]
    list_filter = ["kind", "reason", ("closed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["about", "reporter"]
    search_fields = ["about__username", "reporter__username"]
    fields = ["created_at", "kind", "about", "reason", "words", "reporter", "copies", "kept", "closed_at"]
    readonly_fields = ["copies", "kept"]

    def has_close_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "close")

    @with_reason(_("Close, and erase its files"), "close")
    def close(self, by: Person, thing: Report, reason: str) -> None:
        thing.close(by, reason)

    @admin.display(description=_("evidence"))
    def copies(self, report: Report) -> SafeString:
        """What was said, oldest first; what was reported is marked."""
        lines = ([_copied(one)] for one in report.evidence)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines))

    @admin.display(description=_("files"))
    def kept(self, report: Report) -> SafeString:
        """What went with it, small; a file itself is opened by nobody here."""
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ([_pictured(one)] for one in _of(report)))
        )

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.picture)
        return [path("<int:pk>/files/<str:file>/", view, name="backchannel_report_file"), *super().get_urls()]

    def picture(self, request: HttpRequest, pk: int, file: str) -> HttpResponseBase:
        """The small picture of a file that went with an open report."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = get_object_or_404(_of(pk).exclude(small=""), pk=file)
        return served(request, found, found.small, "image/webp")


def _of(report: Report | int) -> models.QuerySet:
    return Attachment.objects.filter(report=report, state__in=Attachment.KEPT).order_by("place")


def _pictured(file: Attachment) -> SafeString:
    about = format_html(
        "<span dir='auto'>{}</span> ({}, {})", file.name, file.get_kind_display(), filesizeformat(file.size)
    )
    if not file.small:
        return about
    address = reverse("admin:backchannel_report_file", args=[file.report_id, file.pk])
    return format_html(
        "<img src='{}' alt='{}' width='{}' height='{}'><br>{}", address, file.alt, *file.shown_size, about
    )


def _copied(one: dict) -> SafeString:
    marks = [_now("reported")] * one.get("reported", False) + [_now("deleted")] * one.get("deleted", False)
    before = format_html_join("", "<br><s dir='auto'>{}</s>", ([text] for text in one.get("before", ())))
    files = format_html_join("", "<br><span dir='auto'>{}</span>", ([name] for name in one.get("files", ())))
    return format_html(
        "<strong dir='auto'>{}</strong> @{} {} <em>{}</em>{}<br><span dir='auto'>{}</span>{}",
        one["by"],
        one["username"],
        one.get("at", "")[:16].replace("T", " "),
        ", ".join(marks),
        before,
        one["text"],
        files,
    )


@admin.register(Group)
class GroupAdmin(ShownOnly):
    """That there are groups, and whose: for the operator. What is written there is read by nobody here."""

    list_display = ["name", "started_by", "owner", "members", "created_at"]
    list_select_related = ["started_by"]
    search_fields = ["name", "started_by__username"]
    fields = ["name", "started_by", "owner", "members", "history", "created_at"]
    ordering = ["-created_at", "pk"]

    @admin.display(description=_("owner"))
    def owner(self, group: Group) -> Person | None:
        return group.owner

    @admin.display(description=_("members"))
    def members(self, group: Group) -> int:
        return group.members_count
