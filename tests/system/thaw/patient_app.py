"""The chat function with deadlines that even a busy machine meets.

The tests are about dead connections, which the function detects without a deadline.
"""

from botocore.config import Config

from chat_api.tools.server import Server, Waits
from chatcore import aws

PATIENCE = 300.0
_patient = Config(connect_timeout=PATIENCE, read_timeout=PATIENCE)
aws.QUICK = aws.QUICK.merge(_patient)
aws.INVOKE = aws.INVOKE.merge(_patient)
defaults = Server.__init__.__kwdefaults__
assert defaults
defaults["waits"] = Waits(PATIENCE, PATIENCE, PATIENCE)

# isort: split
from chat_api.app import app as app  # noqa: E402
