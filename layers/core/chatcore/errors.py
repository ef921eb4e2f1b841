"""Errors that a client may see, and the one table that maps them to HTTP."""

from collections.abc import Mapping


class ApiError(Exception):
    """An error told in a sentence that a person can act on, with no secret in it."""

    def __init__(self, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.headers = dict(headers or {})


class InvalidRequest(ApiError):
    """The request is not one that this address takes."""


class Unauthenticated(ApiError):
    """No token, or one that does not hold."""

    def __init__(self) -> None:
        # RFC 6750 section 3: a refused bearer request names the scheme.
        super().__init__(
            "Authentication required. Please log in.", headers={"WWW-Authenticate": "Bearer"}
        )


class Forbidden(ApiError):
    """The token is good, but not for this."""


class NotFound(ApiError):
    """The thing does not exist, or belongs to somebody else: the two look alike."""


class NotAcceptable(ApiError):
    """The client takes no type that this address answers in."""


class Conflict(ApiError):
    """Something that is under way must end first."""


class TooLarge(ApiError):
    """The request is bigger than this address takes."""


class UnsupportedMediaType(ApiError):
    """The body is of a type that this address does not read."""


class TooManyRequests(ApiError):
    """A limit is reached; `retry_after` seconds from now it may be worth another try."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        # RFC 9110 section 10.2.3.
        super().__init__(message, headers={"Retry-After": str(retry_after)})


class Unavailable(ApiError):
    """Something that we need does not answer; the request changed nothing and may be repeated."""


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
    """The JSON that a client reads; `detail` repeats the message of a 401 for FastAPI clients."""
    body = {"message": error.message, "code": HTTP[type(error)][1]}
    return body | {"detail": error.message} if isinstance(error, Unauthenticated) else body
