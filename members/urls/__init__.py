"""The roster's addresses, by noun."""

from members.urls import committees, imports, organisations, people, regions

app_name = "members"
urlpatterns = [
    *organisations.urlpatterns,
    *people.urlpatterns,
    *committees.urlpatterns,
    *imports.urlpatterns,
    *regions.urlpatterns,
]
