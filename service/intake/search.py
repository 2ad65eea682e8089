"""Text as it is looked for: composed and without case, whatever was typed."""

from unicodedata import normalize

from service.store.tables import JobRow


def fold(text: str) -> str:
    """Text as it is compared in a search (NFC, no case)."""
    return normalize("NFC", text).casefold()


def search_text(job: JobRow) -> str:
    """What ``q=`` looks in."""
    client = job.site.client
    parts = (
        job.reference,
        job.external_ref,
        client.name,
        client.ref,
        job.site.ref,
        job.site.address,
        job.description,
    )
    return fold(" ".join(part for part in parts if part))
