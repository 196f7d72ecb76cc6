"""The staff API."""

from fastapi import APIRouter

from routing.api import acts, dead, filtering, offers, policy, queues, sessions, time, work

router = APIRouter()
for part in (sessions, queues, policy, offers, work, time, acts, dead, filtering):
    router.include_router(part.router)
