from django.urls import path

from home import views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search_page, name="search"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.inbox_read_all, name="inbox_read_all"),
    path("inbox/<uuid:pk>/", views.notice, name="notice"),
    path("inbox/<uuid:pk>/read/", views.notice_read, name="notice_read"),
    path("inbox/<uuid:pk>/done/", views.notice_done, name="notice_done"),
    path("inbox/<uuid:pk>/undone/", views.notice_undone, name="notice_undone"),
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.metrics, name="metrics"),
]
