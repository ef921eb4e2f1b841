"""Errors that a client may see, and the one table that maps them to HTTP."""

from collections.abc import Mapping


class ApiError(Exception):
    """An error whose message a person can act on. It contains no secret."""

    def __init__(self, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.headers = dict(headers or {})


class InvalidRequest(ApiError):
    """The request is not valid for this route."""


class Unauthenticated(ApiError):
    """The token is missing or invalid."""

    def __init__(self) -> None:
        # RFC 6750 section 3: a 401 must name the scheme.
        super().__init__(
            "Authentication required. Please log in.", headers={"WWW-Authenticate": "Bearer"}
        )


class Forbidden(ApiError):
    """The token is valid, but does not permit this."""


class NotFound(ApiError):
    """The resource does not exist or belongs to another user. Both look the same."""


class NotAcceptable(ApiError):
    """The client accepts no media type that this route produces."""


class Conflict(ApiError):
    """Another operation must end first."""


class TooLarge(ApiError):
    """The request is larger than this route allows."""


class UnsupportedMediaType(ApiError):
    """This route does not read bodies of this media type."""


class TooManyRequests(ApiError):
    """A limit is reached. The client may retry after `retry_after` seconds."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        # RFC 9110 section 10.2.3: Retry-After may be a number of seconds.
        super().__init__(message, headers={"Retry-After": str(retry_after)})


class Unavailable(ApiError):
    """A required service does not answer. The request changed nothing and may be retried."""


HTTP: dict[type[ApiError], tuple[int, str]] = {
    InvalidRequest: (400, "invalid_request"),
    Unauthenticated: (401, "unauthenticated"),
    Forbidden: (403, "forbidden"),
    NotFound: (404, "not_found"),
    NotAcceptable: (406, "not_acceptable"),
    Conflict: (409, "conflict"),
    TooLarge: (413, "too_large"),
    UnsupportedMediaType: (415, "unsupported_media_type"),
    TooManyRequests: (429, "too_many_requests"),
    Unavailable: (503, "unavailable"),
}


def http_status(error: ApiError) -> int:
    return HTTP[type(error)][0]


def http_body(error: ApiError) -> dict[str, str]:
    """Return the JSON body. `detail` repeats the message of a 401 for clients of FastAPI."""
    body = {"message": error.message, "code": HTTP[type(error)][1]}
    return body | {"detail": error.message} if isinstance(error, Unauthenticated) else body
