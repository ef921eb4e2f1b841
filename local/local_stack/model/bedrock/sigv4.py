"""The verification of a request's signature, by AWS Signature Version 4.

This follows AWS's description of the algorithm and not any client, so that it checks a client's
signer independently:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from posixpath import normpath
from urllib.parse import parse_qsl, quote

ALGORITHM = "AWS4-HMAC-SHA256"
TIME_FORMAT = "%Y%m%dT%H%M%SZ"
_UNRESERVED = "-_.~"
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<key>[^/,\s]+)/(?P<date>\d{{8}})/(?P<region>[^/,\s]+)"
    r"/(?P<service>[^/,\s]+)/aws4_request,\s*"
    r"SignedHeaders=(?P<headers>[^,\s]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Request:
    """An HTTP request as it arrived. `path` is percent-encoded; header names are in lower case."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the value of a header, joined with commas if it was sent more than once."""
        values = [" ".join(value.split()) for each, value in self.headers if each == name]
        return ",".join(values) if values else None


@dataclass(frozen=True)
class Scope:
    """What a signing key is valid for; `date` is YYYYMMDD."""

    date: str
    region: str
    service: str

    def __str__(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


@dataclass(frozen=True)
class Authorization:
    """The parts of the Authorization header of a signed request."""

    access_key_id: str
    scope: Scope
    signed_headers: tuple[str, ...]
    signature: str

    @classmethod
    def parse(cls, header: str) -> "Authorization | None":
        """Return the parts, or None for a header that is not in AWS's format."""
        found = _AUTHORIZATION.fullmatch(header)
        if found is None:
            return None
        scope = Scope(found["date"], found["region"], found["service"])
        return cls(found["key"], scope, tuple(found["headers"].split(";")), found["signature"])


def is_signed(request: Request, claimed: Authorization, secret_access_key: str, time: str) -> bool:
    """Return whether the holder of the secret signed exactly this request at this time.

    `time` is in TIME_FORMAT. Every header that AWS acts on must be among the signed ones.
    """
    names = claimed.signed_headers
    if not _must_be_signed(request.headers) <= set(names) or list(names) != sorted(set(names)):
        return False
    text = _text_to_sign(_canonical(request, names), claimed.scope, time)
    expected = _hmac(_signing_key(secret_access_key, claimed.scope), text).hex()
    return hmac.compare_digest(expected, claimed.signature)


def _must_be_signed(headers: Iterable[tuple[str, str]]) -> set[str]:
    return {"host", *(name for name, _ in headers if name.startswith("x-amz-"))}


def _canonical(request: Request, names: Iterable[str]) -> str:
    """Return the canonical request, with the hash of the body that arrived."""
    return "\n".join(
        [
            request.method,
            _canonical_path(request.path),
            _canonical_query(request.query),
            *(f"{name}:{request.header(name) or ''}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(request.body).hexdigest(),
        ]
    )


def _canonical_path(path: str) -> str:
    """Return the path without dot segments, encoded once more, as for every service but S3."""
    normal = normpath(f"/{path.lstrip('/')}")
    end = "/" if path.endswith("/") and normal != "/" else ""
    return quote(normal + end, safe=f"/{_UNRESERVED}")


def _canonical_query(query: str) -> str:
    pairs = parse_qsl(query.replace("+", "%2B"), keep_blank_values=True)
    encoded = sorted((quote(name, _UNRESERVED), quote(value, _UNRESERVED)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def _text_to_sign(canonical: str, scope: Scope, time: str) -> str:
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return "\n".join([ALGORITHM, time, str(scope), digest])


def _signing_key(secret: str, scope: Scope) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (scope.date, scope.region, scope.service, "aws4_request"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
