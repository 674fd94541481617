"""The record's key: seals bytes so that nobody reads or alters them unseen without it.

AES-256-GCM with a random nonce per sealing (NIST SP 800-38D, 2007: at most 2^32 sealings under one
key, which a clinic never reaches). What a sealed file is stands beside it as associated data, so
that one file cannot be passed off as another.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass, field

from progress.model import StoreError

KEY_BYTES = 32
_MAGIC = b"PGS1"
"""Begins every sealed file, so that a later format can be told apart."""
_NONCE_BYTES = 12


class NotSealed(ValueError):  # noqa: N818 - named for what it is
    """Bytes that this key did not seal, or not as this, or that changed since."""


@dataclass(frozen=True, slots=True)
class RecordKey:
    """The one secret of a record; keys for each purpose are derived from it (HKDF, RFC 5869).

    Parameters
    ----------
    secret : bytes
        32 random bytes.
    """

    secret: bytes = field(repr=False)
    _sealing: bytes = field(init=False, repr=False)
    _naming: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"key: expected {KEY_BYTES} bytes, got {len(self.secret)}")
        object.__setattr__(self, "_sealing", self._derive(b"progress sealing 1"))
        object.__setattr__(self, "_naming", self._derive(b"progress naming 1"))

    @classmethod
    def new(cls) -> RecordKey:
        """A key that nobody has."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def from_text(cls, text: str, *, where: str) -> RecordKey:
        """The key as `to_text` wrote it; `where` names its place in the error.

        Raises
        ------
        StoreError
            If it is not the base64 of 32 bytes.
        """
        try:
            return cls(base64.b64decode(text.strip(), validate=True))
        except (binascii.Error, ValueError):
            # Never repeats what came: it may be a key with one sign missing.
            raise StoreError(
                f"{where}: expected the base64 of a {KEY_BYTES}-byte key, got something else",
                advice="put the record's key there from your copy of it; nothing was changed",
            ) from None

    def to_text(self) -> str:
        """The key as one line of base64."""
        return base64.b64encode(self.secret).decode("ascii")

    def fingerprint(self) -> str:
        """Tells this key from others and tells nothing else about it; 64 hexadecimal digits."""
        return self._derive(b"progress fingerprint 1").hex()

    def name(self, sha256: str) -> str:
        """Name of the file of this digest: 64 hexadecimal digits that only the key's owner makes.

        The digest itself would tell whoever holds the same photo that it is here.
        """
        return hmac.digest(self._naming, bytes.fromhex(sha256), "sha256").hex()

    def seal(self, data: bytes, *, what: bytes) -> bytes:
        """The bytes made unreadable; `what` they are must be said again to open them."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _MAGIC + nonce + AESGCM(self._sealing).encrypt(nonce, data, _MAGIC + what)

    def open(self, sealed: bytes, *, what: bytes) -> bytes:
        """The bytes as they were before `seal`.

        Raises
        ------
        NotSealed
            If they were not sealed by this key as `what`, or changed since.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        start = len(_MAGIC) + _NONCE_BYTES
        if not sealed.startswith(_MAGIC) or len(sealed) < start:
            raise NotSealed("expected a sealed file, got other bytes")
        nonce = sealed[len(_MAGIC) : start]
        try:
            return AESGCM(self._sealing).decrypt(nonce, sealed[start:], _MAGIC + what)
        except InvalidTag:
            raise NotSealed("expected what this key sealed, got other bytes") from None

    def _derive(self, purpose: bytes) -> bytes:
        """A key of its own for a purpose."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(self.secret)
