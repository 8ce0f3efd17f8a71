from celery import shared_task

from coprod.core import documents as core_documents
from groups.notices import documents


@shared_task(name="notices.make_letters_pdf")
def make_letters_pdf(*, document_id: int) -> None:
    core_documents.make(document_id=document_id, build=documents.build_letters)
