"""The chat function with all its deadlines moved out of a busy machine's way.

What the tests look for is a connection that is dead, which no deadline finds.
"""

from botocore.config import Config

from chat_api.tools.server import Server, Waits
from chatcore import aws

PATIENCE = 300.0
_patient = Config(connect_timeout=PATIENCE, read_timeout=PATIENCE)
aws.QUICK = aws.QUICK.merge(_patient)
aws.INVOKE = aws.INVOKE.merge(_patient)
Server.__init__.__kwdefaults__["waits"] = Waits(PATIENCE, PATIENCE, PATIENCE)

# isort: split
from chat_api.app import app as app  # noqa: E402
