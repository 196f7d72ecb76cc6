"""The staff API."""

from fastapi import APIRouter

from routing.api import acts, dead, queues, sessions, work

router = APIRouter()
for part in (sessions, queues, work, acts, dead):
    router.include_router(part.router)
