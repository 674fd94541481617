"""Who a clinic is when it signs: a key for evidence packs and certificates for pictures.

The Ed25519 key signs packs; its fingerprint is what a clinic publishes, so that others know its
packs. Content Credentials want X.509 certificates (C2PA specification 2.2, 2025, section 14): until
a clinic puts its own in, it has a root and a certificate of its own making, which the public's
readers show as an unknown signer. Both live in the record, sealed with its key.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from progress.model import BadInput, StoreError
from progress.pipeline import signing_certificates as pem
from progress.pipeline.access import Action
from progress.pipeline.clinic import Clinic
from progress.store import Reading
from progress.store.sealed_settings import save_sealed_setting, sealed_setting

UNNAMED = "unnamed clinic"
"""Stands where nobody has said yet what the clinic is called."""

_SETTING = "signing/identity"
_MOST_NAME = 64
"""Letters of a name in a certificate (RFC 5280, 2008, appendix A.1, ub-organization-name)."""
_GROUP = 8
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\n.*?-----END \1-----\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SigningIdentity:
    """A clinic's keys, its certificates and its name.

    Parameters
    ----------
    organisation : str
    pack_key_pem : str
        Ed25519, PKCS #8.
    chain_pem : str
        The certificate that signs pictures first, its root last.
    chain_key_pem : str
        P-256, PKCS #8; of the first certificate.
    self_made : bool
        Whether nobody but the clinic itself vouches for the certificates.

    Raises
    ------
    BadInput
        If a key or certificate cannot be read, or they do not belong together.
    """

    organisation: str
    pack_key_pem: str = field(repr=False)
    chain_pem: str = field(repr=False)
    chain_key_pem: str = field(repr=False)
    self_made: bool = True

    def __post_init__(self) -> None:
        _check_name(self.organisation)
        pem.pack_key(self.pack_key_pem)
        if pem.key_of_chain(self.chain_pem) != pem.chain_key(self.chain_key_pem).public_key():
            raise BadInput(
                "signing key: expected the key of the first certificate, got another one",
                advice="put the signing certificate first, then those above it",
            )

    @classmethod
    def new(cls, organisation: str = UNNAMED) -> SigningIdentity:
        """An identity of nobody's before, with certificates of its own making for ten years."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        _check_name(organisation)
        chain, key = pem.self_made_chain(organisation)
        return cls(organisation, pem.private_pem(Ed25519PrivateKey.generate()), chain, key)

    @classmethod
    def from_pem(cls, text: str) -> SigningIdentity:
        """The identity as `to_pem` wrote it.

        Raises
        ------
        BadInput
            If it is something else.
        """
        head, _, rest = text.partition("\n")
        blocks = [match.group() for match in _BLOCK.finditer(rest)]
        keys = [block for block in blocks if "PRIVATE KEY" in block]
        chain = "".join(block for block in blocks if "BEGIN CERTIFICATE" in block)
        try:
            told = json.loads(head)
            pack_key_pem, chain_key_pem = keys
            return cls(
                str(told["organisation"]),
                pack_key_pem,
                chain,
                chain_key_pem,
                self_made=bool(told["self_made"]),
            )
        except (ValueError, KeyError, TypeError):
            raise pem.unreadable("signing identity", "a name, two keys and certificates") from None

    def to_pem(self) -> str:
        """Everything in one text: a line of JSON, a key, the certificates, their key. Secret."""
        head = {"organisation": self.organisation, "self_made": self.self_made}
        return json.dumps(head) + "\n" + self.pack_key_pem + self.chain_pem + self.chain_key_pem

    @property
    def public_key(self) -> bytes:
        """The 32 bytes that packs are checked with."""
        return pem.pack_key(self.pack_key_pem).public_key().public_bytes_raw()

    @property
    def public_key_pem(self) -> str:
        """The same key as text, as openssl reads it."""
        return pem.public_pem(pem.pack_key(self.pack_key_pem).public_key())

    @property
    def root_pem(self) -> str:
        """The last certificate of the chain: whom a reader of pictures must trust."""
        return pem.certificate_pem(pem.read_chain(self.chain_pem)[-1])

    @property
    def valid_until(self) -> datetime:
        """The end of the certificate that ends first, in UTC."""
        return pem.valid_until(pem.read_chain(self.chain_pem))

    def fingerprint(self) -> str:
        """SHA-256 of the public key of packs, as `fingerprint_of` writes it: to be published."""
        return fingerprint_of(self.public_key)

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of the Ed25519 signature (RFC 8032, 2017) over these bytes."""
        return pem.pack_key(self.pack_key_pem).sign(data)


def fingerprint_of(public_key: bytes) -> str:
    """SHA-256 of an Ed25519 public key as eight groups of eight hexadecimal digits."""
    digits = hashlib.sha256(public_key).hexdigest()
    return " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))


def clinic_identity(clinic: Clinic) -> SigningIdentity:
    """Who this clinic signs as; made and kept the first time.

    Two processes that ask at once get the same one.

    Raises
    ------
    NotAllowed
        For who may not sign what leaves the house.
    StoreError
        If its certificates have run out: nothing is signed with them any more.
    """
    store = clinic.asking(Action.SIGN_EXPORT)
    with store.reading() as record:
        known = _kept(record)
    if known is None:
        known = _made_once(clinic)
    if known.valid_until <= datetime.now(UTC):
        raise StoreError(
            "signing identity: expected certificates that hold today, got ones that have run out",
            advice="make new ones with progress evidence identity --organisation NAME",
        )
    return known


def replace_identity(
    clinic: Clinic,
    *,
    organisation: str | None = None,
    chain_pem: str | None = None,
    key_pem: str | None = None,
    new_key: bool = False,
) -> SigningIdentity:
    """Who the clinic signs as from now on; what was signed before stays as it is.

    Parameters
    ----------
    clinic : Clinic
    organisation : str, optional
        What the clinic is called; its own certificates are made anew with it.
    chain_pem, key_pem : str, optional
        Certificates from an authority, the signing one first, and their P-256 key.
    new_key : bool
        Make another key for packs too, because the old one got into wrong hands. The published
        fingerprint changes; else it stays.

    Raises
    ------
    NotAllowed
        For anybody but an administrator.
    BadInput
        If only one of chain and key is given, or they cannot be used for pictures.
    """
    with clinic.changing(Action.MANAGE_IDENTITY, detail="signing identity replaced") as work:
        known = _kept(work)
        identity = SigningIdentity.new(organisation or (known.organisation if known else UNNAMED))
        if known is not None and not new_key:
            identity = replace(identity, pack_key_pem=known.pack_key_pem)
        if (chain_pem is None) != (key_pem is None):
            raise BadInput(
                "certificates: expected a chain and its key, got one of them", advice="give both"
            )
        if chain_pem is not None and key_pem is not None:
            identity = _with_chain(identity, chain_pem, key_pem)
        save_sealed_setting(work, _SETTING, identity.to_pem().encode())
    return identity


class _AnotherWasFaster(Exception):  # noqa: N818 - named for what happened
    """Drops the unit of work: somebody else made the identity meanwhile."""

    def __init__(self, theirs: SigningIdentity) -> None:
        super().__init__()
        self.theirs = theirs


def _made_once(clinic: Clinic) -> SigningIdentity:
    """A new identity, kept, unless another process was faster; then that one's."""
    new = SigningIdentity.new()
    try:
        with clinic.changing(Action.SIGN_EXPORT, detail="signing identity made") as work:
            theirs = _kept(work)
            if theirs is not None:
                raise _AnotherWasFaster(theirs)
            save_sealed_setting(work, _SETTING, new.to_pem().encode())
    except _AnotherWasFaster as faster:
        return faster.theirs
    return new


def _kept(record: Reading) -> SigningIdentity | None:
    sealed = sealed_setting(record, _SETTING)
    return SigningIdentity.from_pem(sealed.decode()) if sealed is not None else None


def _with_chain(identity: SigningIdentity, chain_pem: str, key_pem: str) -> SigningIdentity:
    """The identity with certificates from elsewhere, if pictures can be signed with them."""
    chain = pem.read_chain(chain_pem)
    pem.check_chain(chain)
    return replace(
        identity,
        # Written anew, so that no words around them are kept or published.
        chain_pem="".join(pem.certificate_pem(certificate) for certificate in chain),
        chain_key_pem=pem.private_pem(pem.chain_key(key_pem)),
        self_made=False,
    )


def _check_name(organisation: str) -> None:
    name = organisation.strip()
    if not name or len(name) > _MOST_NAME or not name.isprintable():
        raise BadInput(
            f"organisation: expected a name of 1 to {_MOST_NAME} letters, got {len(name)}",
            advice="shorten it",
        )
