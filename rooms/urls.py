from django.urls import include, path

from rooms import views

app_name = "rooms"

seats = [
    path("", views.menu, name="menu"),
    path("invitation/", views.stage_invitation, name="stage_invitation"),
    path("microphone/", views.their_microphone, name="their_microphone"),
    path("role/", views.role, name="role"),
    path("removal/", views.removal, name="removal"),
]

room = [
    path("", views.room, name="room"),
    path("people/", views.people, name="people"),
    path("hands/", views.hands, name="hands"),
    path("controls/", views.controls, name="controls"),
    path("seat/", views.seat, name="seat"),
    path("leaving/", views.leaving, name="leaving"),
    path("hand/", views.hand, name="hand"),
    path("microphone/", views.microphone, name="microphone"),
    path("invitation/", views.invitation, name="invitation"),
    path("ending/", views.ending, name="ending"),
    path("settings/", views.settings, name="settings"),
    path("guests/", views.guests, name="guests"),
    path("seats/<str:seat>/", include(seats)),
]

urlpatterns = [
    path("", views.hallway, name="hallway"),
    path("rooms/new/", views.new, name="new"),
    path("rooms/<str:pk>/", include(room)),
]
