"""The tables of the record. The migrations beside it make exactly these; a test compares them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

# Names for every constraint, so that a later migration can speak of them on any database.
METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID_LENGTH = 32
SHA256_LENGTH = 64

clients = Table(
    "clients",
    METADATA,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("pseudonym", String(200), nullable=False, unique=True),
    Column("simulated", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("birth_year", Integer),
    # As the client says, I to VI; never read off a photo.
    Column("skin_type", String(3), nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
)

# One session per client and day: commands name a session by its date.
sessions = Table(
    "sessions",
    METADATA,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("taken_on", Date, nullable=False),
    Column("note", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("client_id", "taken_on"),
)

# There is no column for a place: where a photo was taken is never kept in a row.
photos = Table(
    "photos",
    METADATA,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("sha256", String(SHA256_LENGTH), nullable=False),
    Column("file", String(255), nullable=False),
    Column("view", String(20), nullable=False),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("camera", String(200)),
    Column("taken_at", DateTime),
    # The gates as JSON, as they stood when the photo was kept; empty where they were not asked.
    Column("gates", Text, nullable=False, server_default=""),
    UniqueConstraint("session_id", "sha256"),
    Index(None, "sha256"),
)

treatments = Table(
    "treatments",
    METADATA,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("date", Date, nullable=False),
    Column("kind", String(100), nullable=False),
    Column("needle_depth_mm", Double),
    Column("area", String(200), nullable=False),
    Column("device", String(200), nullable=False),
    Column("note", Text, nullable=False),
    Column("serum", String(200), nullable=False, server_default=""),
    Column("practitioner", String(200), nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Index(None, "client_id", "date"),
)

# A value with its error, or a reason: never both, never neither.
measurements = Table(
    "measurements",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("metric", String(100), nullable=False),
    Column("metric_version", Integer, nullable=False),
    Column("region", String(100), nullable=False),
    Column("unit", String(50), nullable=False),
    Column("value", Double),
    Column("standard_error", Double),
    Column("n_px", Integer),
    Column("reason", Text),
    Column("inputs_hash", String(SHA256_LENGTH), nullable=False),
    # PostgreSQL allows 63 characters, so this one has a name of its own.
    UniqueConstraint(
        "session_id",
        "metric",
        "metric_version",
        "region",
        "inputs_hash",
        name="uq_measurements_once",
    ),
    CheckConstraint(
        "(value IS NULL) = (reason IS NOT NULL)"
        " AND (value IS NULL) = (standard_error IS NULL)"
        " AND (value IS NULL) = (n_px IS NULL)",
        name="value_or_reason",
    ),
)

measurement_photos = Table(
    "measurement_photos",
    METADATA,
    Column("measurement_id", ForeignKey("measurements.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("sha256", String(SHA256_LENGTH), nullable=False),
)

# A cache: `key` names photos, regions, settings and versions together; losing it costs time only.
comparisons = Table(
    "comparisons",
    METADATA,
    Column("key", String(SHA256_LENGTH), primary_key=True),
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE")),
    Column("result", Text, nullable=False),
    Index(None, "client_id"),
)

settings = Table(
    "settings",
    METADATA,
    Column("key", String(100), primary_key=True),
    Column("value", Text, nullable=False),
)

# Marks and regions that a user drew, in pixels of the client's first photo of that view.
drawn_regions = Table(
    "drawn_regions",
    METADATA,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("view", String(20), nullable=False),
    Column("name", String(100), nullable=False),
    # [[x, y], ...] as JSON.
    Column("polygon", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("client_id", "view", "name"),
)

users = Table(
    "users",
    METADATA,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("login", String(100), nullable=False, unique=True),
    Column("password_hash", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    # Only of the role client: whose record this account may see.
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE")),
    Column("active", Boolean, nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint("(role = 'client') = (client_id IS NOT NULL)", name="clients_are_bound"),
)

login_attempts = Table(
    "login_attempts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("login", String(100), nullable=False),
    Column("at", DateTime, nullable=False),
    Index(None, "login", "at"),
)

# Append-only; each line holds the hash of the one before, so that none can be taken out unseen.
audit = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Column("login", String(100), nullable=False),
    Column("role", String(20), nullable=False),
    Column("action", String(100), nullable=False),
    # No foreign key: what was done to a client outlives the client's record.
    Column("client_id", String(ID_LENGTH), nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", String(SHA256_LENGTH), nullable=False, unique=True),
    Index(None, "client_id"),
)

# A client's yes is never changed: another one is added, or it is withdrawn.
consents = Table(
    "consents",
    METADATA,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("channel", String(20), nullable=False),
    # Region shown, empty for all of it; and whether the face may be recognised.
    Column("region", String(100), nullable=False),
    Column("with_face", Boolean, nullable=False),
    Column("jurisdiction", String(10), nullable=False),
    Column("granted_on", Date, nullable=False),
    Column("expires_on", Date),
    Column("document_sha256", String(SHA256_LENGTH), nullable=False),
    Column("text_version", String(50), nullable=False),
    Column("recorded_by", String(100), nullable=False),
    Column("recorded_at", DateTime, nullable=False),
    Column("with_originals", Boolean, nullable=False, server_default=false()),
    Index(None, "client_id"),
)

# What was signed: sealed by the record's key, as base64, since a backup tells rows as text.
consent_documents = Table(
    "consent_documents",
    METADATA,
    Column("consent_id", ForeignKey("consents.id", ondelete="CASCADE"), primary_key=True),
    Column("media_type", String(100), nullable=False),
    Column("sealed", Text, nullable=False),
)

consent_photos = Table(
    "consent_photos",
    METADATA,
    Column("consent_id", ForeignKey("consents.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(SHA256_LENGTH), primary_key=True),
    Index(None, "sha256"),
)

consent_withdrawals = Table(
    "consent_withdrawals",
    METADATA,
    Column("consent_id", ForeignKey("consents.id", ondelete="CASCADE"), primary_key=True),
    Column("withdrawn_at", DateTime, nullable=False),
    Column("by", String(100), nullable=False),
)

# Single pictures that were taken back while the rest of the consent stands.
consent_photo_withdrawals = Table(
    "consent_photo_withdrawals",
    METADATA,
    Column("consent_id", ForeignKey("consents.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(SHA256_LENGTH), primary_key=True),
    Column("withdrawn_at", DateTime, nullable=False),
    Column("by", String(100), nullable=False),
)

# Every file that left the house, so that it can be found again when it must come down.
exports = Table(
    "exports",
    METADATA,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(50), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("jurisdiction", String(10), nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("made_by", String(100), nullable=False),
    # JSON: rules that applied, overrides and the like.
    Column("detail", Text, nullable=False),
    Column("taken_down_at", DateTime),
    Index(None, "client_id"),
)

export_files = Table(
    "export_files",
    METADATA,
    Column("export_id", ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("place", Text, nullable=False),
    Column("sha256", String(SHA256_LENGTH), nullable=False),
    Index(None, "sha256"),
)

export_photos = Table(
    "export_photos",
    METADATA,
    Column("export_id", ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(SHA256_LENGTH), primary_key=True),
    Index(None, "sha256"),
)

# No foreign key to the consents: the list must say what an export rested on, come what may.
export_consents = Table(
    "export_consents",
    METADATA,
    Column("export_id", ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True),
    Column("consent_id", String(ID_LENGTH), primary_key=True),
)

# Long work that must survive a restart, such as measuring a course anew.
jobs = Table(
    "jobs",
    METADATA,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(50), nullable=False),
    Column("state", String(20), nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("client_id", "kind"),
)
