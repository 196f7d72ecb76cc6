"""What every Loket service shares: events, the log, the outbox, the inbox, pages and settings."""
