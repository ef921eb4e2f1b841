"""What any ChatKit store promises, whatever it keeps things in.

The rules are the ChatKit SDK's: its `Store` class, and what its server does with one.
"""

from tests.store.contract.parts.attachments import AttachmentContract
from tests.store.contract.parts.deletion import DeletionContract
from tests.store.contract.parts.isolation import IsolationContract
from tests.store.contract.parts.items import ItemContract
from tests.store.contract.parts.pages import PageContract
from tests.store.contract.parts.threads import ThreadContract


class StoreContract(
    ThreadContract,
    ItemContract,
    PageContract,
    DeletionContract,
    AttachmentContract,
    IsolationContract,
):
    """A subclass has the fixture `caller`, which makes a user's view of the store."""
