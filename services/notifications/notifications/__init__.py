"""Notifications: who hears of what, by which channel, in which words, and the proof of it."""
