"""The admin pages about people, as one router."""

from fastapi import APIRouter

from routing.web import admin_lists, admin_staff

router = APIRouter()
for part in (admin_staff, admin_lists):
    router.include_router(part.router)
