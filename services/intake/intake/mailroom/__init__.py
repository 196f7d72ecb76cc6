"""Where mail comes in: the SMTP listener, the IMAP mailboxes, the children that read, the worker that settles."""
