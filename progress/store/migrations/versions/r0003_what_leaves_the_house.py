"""What leaves the house: exports with files, photos and consents; documents; photos taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), nullable=False)


def _sha256() -> sa.Column[str]:
    return sa.Column("sha256", sa.String(64), nullable=False)


def _words(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _of(table: str, parent: str) -> sa.ForeignKeyConstraint:
    column = f"{parent[:-1]}_id"
    return sa.ForeignKeyConstraint(
        [column], [f"{parent}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE"
    )


def upgrade() -> None:
    """Add one column and the new tables."""
    op.add_column(
        "consents",
        sa.Column("with_originals", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "consent_documents",
        _id("consent_id"),
        _words("media_type", 100),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("consent_id", name="pk_consent_documents"),
        _of("consent_documents", "consents"),
    )
    op.create_table(
        "consent_photo_withdrawals",
        _id("consent_id"),
        _sha256(),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=False),
        _words("by", 100),
        sa.PrimaryKeyConstraint("consent_id", "sha256", name="pk_consent_photo_withdrawals"),
        _of("consent_photo_withdrawals", "consents"),
    )
    op.create_table(
        "exports",
        _id("id"),
        _id("client_id"),
        _words("kind", 50),
        _words("purpose", 20),
        _words("channel", 20),
        _words("jurisdiction", 10),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        _words("made_by", 100),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("taken_down_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
        _of("exports", "clients"),
    )
    op.create_index("ix_exports_client_id", "exports", ["client_id"])
    op.create_table(
        "export_files",
        _id("export_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        _words("name", 255),
        sa.Column("place", sa.Text(), nullable=False),
        _sha256(),
        sa.PrimaryKeyConstraint("export_id", "position", name="pk_export_files"),
        _of("export_files", "exports"),
    )
    op.create_table(
        "export_photos",
        _id("export_id"),
        _sha256(),
        sa.PrimaryKeyConstraint("export_id", "sha256", name="pk_export_photos"),
        _of("export_photos", "exports"),
    )
    op.create_table(
        "export_consents",
        _id("export_id"),
        _id("consent_id"),
        sa.PrimaryKeyConstraint("export_id", "consent_id", name="pk_export_consents"),
        _of("export_consents", "exports"),
    )
    for table in ("export_files", "export_photos"):
        op.create_index(f"ix_{table}_sha256", table, ["sha256"])
