"""The first record: clients, sessions, photos, treatments, measurements, comparisons, settings.

Written out instead of taken from `schema`: what a revision did never changes afterwards.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "clients",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("pseudonym", sa.String(200), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clients"),
        sa.UniqueConstraint("pseudonym", name="uq_clients_pseudonym"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("client_id", sa.String(32), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name="fk_sessions_client_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("client_id", "taken_on", name="uq_sessions_client_id_taken_on"),
    )
    op.create_table(
        "photos",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("view", sa.String(20), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("camera", sa.String(200)),
        sa.Column("taken_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_photos"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_photos_session_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("session_id", "sha256", name="uq_photos_session_id_sha256"),
    )
    op.create_index("ix_photos_sha256", "photos", ["sha256"])
    op.create_table(
        "treatments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("client_id", sa.String(32), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("needle_depth_mm", sa.Double()),
        sa.Column("area", sa.String(200), nullable=False),
        sa.Column("device", sa.String(200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_treatments"),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name="fk_treatments_client_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_treatments_client_id_treatments_date", "treatments", ["client_id", "date"])
    op.create_table(
        "measurements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("metric", sa.String(100), nullable=False),
        sa.Column("metric_version", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(100), nullable=False),
        sa.Column("unit", sa.String(50), nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("standard_error", sa.Double()),
        sa.Column("n_px", sa.Integer()),
        sa.Column("reason", sa.Text()),
        sa.Column("inputs_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_measurements"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_measurements_session_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint(
            "session_id",
            "metric",
            "metric_version",
            "region",
            "inputs_hash",
            name="uq_measurements_once",
        ),
        sa.CheckConstraint(
            "(value IS NULL) = (reason IS NOT NULL)"
            " AND (value IS NULL) = (standard_error IS NULL)"
            " AND (value IS NULL) = (n_px IS NULL)",
            name="ck_measurements_value_or_reason",
        ),
    )
    op.create_table(
        "measurement_photos",
        sa.Column("measurement_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("measurement_id", "position", name="pk_measurement_photos"),
        sa.ForeignKeyConstraint(
            ["measurement_id"],
            ["measurements.id"],
            name="fk_measurement_photos_measurement_id",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "comparisons",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(32)),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_comparisons"),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name="fk_comparisons_client_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_comparisons_client_id", "comparisons", ["client_id"])
    op.create_table(
        "settings",
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_settings"),
    )
