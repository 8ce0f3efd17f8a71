from django.urls import include, path

from payments.views import claim, claim_line, claim_send, meeting, offer, policy

app_name = "payments"
urlpatterns = [
    path("claims/", claim.claim_list, name="claim-list"),
    path("claims/add/", claim.claim_add, name="claim-add"),
    path("claims/<ref>/", claim.claim_detail, name="claim-detail"),
    path("claims/<ref>/choice/<meeting_ref>/", offer.claim_choice, name="claim-choice"),
    path("claims/<ref>/costs/add/", claim_line.cost, name="cost-add"),
    path("claims/<ref>/costs/<int:pk>/change/", claim_line.cost, name="cost-change"),
    path(
        "claims/<ref>/lines/<int:pk>/remove/",
        claim_line.line_remove,
        name="line-remove",
    ),
    path("claims/<ref>/miles/add/", claim_line.miles, name="miles-add"),
    path("claims/<ref>/miles/<int:pk>/change/", claim_line.miles, name="miles-change"),
    path("claims/<ref>/receipts/<int:pk>/", claim_line.receipt, name="receipt"),
    path("claims/<ref>/send/", claim_send.claim_send, name="claim-send"),
    path("claims/<ref>/withdraw/", claim_send.claim_withdraw, name="claim-withdraw"),
    path(
        "meetings/<ref>/attendance/",
        meeting.meeting_attendance,
        name="meeting-attendance",
    ),
    path("meetings/<ref>/offer/", offer.offer_choose, name="offer-choose"),
    path("meetings/<ref>/publish/", meeting.meeting_publish, name="meeting-publish"),
    path("policies/", policy.policy_list, name="policy-list"),
    path("policies/draft/", policy.policy_draft, name="policy-draft"),
    path("policies/<int:pk>/", policy.policy_version, name="policy-version"),
    path("policies/<int:pk>/publish/", policy.policy_publish, name="policy-publish"),
    path("", include("payments.finance_urls")),
]
