"""What operators watch in notifications."""

from prometheus_client import Counter, Gauge

DELIVERIES = Counter(
    "loket_deliveries_total", "Attempts to bring a notice, by what became of them", ["channel", "state"]
)
DELIVERIES_DUE = Gauge("loket_deliveries_due", "Deliveries that are due and not done")
OLDEST_DUE = Gauge("loket_delivery_oldest_due_seconds", "How long the oldest delivery that is not done has been due")
