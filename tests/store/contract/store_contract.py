"""The contract of every ChatKit store, independent of its database.

The rules follow from the ChatKit SDK's `Store` class and from how its server uses a store.
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
    """Every part of the contract. A subclass defines the fixture `caller` of `Part`."""
