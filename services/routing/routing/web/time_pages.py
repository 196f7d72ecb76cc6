"""The pages about time, as one router."""

from fastapi import APIRouter

from routing.web import calendars, insight, questions

router = APIRouter()
for part in (questions, calendars, insight):
    router.include_router(part.router)
