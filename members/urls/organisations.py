from django.urls import path

from members.views import organisations, standing

urlpatterns = [
    path("", organisations.organisations, name="organisations"),
    path("export.csv", organisations.export, name="organisations_export"),
    path("bulk/", standing.bulk, name="organisations_bulk"),
    path("bulk/apply/", standing.bulk_apply, name="organisations_bulk_apply"),
    path("add/", organisations.add, name="organisation_add"),
    path("<uuid:pk>/", organisations.organisation, name="organisation"),
    path("<uuid:pk>/edit/", organisations.edit, name="organisation_edit"),
    path("<uuid:pk>/membership/", organisations.membership, name="organisation_membership"),
    path("<uuid:pk>/endorsement/", standing.endorsement, name="organisation_endorsement"),
    path("<uuid:pk>/names/", organisations.names, name="organisation_names"),
    path("<uuid:pk>/end/", organisations.end, name="organisation_end"),
]
