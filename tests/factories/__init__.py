"""Test objects built in code. Plain defaults that surprise nobody; name the rest in the test."""

from tests.factories.core import (
    StoredFileFactory,
    UserFactory,
    actor_for_person,
    staff_actor,
)
from tests.factories.governance import (
    GroupFactory,
    MembershipFactory,
    OfficeFactory,
    SeatFactory,
)
from tests.factories.meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    InvitationFactory,
    MeetingFactory,
    MinutesFactory,
    PaperFactory,
    SeriesFactory,
)
from tests.factories.notices import DeliveryFactory, NoticeFactory
from tests.factories.payments import (
    ClaimFactory,
    OfferFactory,
    PayeeFactory,
    make_policy,
    time_line,
)
from tests.factories.people import (
    AccessNeedFactory,
    ConsentWordingFactory,
    PersonFactory,
    SignInFactory,
    SupporterFactory,
    member_with_account,
)
from tests.factories.projects import ProjectFactory, StageEntryFactory

__all__ = [
    "AccessNeedFactory",
    "AgendaItemFactory",
    "AttendanceFactory",
    "ClaimFactory",
    "ConsentWordingFactory",
    "DeliveryFactory",
    "GroupFactory",
    "InvitationFactory",
    "MeetingFactory",
    "MembershipFactory",
    "MinutesFactory",
    "NoticeFactory",
    "OfferFactory",
    "OfficeFactory",
    "PaperFactory",
    "PayeeFactory",
    "PersonFactory",
    "ProjectFactory",
    "SeatFactory",
    "SeriesFactory",
    "SignInFactory",
    "StageEntryFactory",
    "StoredFileFactory",
    "SupporterFactory",
    "UserFactory",
    "actor_for_person",
    "make_policy",
    "member_with_account",
    "staff_actor",
    "time_line",
]
