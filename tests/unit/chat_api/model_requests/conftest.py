"""The fixtures shared by the tests of model requests."""

import pytest

from tests.unit.chat_api.model_requests.endpoint import Endpoint


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()
