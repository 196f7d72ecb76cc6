"""What operators watch of mail that comes in."""

from prometheus_client import Counter, Histogram

MAILS = Counter("loket_mails_total", "Mails that were settled, by what became of them", ["end"])
MAIL_SECONDS = Histogram(
    "loket_mail_seconds", "From taking a mail in to settling it", buckets=(0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3600)
)
READERS_ENDED = Counter("loket_mail_readers_ended_total", "Children that did not survive a mail", ["why"])
SENDERS = Counter("loket_mail_senders_total", "Senders that were checked here, by what was found", ["trust"])
MAILS_FORGOTTEN = Counter("loket_mails_forgotten_total", "Mails that lost their words or went, being old and done")
