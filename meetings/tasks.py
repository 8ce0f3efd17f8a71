from celery import shared_task

from coprod.core import documents as core_documents
from meetings import documents


@shared_task(name="meetings.make_minutes_pdf")
def make_minutes_pdf(*, document_id: int) -> None:
    core_documents.make(document_id=document_id, build=documents.minutes_pdf)


@shared_task(name="meetings.make_agenda_pack")
def make_agenda_pack(*, document_id: int) -> None:
    core_documents.make(document_id=document_id, build=documents.agenda_pack_pdf)
