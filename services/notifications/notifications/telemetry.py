"""What operators watch in notifications."""

from prometheus_client import Counter, Gauge, Histogram

DELIVERIES = Counter(
    "loket_deliveries_total", "Attempts to bring a notice, by what became of them", ["channel", "state"]
)
DELIVERIES_DUE = Gauge("loket_deliveries_due", "Deliveries that are due and not done")
OLDEST_DUE = Gauge("loket_delivery_oldest_due_seconds", "How long the oldest delivery that is not done has been due")
DELIVERIES_STUCK = Gauge(
    "loket_deliveries_stuck", "Deliveries that ought to have arrived by now, or are held", ["channel"]
)
DELIVERY_AGE = Histogram(
    "loket_delivery_seconds",
    "From the moment a notice was planned until its channel took it",
    ["channel"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600, 6 * 3600, 24 * 3600),
)
