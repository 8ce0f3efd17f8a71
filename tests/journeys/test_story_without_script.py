"""The whole story of the product, from a phone call to a paid claim, with JavaScript off."""

import pytest

from tests.journeys import steps_meeting as meeting
from tests.journeys import steps_minutes as minutes
from tests.journeys import steps_money as money
from tests.journeys import steps_people as people
from tests.journeys import steps_questions as questions
from tests.journeys.story import Story

pytestmark = pytest.mark.browser


def test_the_story_from_a_phone_call_to_a_paid_claim(story: Story) -> None:
    people.a_person_rings(story)
    people.the_rest_is_filled_in_next_week(story)
    people.the_welcome_letter_is_posted(story)
    people.others_join_by_email(story)
    people.a_group_is_formed(story)
    people.people_take_seats(story)
    meeting.a_meeting_is_planned(story)
    meeting.it_is_published(story)
    meeting.the_pack_is_made(story)
    meeting.access_is_arranged(story)
    meeting.the_reminder_goes_out_by_itself(story)
    meeting.the_member_replies(story)
    meeting.the_postal_member_replies_by_phone(story)
    minutes.staff_say_who_came(story)
    minutes.notes_are_written(story)
    minutes.a_decision_is_recorded(story)
    minutes.the_draft_goes_out_and_is_corrected(story)
    minutes.the_next_meeting_approves(story)
    minutes.the_minutes_are_a_pdf(story)
    money.the_member_sends_her_claim(story)
    money.staff_enter_the_postal_members_claim(story)
    questions.a_worker_asks_and_the_member_answers(story)
    questions.a_member_claims_more_than_an_approver_may_allow(story)
    money.a_worker_checks_both(story)
    money.an_approver_makes_one_line_smaller(story)
    questions.an_approver_is_told_the_limit_and_does_not_approve(story)
    money.finance_set_up_the_payees(story)
    money.finance_build_and_another_releases(story)
    money.the_ledger_says_paid(story)
    money.the_member_is_told(story)
