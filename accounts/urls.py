from django.urls import path

from accounts import views

urlpatterns = [
    path("@<str:username>/", views.profile, name="profile"),
    path("@<str:username>/follow/", views.follow, name="follow"),
    path("@<str:username>/block/", views.block, name="block"),
    path("settings/", views.settings, name="settings"),
    path("settings/logins/", views.logins, name="logins"),
    path("invitations/", views.invitations, name="invitations"),
    path("i/<str:code>/", views.invitation, name="invitation"),
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/reading/", views.notifications_read, name="notifications_read"),
    path("notifications/bell/", views.bell, name="bell"),
    path("photos/<str:pk>/<str:stamp>.webp", views.photo, name="photo"),
    path("operator/<str:token>/", views.operator, name="operator"),
]
