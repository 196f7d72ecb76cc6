"""Alembic's entry: everything is said in common.migrate."""

from common.migrate import run

run()
