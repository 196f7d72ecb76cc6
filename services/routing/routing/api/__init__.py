"""The staff API."""

from fastapi import APIRouter

from routing.api import (
    acts,
    asking,
    dead,
    filtering,
    incidents,
    links,
    offers,
    people,
    policy,
    queues,
    sessions,
    time,
    work,
)

router = APIRouter()
for part in (
    sessions,
    queues,
    policy,
    offers,
    asking,
    work,
    people,
    time,
    acts,
    dead,
    filtering,
    links,
    incidents,
):
    router.include_router(part.router)
