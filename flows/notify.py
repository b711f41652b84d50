"""The webhook block that the notification example calls."""

from uuid import UUID

from prefect.blocks.webhook import Webhook
from prefect.types import SecretDict
from pydantic import SecretStr

BLOCK = "reeline-news"
# Nobody listens there; the automation that would call it is disabled until an address is given.
_NOWHERE = "http://127.0.0.1:9/"


def webhook_id(address: str | None) -> UUID:
    """Return the id of the block on the server, made or brought up to an address.

    Args:
        address: Where messages are POSTed; None leaves a block that is there as it is.
    """
    # Prefect sends a text as it is, and does not say what it is.
    headers = SecretDict({"Content-Type": SecretStr("application/json")})
    block = Webhook(method="POST", url=SecretStr(address or _NOWHERE), headers=headers)
    saved = block.save(BLOCK, overwrite=True)
    if not isinstance(saved, UUID):
        message = "expected the id of the block"
        raise TypeError(message)
    return saved
