"""The admin pages about people and their queues, as one router."""

from fastapi import APIRouter

from routing.web import admin_lists, admin_queues, admin_staff

router = APIRouter()
for part in (admin_staff, admin_lists, admin_queues):
    router.include_router(part.router)
