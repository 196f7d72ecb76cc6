"""The staff API."""

from fastapi import APIRouter

from routing.api import acts, dead, policy, queues, sessions, work

router = APIRouter()
for part in (sessions, queues, policy, work, acts, dead):
    router.include_router(part.router)
