"""One trace from the request through the log into the handler, and its figures by the event's own names."""

import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from uuid import uuid4

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanContext
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.bus_postgres import PostgresBus
from common.consume import consume_once
from common.db import Database
from common.events import INTAKE_TICKETS, FeedbackGiven
from common.inbox import Inbox
from common.outbox import emit
from common.relay import relay_once
from plumbing import feedback


async def test_a_trace_goes_through_the_log_into_the_handler(database: Database, postgres_bus: PostgresBus) -> None:
    seen: list[SpanContext] = []

    async def handle(_session: AsyncSession, _event: FeedbackGiven, _now: object) -> None:
        seen.append(trace.get_current_span().get_span_context())

    with TracerProvider().get_tracer("test").start_as_current_span("POST /api/tickets") as request:
        async with database.transaction() as session:
            emit(session, feedback())
    await relay_once(database, postgres_bus, "test")
    async with postgres_bus.subscribe(f"test-{uuid4()}", [INTAKE_TICKETS]) as member:
        await consume_once(member, Inbox(database, {FeedbackGiven: handle}, "test"), "test", wait_seconds=1)

    assert [context.trace_id for context in seen] == [request.get_span_context().trace_id]


async def test_without_a_trace_nothing_is_carried(database: Database) -> None:
    async with database.transaction() as session:
        emit(session, feedback())
    async with database.reading() as session:
        assert await session.scalar(text("SELECT traceparent FROM outbox")) is None


class Collector(BaseHTTPRequestHandler):
    paths: list[str]

    def do_POST(self) -> None:
        type(self).paths.append(self.path)
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: the test says what it needs."""


PROGRAM = """
from fastapi import FastAPI
from fastapi.testclient import TestClient
from opentelemetry import trace
from common.telemetry import start_tracing, trace_requests
assert start_tracing("test")
app = FastAPI()
trace_requests(app)
app.get("/api/x")(lambda: {"ok": True})
TestClient(app).get("/api/x")
trace.get_tracer_provider().force_flush()
"""


def test_spans_are_sent_to_the_configured_endpoint() -> None:
    Collector.paths = []
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}"}
        subprocess.run([sys.executable, "-c", PROGRAM], env=os.environ | settings, check=True, timeout=60)
        server.shutdown()

    assert "/v1/traces" in Collector.paths
