"""
A POST to a receiver that posts on, or archives: signed as Standard Webhooks ask, with an idempotency key.

`server` is the receiver's URL; the credential is the signing key, `whsec_` and base64. Headers:
`webhook-id` and `Idempotency-Key` (the key), `webhook-timestamp`, `webhook-signature`.

The body is JSON, the same bytes on every attempt. Its keys are stable:

    v 1 · act publish|retract · release · name · campaign · message · audiences · locale · language · direction
    part (from 0) · parts · text · html · headline · link · visibility · content_warning · reply_to · supersedes
    media [{file, digest, kind, alt, bytes (base64), captions {file, digest, bytes} where it has any}] ·
    channel · account · issuer · partners · due · digest
    remote_id (of a retraction)

Of the later parts of a thread `reply_to` is the receiver's id of the part before.

`options.deduplicates: true` says that the receiver answers a `webhook-id` it has seen without acting again;
`options.retracts: true` that it obeys `act: retract`. Only declare what it does: releases depend on it.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from campaigns import clock
from campaigns.settings import Settings
from scheduler import credentials, webhooks
from scheduler.publisher import Capabilities, Delivery, Endpoint, Receipt, Refused
from scheduler.releases.outgoing import OutgoingCaptions

if TYPE_CHECKING:
    from scheduler.transport.door import Transport


class Webhook:
    """A signed POST."""

    kind: ClassVar[str] = "webhook"
    capabilities: ClassVar[Capabilities] = Capabilities(threads=True)
    declaring: ClassVar[tuple[str, ...]] = ("deduplicates", "retracts")  #: options that `declare` reads
    remark: ClassVar[str] = "options: `deduplicates: true`, `retracts: true`"
    help: ClassVar[str] = "Agree a signing key with the receiver: whsec_ and 24 to 64 random bytes in base64."

    def __init__(self, endpoint: Endpoint, transport: "Transport", settings: Settings) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._settings = settings

    @classmethod
    def declare(cls, options: Mapping[str, Any]) -> Capabilities:
        """Return what the receiver can do, by what its options say."""
        return replace(
            cls.capabilities,
            absorbs_key=timedelta.max if options.get("deduplicates") is True else None,
            can_retract=options.get("retracts") is True,
        )

    def vet(self) -> None:
        """Refuse a definition that nothing could be published with."""
        self._url()

    async def publish(self, delivery: Delivery) -> Receipt:
        """Post it; a 2xx answer is the receipt, and its `id` and `url`, where it has them, the release's."""
        answer = await self._post(delivery.piece_key, self._body(delivery, "publish"))
        said = answer.json() if answer.body.strip() else {}
        fields = said if isinstance(said, dict) else {}
        remote = fields.get("id")
        url = fields.get("url")
        return Receipt(
            remote_id=str(remote) if isinstance(remote, str | int) and str(remote) else delivery.piece_key,
            url=url if isinstance(url, str) and url.startswith(("https://", "http://")) else None,
            detail=f"answered {answer.status}",
        )

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Refuse: a webhook only takes."""
        message = f"The receiver of {self._endpoint.channel} cannot be asked whether it has {delivery.outgoing.name}."
        raise Refused(message, "Ask the people who run it, and say so with `cordiale resolve`.")

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Post `act: retract` under a key of its own."""
        if not self.declare(self._endpoint.options).can_retract:
            message = f"The receiver of {self._endpoint.channel} takes nothing down."
            raise Refused(message, "Ask the people who run it; if it can, set `options: {retracts: true}`.")
        await self._post(f"{delivery.piece_key}-retract", self._body(delivery, "retract", remote_id))

    async def test(self) -> str:
        """Reach the receiver with HEAD, and see that the key can sign. It proves no more: nothing is posted."""
        self._key()
        methods = (404, 405, 501)  # a receiver need not know HEAD; that it answers is what is asked
        answer = await self._transport.http("HEAD", self._url(), effect=False, accept=methods)
        return f"The receiver answered {answer.status}, and the signing key is well-formed; nothing was posted."

    async def _post(self, key: str, body: bytes) -> Any:
        signed = webhooks.headers(self._key(), key, int(clock.now().timestamp()), body)
        headers = {**signed, "Idempotency-Key": key}
        return await self._transport.http("POST", self._url(), headers=headers, data=body)

    def _url(self) -> str:
        if not self._endpoint.server:
            message = f"Channel {self._endpoint.channel} has no receiver."
            raise Refused(message, "Write its address as `server: https://…`.")
        return self._endpoint.server

    def _key(self) -> bytes:
        token = credentials.need(self._endpoint, self._settings, "token")
        key = webhooks.key_of(token)
        if key is None:
            message = f"Credential '{self._endpoint.credential}' is no signing key."
            raise Refused(
                message, f"Write {webhooks.PREFIX} and at least {webhooks.SHORTEST} bytes in base64.", credential=True
            )
        return key

    def _body(self, delivery: Delivery, act: str, remote_id: str | None = None) -> bytes:
        part, outgoing = delivery.piece, delivery.outgoing
        said: dict[str, Any] = {
            "v": 1,
            "act": act,
            "release": outgoing.release,
            "name": outgoing.name,
            "campaign": outgoing.campaign,
            "message": outgoing.message,
            "audiences": outgoing.audiences,
            "locale": outgoing.locale,
            "language": outgoing.language,
            "direction": outgoing.direction,
            "part": delivery.part,
            "parts": len(outgoing.parts),
            "text": part.text,
            "html": part.html,
            "headline": part.headline,
            "link": part.link,
            "visibility": outgoing.visibility,
            "content_warning": outgoing.content_warning,
            "reply_to": delivery.previous or outgoing.reply_to,
            "supersedes": outgoing.supersedes,
            "channel": outgoing.channel,
            "account": outgoing.account,
            "issuer": outgoing.issuer,
            "partners": outgoing.partners,
            "due": outgoing.due,
            "digest": delivery.digest,
        }
        if act == "retract":
            said["remote_id"] = remote_id
        else:
            said["media"] = [
                {
                    "file": item.file,
                    "digest": item.digest,
                    "kind": item.kind,
                    "alt": item.alt,
                    "bytes": base64.b64encode(content).decode(),
                    **(_captions(item.captions, delivery) if item.captions else {}),
                }
                for item, content in delivery.files()
            ]
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _captions(item: OutgoingCaptions, delivery: Delivery) -> dict[str, Any]:
    content = dict(delivery.captions())[item]
    return {"captions": {"file": item.file, "digest": item.digest, "bytes": base64.b64encode(content).decode()}}
