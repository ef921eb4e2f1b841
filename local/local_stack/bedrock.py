"""Amazon Bedrock in the local stack: its address, and who may use it."""

from local_stack.lambda_.function_process import session_token
from local_stack.model.bedrock.account import Account, Credentials
from local_stack.model.bedrock.app import PATH
from local_stack.storage.provisioning import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from local_stack.template import Template

# What `sam local` gives its containers when the developer has no credentials.
_SAM_CREDENTIALS = Credentials(access_key_id="defaultkey", secret_access_key="defaultsecret")


def bedrock_address(model_address: str) -> str:
    """Return Bedrock's address, for the variable that the openai library reads."""
    return f"{model_address}{PATH}"


def bedrock_account(template: Template) -> Account:
    """Return an account in which every function of the template may use every model."""
    return Account(credentials=tuple(_credentials(each.name) for each in template.functions))


def stand_in_account(template: Template) -> Account:
    """Return an account that also knows functions under `sam local`, which have no token."""
    account = bedrock_account(template)
    account.credentials += (_credentials(None), _SAM_CREDENTIALS)
    return account


def _credentials(function: str | None) -> Credentials:
    return Credentials(
        access_key_id=ACCESS_KEY_ID,
        secret_access_key=SECRET_ACCESS_KEY,
        session_token=function and session_token(function),
    )
