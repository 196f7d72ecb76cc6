"""What operators watch: Prometheus figures always, OpenTelemetry traces when an endpoint is configured."""

import os

from fastapi import FastAPI
from opentelemetry import context, propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import Counter, Gauge, Histogram

REQUEST_SECONDS = Histogram(
    "loket_request_seconds",
    "Time to answer one HTTP request",
    ["service", "method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
OUTBOX_AGE = Gauge("loket_outbox_age_seconds", "Age of the oldest event not yet in the log", ["service"])
OUTBOX_PUBLISHED = Counter("loket_outbox_published_total", "Events brought to the log", ["service"])
CONSUMER_LAG = Gauge("loket_consumer_lag_records", "Records still to be handled", ["service"])
CONSUMED = Counter("loket_consumed_total", "Events handled", ["service", "outcome"])
DEAD_LETTERS = Gauge("loket_dead_letters", "Events nobody could handle, waiting for a person", ["service"])
PARKED = Gauge("loket_parked_events", "Events waiting behind an earlier event of their ticket", ["service"])
POOL_IN_USE = Gauge("loket_pool_connections_in_use", "Database connections handed out", ["service"])
OLDEST_TRANSACTION = Gauge("loket_oldest_transaction_seconds", "Age of the oldest open transaction", ["service"])
LOOP_FAILURES = Counter(
    "loket_loop_failures_total", "Times a background loop fell over and was started again", ["service", "loop"]
)

tracer = trace.get_tracer("loket")


def start_tracing(service: str) -> bool:
    """Whether traces are sent: only when OTEL_EXPORTER_OTLP_ENDPOINT names where to."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return False
    provider = TracerProvider(resource=Resource.create({"service.name": f"loket-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    AsyncPGInstrumentor().instrument()  # type: ignore[no-untyped-call]
    return True


def trace_requests(app: FastAPI) -> None:
    """Open a span for each request to the application, joined to the caller's trace, when traces are sent."""
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        FastAPIInstrumentor.instrument_app(app, excluded_urls="livez,healthz,readyz,metrics")


def current_traceparent() -> str | None:
    """The W3C trace context of the work at hand, or None outside any trace."""
    if not trace.get_current_span().get_span_context().is_valid:
        return None
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


def context_of(traceparent: str | None) -> Context:
    """The trace context a record carried; an empty one when it carried none."""
    return propagate.extract({"traceparent": traceparent}) if traceparent else context.Context()
