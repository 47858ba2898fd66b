"""Who may read from the object store: a signed request, or one by a signed link.

Source: docs/api/obs.md.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timezone
from email.utils import parsedate_to_datetime

from ...core.obs.signing import OBS, S3, Flavour, parse_query, resource, signature, text_to_sign
from ..access.gate import CLOCK_SKEW, Gate, Wire
from ..http.clock import Clock
from ..http.refusals import Refused
from .refusals import denied, refused

_SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class _Claim:
    """What a request says of itself.

    Attributes:
        expires: of a link, in epoch seconds.
    """

    flavour: Flavour
    access_key: str
    signature: str
    token: str
    expires: str = ""


class ObsGate:
    """Lets requests in.

    Args:
        gate: knows the keys.
        clock: for the time in which a signature is valid.
    """

    def __init__(self, gate: Gate, clock: Clock) -> None:
        self._gate = gate
        self._clock = clock

    def check(self, wire: Wire, path: str) -> None:
        """Let a request in.

        Args:
            path: ``/bucket/key``, as it came.

        Raises:
            AccessRefused: it is not signed, by no key of ours, for something else, or too late.
        """
        query = parse_query(wire.query)
        claim = _claim(wire, {name: value or "" for name, value in query})
        self._check_time(claim, wire)
        secret = self._secret_of(claim)
        # Clients do not agree whether a bucket ends with a slash.
        paths = {path} if path.strip("/").count("/") else {path.rstrip("/"), path.rstrip("/") + "/"}
        for one in paths:
            about = resource(one, query, claim.flavour)
            text = text_to_sign(wire.method, about, wire.headers, claim.expires, claim.flavour)
            expected = signature(secret, text)
            if hmac.compare_digest(expected.encode(), claim.signature.encode()):
                return
        message = "The request signature does not match the one that was calculated here."
        raise refused("SignatureDoesNotMatch", message, 403)

    def _check_time(self, claim: _Claim, wire: Wire) -> None:
        if not claim.expires:
            self._check_date(wire.headers.get(claim.flavour.date) or wire.headers.get("Date", ""))
        elif not _SECONDS.fullmatch(claim.expires):
            raise denied("Expires should be a number of seconds.")
        elif int(claim.expires) <= self._clock():
            raise denied("Request has expired")

    def _check_date(self, value: str) -> None:
        try:
            date = parsedate_to_datetime(value)
            moment = (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp()
        except (TypeError, ValueError, OverflowError, IndexError):
            raise denied("The request has no valid date.") from None
        if abs(moment - self._clock()) > CLOCK_SKEW:
            message = (
                "The time of the request is more than 15 minutes away from that of the server."
            )
            raise refused("RequestTimeTooSkewed", message, 403)

    def _secret_of(self, claim: _Claim) -> str:
        try:
            return self._gate.secret_of(claim.access_key, claim.token)
        except Refused:
            message = "The access key is not known here, or its security token is another one."
            raise refused("InvalidAccessKeyId", message, 403) from None


def _claim(wire: Wire, query: Mapping[str, str]) -> _Claim:
    scheme, _space, signed = wire.headers.get("Authorization", "").partition(" ")
    access_key, _colon, in_header = signed.strip().rpartition(":")
    for flavour in (OBS, S3):
        if scheme == flavour.scheme and access_key:
            return _Claim(flavour, access_key, in_header, wire.headers.get(flavour.token, ""))
        if not scheme and flavour.link_key in query:
            return _Claim(
                flavour,
                query[flavour.link_key],
                query.get("Signature", ""),
                query.get(flavour.token, ""),
                query.get("Expires", "") or "-",
            )
    raise denied("The request is not signed.")
