from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.moderating import ShownOnly, with_reason
from rooms.models import Room, Seat


@admin.register(Room)
class RoomAdmin(ShownOnly):
    """Closed rooms are not the moderators' business; the operator sees them."""

    list_display = ["title", "kind", "creator", "opened_at", "ended_at"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["creator"]
    search_fields = ["title", "creator__username"]
    fields = ["title", "description", "kind", "creator", "opened_at", "ended_at", "hands", "locked"]
    actions = ["end"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rooms = super().get_queryset(request)
        return rooms if request.user.is_superuser else rooms.filter(kind=Room.Kind.OPEN)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "end")

    @with_reason(_("End for everyone"), "end")
    def end(self, by: Person, room: Room, reason: str) -> None:
        room.end_by_staff(by, reason)


@admin.register(Seat)
class SeatAdmin(ShownOnly):
    list_display = ["person", "room", "role", "joined_at", "seen_at"]
    list_filter = ["role"]
    list_select_related = ["person", "room"]
    search_fields = ["person__username", "person__name", "room__title"]
    fields = ["person", "room", "role", "joined_at", "seen_at", "muted", "muted_by_moderator"]
    ordering = ["room", "stage_rank", "joined_at"]
    actions = ["remove"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        seats = super().get_queryset(request).filter(left_at=None)
        return seats if request.user.is_superuser else seats.filter(room__kind=Room.Kind.OPEN)

    def has_remove_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "remove")

    @with_reason(_("Remove from the room, and do not let back"), "remove")
    def remove(self, by: Person, seat: Seat, reason: str) -> None:
        seat.remove_by_staff(by, reason)
