"""The laptop: a private PostgreSQL and the three services on one port."""
