"""The stand-in for Bedrock over HTTP, and the openai library as its client."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openai import AsyncOpenAI
from openai.providers.bedrock import bedrock

from local_stack.model.bedrock.account import Account, Credentials
from local_stack.model.bedrock.app import PATH
from local_stack.model.model import Model, pause_of
from tests.unit.local_stack.model.conftest import served

REGION = "eu-central-1"
MODEL = "openai.gpt-oss-120b-1:0"
KEY, SECRET, TOKEN = "ASIAEXAMPLE", "s3cret", "token"


@dataclass
class Endpoint:
    """A running stand-in. The test controls its account and its clock."""

    account: Account
    ahead: timedelta = field(default_factory=timedelta)
    address: str = ""

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def client(self, **how: Any) -> AsyncOpenAI:
        """Return a client with the account's credentials. `how` overrides any option."""
        keys = {"access_key_id": KEY, "secret_access_key": SECRET, "session_token": TOKEN}
        given: dict[str, Any] = {"endpoint": "runtime", "region": REGION, **keys, **how}
        provider = bedrock(base_url=f"{self.address}{PATH}", **given)
        return AsyncOpenAI(provider=provider, max_retries=0)


@pytest.fixture
def account() -> Account:
    temporary = Credentials(access_key_id=KEY, secret_access_key=SECRET, session_token=TOKEN)
    return Account(credentials=(temporary,), region=REGION)


@pytest.fixture
async def endpoint(account: Account) -> AsyncIterator[Endpoint]:
    made = Endpoint(account)
    async with served(Model(pause=pause_of(0), now=made.now), account) as made.address:
        yield made
