"""The site map, and the paths of messaging."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from backchannel import health, views

group = [
    path("", views.group, name="group"),
    path("members/", views.members, name="members"),
    path("members/<str:username>/", views.member, name="member"),
    path("leaving/", views.leaving_group, name="leaving_group"),
    path("invitation/", views.group_invitation, name="group_invitation"),
    path("photo/<str:stamp>.webp", views.group_photo, name="group_photo"),
]

conversations = [
    path("", views.inbox, name="inbox"),
    path("new/", views.new, name="new"),
    path("to/<str:username>/", views.direct, name="direct"),
    path("cards/", views.own_card, name="own_card"),
    path("reading/", views.everything_read, name="everything_read"),
    path("scheduled/", views.scheduled, name="scheduled"),
    path("scheduled/<str:scheduled>/", views.scheduled_one, name="scheduled_one"),
    path("scheduled/<str:scheduled>/sending/", views.scheduled_sending, name="scheduled_sending"),
    path("scheduled/<str:scheduled>/cancelling/", views.scheduled_cancelling, name="scheduled_cancelling"),
    path("exports/<str:export>/", views.export_file, name="export_file"),
    path("exports/<str:export>/removal/", views.export_removal, name="export_removal"),
    path("files/<str:file>/", views.file, name="file"),
    path("files/<str:file>/removal/", views.file_removal, name="file_removal"),
    path("<str:pk>/", views.conversation, name="conversation"),
    path("<str:pk>/menu/", views.conversation_menu, name="conversation_menu"),
    path("<str:pk>/top/", views.top, name="top"),
    path("<str:pk>/archive/", views.archive, name="archive"),
    path("<str:pk>/mute/", views.mute, name="mute"),
    path("<str:pk>/level/", views.level, name="level"),
    path("<str:pk>/report/", views.report_conversation, name="report_conversation"),
    path("<str:pk>/acceptance/", views.acceptance, name="acceptance"),
    path("<str:pk>/declining/", views.declining, name="declining"),
    path("<str:pk>/later/", views.later, name="later"),
    path("<str:pk>/export/", views.export, name="export"),
    path("<str:pk>/draft/", views.draft, name="draft"),
    path("<str:pk>/group/", include(group)),
    path("<str:pk>/completions/", views.completions, name="completions"),
    path("<str:pk>/room/", views.room_from, name="room_from"),
    path("<str:pk>/pins/", views.pins, name="pins"),
    path("<str:pk>/reading/", views.reading, name="reading"),
    path("<str:pk>/files/", views.files, name="files"),
    path("<str:pk>/messages/", views.messages, name="messages"),
    path("<str:pk>/messages/<uuid:client_id>/", views.message, name="message"),
    path("<str:pk>/messages/<uuid:client_id>/unread/", views.unread_from, name="unread_from"),
    path("<str:pk>/messages/<uuid:client_id>/report/", views.report_message, name="report_message"),
    path("<str:pk>/messages/<uuid:client_id>/editing/", views.editing, name="editing"),
    path("<str:pk>/messages/<uuid:client_id>/reactions/", views.reactions, name="reactions"),
    path("<str:pk>/messages/<uuid:client_id>/seen/", views.seen, name="seen"),
    path("<str:pk>/messages/<uuid:client_id>/forwarding/", views.forwarding, name="forwarding"),
    path("<str:pk>/messages/<uuid:client_id>/deletion/", views.deletion, name="deletion"),
    path("<str:pk>/messages/<uuid:client_id>/pin/", views.pin, name="pin"),
    path("<str:pk>/messages/<uuid:client_id>/files/<str:file>/", views.attachment, name="attachment"),
    path("<str:pk>/messages/<uuid:client_id>/files/<str:file>/small/", views.attachment_small, name="attachment_small"),
    path("<str:pk>/messages/<uuid:client_id>/card/removal/", views.card_removal, name="card_removal"),
    path("<str:pk>/messages/<uuid:client_id>/card/<str:stamp>.webp", views.card_picture, name="card_picture"),
]

questions = [
    path("", views.questions, name="questions"),
    path("<str:pk>/", views.question, name="question"),
    path("<str:pk>/vote/", views.vote, name="vote"),
    path("<str:pk>/stage/", views.call_asker, name="call_asker"),
    path("<str:pk>/reply/", views.reply_to_asker, name="reply_to_asker"),
]

# allauth asks for it where it counts by itself.
handler429 = "accounts.middleware.slow_down"
handler500 = "backchannel.views.failing.failed"

urlpatterns = [
    path("@<str:username>/report/", views.report_person, name="report_person"),
    path("settings/data/", views.my_data, name="my_data"),
    path("reports/sent/", views.reported, name="reported"),
    path("", include("accounts.urls")),
    path("", include("rooms.urls")),
    path("backchannel/", include(conversations)),
    path("rooms/<str:room>/questions/", include(questions)),
    path("rooms/<str:room>/sharing/", views.sharing, name="sharing"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("search/", views.search, name="search"),
    path("about/", TemplateView.as_view(template_name="about.html"), name="about"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
