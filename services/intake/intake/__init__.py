"""Intake: people, their tickets and messages, and the judgement of what work each ticket is."""
