"""Attachments: the bytes that come out are those that went in, and no browser runs them."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from common.auth import Seal
from common.events import TicketSubmitted
from common.settings import DEMO_SECRET
from front_desk import ANNA, Loket, bearer, hidden
from intake.attachments import clean_name, media_type

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 5000


async def bring(loket: Loket, *files: tuple[str, bytes]) -> dict[str, str]:
    """A ticket with files, through the API."""
    answer = await loket.program.post("/api/tickets", data=ANNA, files=[("attachments", file) for file in files])
    assert answer.status_code == 201, answer.text
    found: dict[str, str] = answer.json()
    return found


async def test_what_comes_out_is_what_went_in_by_every_door(loket: Loket) -> None:
    ticket = await bring(loket, ("Rekening.pdf", PDF))
    [event] = await loket.emitted()
    assert isinstance(event, TicketSubmitted)
    [fact] = event.attachments
    assert (fact.sha256, fact.size_bytes) == (sha256(PDF).hexdigest(), len(PDF))
    assert (fact.name, fact.media_type) == ("Rekening.pdf", "application/pdf")
    [message] = (await loket.status(ticket))["messages"]
    by_program = await loket.program.get(message["attachments"][0]["url"])
    page = (await loket.open(ticket)).text
    link = re.search(r'href="(/t/[^"]+/files/[^"]+)"', page)
    assert link
    by_customer = await loket.browser.get(link[1])
    by_staff = await loket.program.get(
        Seal(DEMO_SECRET).file_link("", fact.attachment_id, datetime.now(UTC) + timedelta(minutes=5))
    )
    for answer in (by_program, by_customer, by_staff):
        assert answer.status_code == 200
        assert answer.content == PDF
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''Rekening.pdf"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]


async def test_equal_files_lie_in_the_store_once(loket: Loket) -> None:
    own = sha256(PDF + b"once").hexdigest()
    await bring(loket, ("a.pdf", PDF + b"once"), ("b.pdf", PDF + b"once"))
    await bring(loket, ("c.pdf", PDF + b"once"))
    folder = Path(loket.settings.data_dir) / "attachments"
    assert [path.read_bytes() for path in folder.rglob(own)] == [PDF + b"once"]
    assert await loket.count("attachment") == 3


async def test_links_for_staff_end_and_cannot_be_changed(loket: Loket) -> None:
    await bring(loket, ("a.pdf", PDF))
    async with loket.database.reading() as session:
        attachment_id = await session.scalar(text("SELECT attachment_id FROM attachment"))
    assert isinstance(attachment_id, UUID)
    seal, soon = Seal(DEMO_SECRET), datetime.now(UTC) + timedelta(minutes=5)
    good = seal.file_link("", attachment_id, soon)
    assert (await loket.program.get(good)).status_code == 200
    for bad in (
        seal.file_link("", attachment_id, datetime.now(UTC) - timedelta(seconds=5)),
        good.replace(str(attachment_id), str(uuid4())),
        re.sub(r"until=\d+", "until=99999999999", good),
        good[:-1],
        f"/t/files/{attachment_id}",
        seal.file_link("", uuid4(), soon),
    ):
        assert (await loket.program.get(bad)).status_code == 404, bad


async def test_a_file_on_one_ticket_is_not_on_another(loket: Loket) -> None:
    mine, other = await bring(loket, ("a.pdf", PDF)), await loket.bring()
    link = re.search(r"/files/([^\"]+)", (await loket.open(mine)).text)
    assert link
    await loket.open(other)
    assert (await loket.browser.get(f"/t/{other['reference']}/files/{link[1]}")).status_code == 404


async def test_files_come_with_later_messages_too(loket: Loket) -> None:
    ticket = await loket.bring()
    path = f"/api/tickets/{ticket['reference']}/messages"
    sent = await loket.program.post(
        path,
        data={"body": "Zie foto"},
        files={"attachments": ("foto.png", b"\x89PNG\r\n\x1a\n")},
        headers=bearer(ticket),
    )
    assert sent.status_code == 201
    page = (await loket.open(ticket)).text
    fields = hidden(page) | {"body": "En nog een"}
    await loket.browser.post(
        f"/t/{ticket['reference']}/messages", data=fields, files={"attachments": ("b.txt", b"hoi")}
    )
    assert [
        [file["media_type"] for file in message["attachments"]] for message in (await loket.status(ticket))["messages"]
    ] == [[], ["image/png"], ["text/plain"]]


async def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(loket: Loket, tmp_path: Path) -> None:
    large = tmp_path / "large"
    for size, status in ((20 * 1024 * 1024, 201), (20 * 1024 * 1024 + 1, 413)):
        with large.open("wb") as file:
            file.truncate(size)
        with large.open("rb") as file:
            answer = await loket.program.post("/api/tickets", data=ANNA, files={"attachments": ("large.bin", file)})
        assert answer.status_code == status


async def test_ten_photos_of_five_megabytes_go_together(loket: Loket) -> None:
    photo = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(5_000_000)
    await bring(loket, *((f"{number}.jpg", photo) for number in range(10)))
    assert await loket.count("attachment") == 10


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("foto.jpg", "foto.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Anna\\rekening.pdf", "rekening.pdf"),
        ("a\u202egpj.exe", "a�gpj.exe"),
        ("a\r\nSet-Cookie: x.txt", "a Set-Cookie_ x.txt"),
        ("\0.txt", "␀.txt"),
        ("...", "file"),
        ("", "file"),
        ("x" * 300 + ".jpeg", "x" * 108 + ".jpeg"),
        ("naïve café.png", "naïve café.png"),
    ],
)
def test_names_are_cleaned_and_keep_their_ending(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"),
        ("één regel".encode(), "text/plain"),
        (b"", "application/octet-stream"),
        (b"\0\1\2\3", "application/octet-stream"),
        (("é" * 5000).encode()[1 : 4096 + 1], "application/octet-stream"),
        (("a" + "é" * 5000).encode()[:4096], "text/plain"),
    ],
)
def test_the_kind_is_read_off_the_bytes(head: bytes, kind: str) -> None:
    assert media_type(head) == kind


async def test_a_store_that_takes_nothing_more_is_said_and_nothing_is_half_kept(loket: Loket, tmp_path: Path) -> None:
    full = tmp_path / "attachments"
    full.mkdir()
    for number in range(256):
        (full / f"{number:02x}").write_text("where a folder should be")
    other = loket.another(data_dir=tmp_path).app
    transport = httpx.ASGITransport(other)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as program:
        answer = await program.post("/api/tickets", data=ANNA, files=[("attachments", ("Rekening.pdf", PDF))])

    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert await loket.count("ticket") == 0
