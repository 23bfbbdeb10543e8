"""Workers behind TLS: what they write is read by who deciphers it, and by nobody else."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from arena.errors import WorkerBroke
from arena.settings import LOOPBACK
from controller.upstream.client import Upstream, open_upstream

PATIENCE = 10.0
HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
WORDS = [b"word %d " % number for number in range(200)]


def certificate_in(folder: Path) -> Path:
    """Write a certificate for this machine, and its key, into one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "worker")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    place = folder / "worker.pem"
    place.write_bytes(private + certificate.public_bytes(encoding))
    return place


@asynccontextmanager
async def a_worker(folder: Path, *, is_whole: bool) -> AsyncGenerator[tuple[str, Upstream]]:
    """Write words quickly, behind TLS; yield its URL, and a client that trusts it."""
    place = certificate_in(folder)
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(place)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(HEAD)
        for word in WORDS:
            writer.write(b"%x\r\n%b\r\n" % (len(word), word))
            await writer.drain()
            await asyncio.sleep(0.001)
        if is_whole:
            writer.write(b"0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=theirs)
    async with (
        asyncio.timeout(PATIENCE),
        server,
        open_upstream(LOOPBACK, 2.0, ssl.create_default_context(cafile=str(place))) as upstream,
    ):
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", upstream


async def read(upstream: Upstream, url: str) -> list[bytes]:
    got: list[bytes] = []
    async with upstream.post(url, "/x", b"{}", {}, gather=True) as answer:
        answer.gather()
        answer.pour(got.append)
        await answer.poured()
    return got


async def test_a_quick_body_behind_tls_is_read_as_it_comes_and_loses_nothing(tmp_path: Path):
    async with a_worker(tmp_path, is_whole=True) as (url, upstream):
        got = await read(upstream, url)

    assert b"".join(got) == b"".join(WORDS)
    assert len(got) > len(WORDS) / 2


async def test_a_quick_body_behind_tls_that_is_cut_is_noticed(tmp_path: Path):
    async with a_worker(tmp_path, is_whole=False) as (url, upstream):
        with pytest.raises(WorkerBroke):
            await read(upstream, url)
