"""Reading what a lean route is sent: the body as a model, refused as everywhere when it does not fit."""

from typing import TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from common.errors import BadInput
from common.problem import SENTENCES

M = TypeVar("M", bound=BaseModel)


async def read(request: Request, model: type[M]) -> M:
    """What was posted. Raises RequestValidationError."""
    try:
        return model.model_validate_json(await request.body())
    except ClientDisconnect as error:
        raise BadInput(SENTENCES[400]) from error  # nobody reads this
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in problems]) from error
