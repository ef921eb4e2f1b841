"""Why AWS refused a request to Amazon Bedrock, or why the request could not be signed.

AWS names the kind of a refusal in a header and explains it in a sentence. Of the sentence, only an
action and a resource in IAM's spelling are logged.
"""

import re
from collections.abc import Mapping

import httpx2
import openai

# How a sentence of AWS, or of the openai library's signer, begins.
REASONS = {
    "The request signature we calculated does not match": "signature_mismatch",
    "Signature expired": "clock",
    "Signature not yet current": "clock",
    "Credential should be scoped to a valid region": "wrong_region",
    "Credential should be scoped to correct service": "wrong_service",
    "You don't have access to the model": "model_not_enabled",
    "Model access is denied": "model_not_enabled",
    "Your account is not authorized": "account_not_authorized",
    "The provided model identifier is invalid": "unknown_model",
    "Invocation of model ID": "needs_inference_profile",
    "Could not find credentials": "no_credentials",
    "Failed to resolve AWS credentials": "unreadable_credentials",
}
# The library gave up for another reason.
NOT_SIGNED = "not_signed"
# IAM's sentence, which may continue with the policy that refused.
_DENIED = re.compile(
    r"User: \S{1,2048} is not authorized to perform:"
    r" (?P<action>bedrock(?:-mantle)?:[A-Z][A-Za-z]{1,63}) on resource:"
    r" (?P<resource>arn:aws[a-z-]*:bedrock(?:-mantle)?:[a-z0-9-]*:(?:\d{12})?"
    r":[a-z-]{1,64}/[\w.:/*-]{1,256})"
    r"(?: (?:because|with) .*)?",
    re.ASCII | re.DOTALL,
)


def aws_error_type(response: httpx2.Response) -> str:
    """Return the kind of AWS's error, or "" if the response is no error of AWS."""
    # "ThrottlingException:http://internal.amazon.com/…"
    return str(response.headers.get("x-amzn-errortype", "")).partition(":")[0]


def is_signed(error: openai.APIError) -> bool:
    """Return whether the request was signed with AWS credentials, so that it had no key."""
    return error.request.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 ")


def refusal_keys(error: Exception) -> dict[str, str]:
    """Return the log keys of a refusal by AWS, or of a request that could not be signed."""
    keys = {}
    if denied := _DENIED.fullmatch(_sentence(error)):
        keys = {"denied_action": denied["action"], "denied_resource": denied["resource"]}
    if reason := refusal_reason(error):
        keys["reason"] = reason
    if _is_unsigned(error) and error.__cause__:
        keys["cause"] = type(error.__cause__).__qualname__
    return keys


def refusal_reason(error: Exception) -> str | None:
    """Return one of REASONS, NOT_SIGNED, or None for an error of another kind."""
    sentence = _sentence(error)
    known = (reason for start, reason in REASONS.items() if sentence.startswith(start))
    return next(known, NOT_SIGNED if _is_unsigned(error) else None)


def _sentence(error: Exception) -> str:
    if isinstance(error, openai.APIStatusError):
        body = error.body if isinstance(error.body, Mapping) else {}
        # IAM spells it `Message`, Bedrock `message`.
        return str(body.get("message") or body.get("Message") or "")
    return str(error) if _is_unsigned(error) else ""


def _is_unsigned(error: Exception) -> bool:
    """Return whether the openai library gave up before it sent a request."""
    return isinstance(error, openai.OpenAIError) and not isinstance(error, openai.APIError)
