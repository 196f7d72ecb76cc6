"""Mails as they were sent, made harmless to look at; in a child process, since strangers made them."""
