"""An AWS account as Bedrock sees it: who may sign requests, and what they may do.

The sentences and statuses are those that users of AWS report. None was seen on a real endpoint.
"""

from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from pydantic import AwareDatetime, BaseModel

from local_stack.model.bedrock.errors import AwsError
from local_stack.model.bedrock.sigv4 import (
    TIME_FORMAT,
    Authorization,
    Request,
    Scope,
    is_signed,
)

RUNTIME, MANTLE = "bedrock", "bedrock-mantle"
MAX_SKEW = timedelta(minutes=5)
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS"
    " Secret Access Key and signing method. Consult the service documentation for details."
)
_INVALID_TOKEN = "The security token included in the request is invalid."
_ACCOUNT_ID = "123456789012"


class Credentials(BaseModel):
    """A key that may sign. Temporary credentials have a token, and expire if a time is given."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None
    expires: AwareDatetime | None = None


class Permission(BaseModel):
    """An action and the resources on which it is allowed, both with IAM's wildcards."""

    action: str = "*"
    resource: str = "*"

    def allows(self, action: str, resource: str) -> bool:
        return fnmatchcase(action, self.action) and fnmatchcase(resource, self.resource)


class Account(BaseModel):
    """What the stand-in accepts; a test may change it between two requests.

    The stand-in serves every region unless `region` names one, and both of Bedrock's endpoints
    unless `services` names one. A model in `disabled` has not been enabled for the account.
    """

    credentials: tuple[Credentials, ...] = ()
    allowed: tuple[Permission, ...] = (Permission(),)
    region: str | None = None
    services: tuple[str, ...] = (RUNTIME, MANTLE)
    disabled: tuple[str, ...] = ()
    throttled: bool = False
    caller: str = f"arn:aws:sts::{_ACCOUNT_ID}:assumed-role/ChatkitRole/ChatkitFunction"

    def authenticate(self, request: Request, now: datetime) -> Scope:
        """Return the scope of a signed request. Raise AwsError for one that AWS would refuse."""
        claimed = _claimed(request)
        time = request.header("x-amz-date") or ""
        _check_time(time, claimed.scope, now)
        self._check_scope(claimed.scope)
        credentials = self._credentials(claimed, request.header("x-amz-security-token"))
        if credentials.expires and credentials.expires <= now:
            raise AwsError(
                "ExpiredTokenException", "The security token included in the request is expired"
            )
        if not is_signed(request, claimed, credentials.secret_access_key, time):
            raise AwsError("InvalidSignatureException", _MISMATCH)
        return claimed.scope

    def authorize(self, scope: Scope, model: str, *, streamed: bool) -> None:
        """Raise AwsError unless the caller may use the model, and the model is enabled."""
        action, resource = _access(scope, model, streamed)
        if not any(each.allows(action, resource) for each in self.allowed):
            raise AwsError(
                "AccessDeniedException",
                f"User: {self.caller} is not authorized to perform: {action} on resource:"
                f" {resource} because no identity-based policy allows the {action} action",
                field="Message",
            )
        if model in self.disabled:
            raise AwsError(
                "AccessDeniedException",
                "You don't have access to the model with the specified model ID.",
            )
        if self.throttled:
            raise AwsError(
                "ThrottlingException",
                "Too many requests, please wait before trying again.",
                status=429,
            )

    def _check_scope(self, scope: Scope) -> None:
        if self.region and scope.region != self.region:
            message = "Credential should be scoped to a valid region."
            raise AwsError("InvalidSignatureException", message)
        if scope.service not in self.services:
            expected = self.services[0]
            message = f"Credential should be scoped to correct service: '{expected}'."
            # Bedrock's newer endpoint answers 401 here.
            status = 401 if expected == MANTLE else 403
            raise AwsError("InvalidSignatureException", message, status=status)

    def _credentials(self, claimed: Authorization, token: str | None) -> Credentials:
        sent = (claimed.access_key_id, token)
        for each in self.credentials:
            if (each.access_key_id, each.session_token) == sent:
                return each
        raise AwsError("UnrecognizedClientException", _INVALID_TOKEN)


def _claimed(request: Request) -> Authorization:
    header = request.header("authorization")
    if header is None:
        raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token")
    claimed = Authorization.parse(header)
    if claimed is None:
        message = "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature'."
        raise AwsError("IncompleteSignatureException", message)
    return claimed


def _check_time(time: str, scope: Scope, now: datetime) -> None:
    """Raise AwsError for a time that is malformed, off the scope's date, or too far from now."""
    try:
        signed = datetime.strptime(f"{time}+0000", f"{TIME_FORMAT}%z")
    except ValueError as error:
        message = f"Date must be in ISO-8601 'basic format'. Got '{time}'."
        raise AwsError("IncompleteSignatureException", message) from error
    if not time.startswith(scope.date):
        message = f"Date in Credential scope does not match YYYYMMDD from '{time}'."
        raise AwsError("InvalidSignatureException", message)
    earliest, latest = now - MAX_SKEW, now + MAX_SKEW
    if signed < earliest:
        message = f"Signature expired: {time} is now earlier than {earliest:{TIME_FORMAT}}"
        raise AwsError("InvalidSignatureException", message)
    if signed > latest:
        message = f"Signature not yet current: {time} is still later than {latest:{TIME_FORMAT}}"
        raise AwsError("InvalidSignatureException", message)


def _access(scope: Scope, model: str, streamed: bool) -> tuple[str, str]:
    """Return the action of a request in IAM's terms, and the resource that it is on."""
    if scope.service == MANTLE:
        project = f"arn:aws:bedrock-mantle:{scope.region}:{_ACCOUNT_ID}:project/default"
        return "bedrock-mantle:CreateInference", project
    action = "InvokeModelWithResponseStream" if streamed else "InvokeModel"
    return f"bedrock:{action}", f"arn:aws:bedrock:{scope.region}::foundation-model/{model}"
