"""People and what they allow: accounts, audit, consents, drawn regions, jobs; versions of rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), nullable=False)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer(), nullable=False, server_default="1")


def _words(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default="")


def _of_client(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["client_id"], ["clients.id"], name=f"fk_{table}_client_id", ondelete="CASCADE"
    )


def _of_consent(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["consent_id"], ["consents.id"], name=f"fk_{table}_consent_id", ondelete="CASCADE"
    )


def upgrade() -> None:
    """Add columns to what is there, and the new tables."""
    op.add_column("clients", sa.Column("birth_year", sa.Integer()))
    op.add_column("clients", _words("skin_type", 3))
    for table in ("clients", "sessions", "treatments"):
        op.add_column(table, _version())
    op.add_column("photos", sa.Column("gates", sa.Text(), nullable=False, server_default=""))
    op.add_column("treatments", _words("serum", 200))
    op.add_column("treatments", _words("practitioner", 200))
    op.create_table(
        "drawn_regions",
        _id("id"),
        _id("client_id"),
        sa.Column("view", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("polygon", sa.Text(), nullable=False),
        _version(),
        sa.PrimaryKeyConstraint("id", name="pk_drawn_regions"),
        _of_client("drawn_regions"),
        sa.UniqueConstraint(
            "client_id", "view", "name", name="uq_drawn_regions_client_id_view_name"
        ),
    )
    op.create_table(
        "users",
        _id("id"),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("client_id", sa.String(32)),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        _version(),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        _of_client("users"),
        sa.UniqueConstraint("login", name="uq_users_login"),
        sa.CheckConstraint(
            "(role = 'client') = (client_id IS NOT NULL)", name="ck_users_clients_are_bound"
        ),
    )
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_attempts"),
    )
    op.create_index("ix_login_attempts_login_login_attempts_at", "login_attempts", ["login", "at"])
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("client_id", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
        sa.UniqueConstraint("hash", name="uq_audit_hash"),
    )
    op.create_index("ix_audit_client_id", "audit", ["client_id"])
    op.create_table(
        "consents",
        _id("id"),
        _id("client_id"),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("region", sa.String(100), nullable=False),
        sa.Column("with_face", sa.Boolean(), nullable=False),
        sa.Column("jurisdiction", sa.String(10), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.Column("document_sha256", sa.String(64), nullable=False),
        sa.Column("text_version", sa.String(50), nullable=False),
        sa.Column("recorded_by", sa.String(100), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        _of_client("consents"),
    )
    op.create_index("ix_consents_client_id", "consents", ["client_id"])
    op.create_table(
        "consent_photos",
        _id("consent_id"),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("consent_id", "sha256", name="pk_consent_photos"),
        _of_consent("consent_photos"),
    )
    op.create_index("ix_consent_photos_sha256", "consent_photos", ["sha256"])
    op.create_table(
        "consent_withdrawals",
        _id("consent_id"),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("consent_id", name="pk_consent_withdrawals"),
        _of_consent("consent_withdrawals"),
    )
    op.create_table(
        "jobs",
        _id("id"),
        _id("client_id"),
        sa.Column("kind", sa.String(50), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        _of_client("jobs"),
        sa.UniqueConstraint("client_id", "kind", name="uq_jobs_client_id_kind"),
    )
