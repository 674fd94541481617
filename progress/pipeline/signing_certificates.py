"""Keys and certificates as text: reading, writing, and a chain of a clinic's own making."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from progress.model import BadInput

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4"
"""The use that readers of Content Credentials accept of any certificate (RFC 5280, 4.2.1.12)."""

_CERTIFICATE = re.compile(
    r"-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n"
)
_VALID_DAYS = 3653
"""Ten years: without a time-stamping service a picture's credentials end with the certificate."""
_SLACK = timedelta(days=1)
"""Clocks of two machines differ: a certificate holds from the day before."""


def pack_key(pem: str) -> Ed25519PrivateKey:
    """The Ed25519 key in a text; raises `BadInput` if it is none."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = _private_key(pem)
    if not isinstance(key, Ed25519PrivateKey):
        raise unreadable("pack key", "an Ed25519 key")
    return key


def chain_key(pem: str) -> EllipticCurvePrivateKey:
    """The P-256 key in a text; raises `BadInput` if it is none."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey

    key = _private_key(pem)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise unreadable("signing key", "a P-256 key without a password")
    return key


def read_chain(pem: str) -> list[x509.Certificate]:
    """The certificates in a text, in its order; raises `BadInput` if there are none."""
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except (ValueError, x509.InvalidVersion):
        raise unreadable("certificate chain", "PEM certificates") from None


def last_certificate(pem: str) -> str:
    """The last certificate in a text from anybody, as text; nothing in it is parsed.

    Raises
    ------
    BadInput
        If there is none.
    """
    blocks: list[str] = _CERTIFICATE.findall(pem)
    if not blocks:
        raise unreadable("certificate chain", "PEM certificates")
    return blocks[-1]


def key_of_chain(pem: str) -> object:
    """The public key of the first certificate in a text; raises `BadInput` if it has none."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return read_chain(pem)[0].public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise unreadable("certificate", "one with a P-256 key") from None


def check_chain(chain: list[x509.Certificate]) -> None:
    """Return if pictures can be signed with these certificates today.

    Raises
    ------
    BadInput
        If they do not follow each other, are for other uses, or have run out.
    """
    from cryptography import x509

    for below, above in itertools.pairwise(chain):
        if below.issuer != above.subject:
            raise BadInput(
                "certificate chain: expected each certificate followed by its issuer's, got others",
                advice="put the signing certificate first and the root last",
            )
    try:
        uses = list(chain[0].extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        uses = []
    if x509.ObjectIdentifier(EMAIL_PROTECTION) not in uses:
        raise BadInput(
            "certificate: expected one for e-mail protection, as readers of Content Credentials "
            "ask for, got one for other uses",
            advice="ask the authority for this use",
        )
    if valid_until(chain) <= datetime.now(UTC):
        raise BadInput(
            "certificate chain: expected certificates that hold today, got ones that have run out",
            advice="ask the authority for new ones",
        )


def valid_until(chain: list[x509.Certificate]) -> datetime:
    """The end of the certificate that ends first, in UTC."""
    return min(certificate.not_valid_after_utc for certificate in chain)


def certificate_pem(certificate: x509.Certificate) -> str:
    """A certificate as text."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def private_pem(key: Ed25519PrivateKey | EllipticCurvePrivateKey) -> str:
    """A key as text, PKCS #8, readable by whoever has it."""
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode("ascii")


def public_pem(key: Ed25519PublicKey) -> str:
    """A public key as text."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    text = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return text.decode("ascii")


def read_public_key(pem: str) -> Ed25519PublicKey:
    """The Ed25519 public key in a text; raises `BadInput` if it is none."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise unreadable("public key", "an Ed25519 key") from None
    if not isinstance(key, Ed25519PublicKey):
        raise unreadable("public key", "an Ed25519 key")
    return key


def self_made_chain(organisation: str) -> tuple[str, str]:
    """A certificate with its root, and the certificate's key; the root's key is kept nowhere.

    Nobody can issue another certificate under that root, the clinic included: when this one runs
    out it makes a new root too.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

    root_key, key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    root = _certificate(organisation, "own root", root_key, issuer=None, issuer_key=root_key)
    leaf = _certificate(organisation, "pictures", key, issuer=root, issuer_key=root_key)
    return certificate_pem(leaf) + certificate_pem(root), private_pem(key)


def unreadable(what: str, wanted: str) -> BadInput:
    """The refusal of a text; never repeats it, as it may be a key with one sign missing."""
    return BadInput(f"{what}: expected {wanted}, got something else", advice="give the PEM file")


def _private_key(pem: str) -> object:
    """Whatever private key the text holds."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def _certificate(
    organisation: str,
    name: str,
    key: EllipticCurvePrivateKey,
    *,
    issuer: x509.Certificate | None,
    issuer_key: EllipticCurvePrivateKey,
) -> x509.Certificate:
    """A root where there is no issuer, else one that signs pictures."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    is_root = issuer is None
    subject = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, name),
        ]
    )
    begin = datetime.now(UTC).replace(microsecond=0) - _SLACK
    usage = x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=_VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .add_extension(usage, critical=True)
    )
    if not is_root:
        # documentSigning and C2PA's own use are refused by readers that were not told of them.
        use = x509.ExtendedKeyUsage([x509.ObjectIdentifier(EMAIL_PROTECTION)])
        builder = builder.add_extension(use, critical=False)
    return builder.sign(issuer_key, SHA256())
