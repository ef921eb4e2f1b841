"""The headers of a request that the assistant may read: those that a setting names."""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field
from starlette.datastructures import Headers

from chatcore.logs import logger
from chatcore.settings import CommaSeparated

MAX_NAMES = 16
# Characters of one value.
MAX_VALUE = 2048
# RFC 9110 section 5.6.2.
_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]{1,64}")
_CREDENTIALS = {"authorization", "cookie", "proxy-authorization"}


def _checked(name: str) -> str:
    name = name.lower()
    if not _NAME.fullmatch(name):
        raise ValueError("must be the name of a header, like accept-language")
    if name in _CREDENTIALS:
        raise ValueError("must not be a header that carries a credential")
    return name


ContextHeaders = Annotated[
    CommaSeparated[Annotated[str, AfterValidator(_checked)]], Field(max_length=MAX_NAMES)
]


def named_headers(sent: Headers, names: Iterable[str]) -> Headers:
    """Return the named headers that were sent, read-only.

    A repeated header is joined (RFC 9110 section 5.3). A value of more than `MAX_VALUE` characters
    is left out.
    """
    values = {name: ", ".join(sent.getlist(name)) for name in names if name in sent}
    for name, value in values.items():
        if len(value) > MAX_VALUE:
            logger.warning("context_header_too_long", header=name, characters=len(value))
    return Headers({name: value for name, value in values.items() if len(value) <= MAX_VALUE})
