"""What a part of a thread follows: the part before it, which has to be out."""

from dataclasses import replace

from scheduler.publisher import Delivery, Publisher, Refused


async def before(publisher: Publisher, delivery: Delivery, where: str) -> str | None:
    """
    Return the remote id that *delivery* answers: the part before it, or what the first part replies to.

    Where the engine does not know that part's id, *publisher* is asked for it; *where* says where it was looked for.

    Raises:
        Refused: If the part before is not there.
        PublishFault: If the channel cannot be asked now.
    """
    if not delivery.part:
        return delivery.outgoing.reply_to
    if delivery.previous:
        return delivery.previous
    found = await publisher.look_up(replace(delivery, part=delivery.part - 1))
    if found is None:
        message = f"Part {delivery.part} of {delivery.outgoing.name} is not {where}."
        raise Refused(message, "A thread goes on from the part before; publish that first.")
    return found.remote_id
