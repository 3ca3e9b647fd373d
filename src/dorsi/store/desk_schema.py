"""The tables of the desk (pages, jobs, accounts), as they are after every migration, for writing queries.

Ids are opaque texts, so that none can be guessed from another. Of secrets (sessions, links, tokens) only the
SHA-256 is kept. Not here: how a store gets these tables (`migrations.py`), what they are used for (`desk`).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Integer, String, Table

from dorsi.store.schema import Moment, tables

__all__ = ["account", "answers", "audit", "clip", "job", "link", "note", "session", "sheet", "token"]

account = Table(
    "account",
    tables,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("key", String, nullable=False, unique=True),
    # "owner" or "therapist".
    Column("role", String, nullable=False),
    Column("password_hash", String, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)

link = Table(
    "link",
    tables,
    Column("id", String, primary_key=True),
    # "invitation" (a runner's, until it ends) or "pairing" (a phone's, works once).
    Column("kind", String, nullable=False),
    Column("digest", String, nullable=False, unique=True),
    Column("runner_id", ForeignKey("runner.id", ondelete="CASCADE"), nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
)

session = Table(
    "session",
    tables,
    Column("digest", String, primary_key=True),
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE")),
    Column("link_id", ForeignKey("link.id", ondelete="CASCADE")),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
)

token = Table(
    "token",
    tables,
    Column("id", String, primary_key=True),
    Column("digest", String, nullable=False, unique=True),
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("label", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment),
)

clip = Table(
    "clip",
    tables,
    Column("id", String, primary_key=True),
    # Null while a therapist has not said whose it is.
    Column("runner_id", ForeignKey("runner.id", ondelete="CASCADE")),
    # The link it came by, null when an account or this computer put it in.
    Column("link_id", ForeignKey("link.id", ondelete="SET NULL")),
    # What it was filmed as: a role of a screen (`left`, `right_toe`, …), or "clip".
    Column("role", String, nullable=False),
    Column("file_name", String, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String),
    Column("added_by", String, nullable=False),
    Column("added_at", Moment, nullable=False),
    # JSON: fields of `Settings` that were chosen.
    Column("settings", String, nullable=False),
    # "waiting", "running", "measured", "not_measurable", "failed".
    Column("state", String, nullable=False),
    # JSON: what a list shows of the result, null before there is one.
    Column("summary", String),
    # How much it needs a therapist's eyes; lists are sorted by it.
    Column("urgency", Integer, nullable=False),
    # "new", "reviewed", "film_again".
    Column("review_state", String, nullable=False),
    # Counts saved reviews, so that a second therapist overwrites nothing.
    Column("revision", Integer, nullable=False),
    Column("reviewed_by", String),
    Column("reviewed_at", Moment),
    # What the runner is told: a remark, or what to film again.
    Column("remark", String),
    # Null once the clip itself was deleted; the result stays.
    Column("clip_deleted_at", Moment),
)

job = Table(
    "job",
    tables,
    Column("id", String, primary_key=True),
    Column("clip_id", ForeignKey("clip.id", ondelete="CASCADE"), nullable=False),
    # "measure" or "redraw".
    Column("kind", String, nullable=False),
    # "waiting", "running", "done", "failed".
    Column("state", String, nullable=False),
    # How often its worker died, and how often a restart interrupted it.
    Column("tries", Integer, nullable=False),
    Column("restarts", Integer, nullable=False),
    # Of a running job: which crew has it and which process works on it (`host:pid…`), and when that was last
    # heard of.
    Column("crew", String),
    Column("worker", String),
    Column("beat_at", Moment),
    Column("stage", String),
    Column("fraction", Float),
    # JSON: code, params and sentence of what stood in the way.
    Column("error", String),
    Column("made_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("ended_at", Moment),
)

note = Table(
    "note",
    tables,
    Column("id", String, primary_key=True),
    Column("runner_id", ForeignKey("runner.id", ondelete="CASCADE"), nullable=False),
    Column("text", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Moment, nullable=False),
)

answers = Table(
    "answers",
    tables,
    Column("runner_id", ForeignKey("runner.id", ondelete="CASCADE"), primary_key=True),
    # The profile as TOML, as `dorsi profile` writes it; and as JSON what a therapist lifted (a Clearance).
    Column("profile", String, nullable=False),
    Column("clearance", String),
    Column("by", String, nullable=False),
    Column("at", Moment, nullable=False),
)

sheet = Table(
    "sheet",
    tables,
    Column("id", String, primary_key=True),
    Column("runner_id", ForeignKey("runner.id", ondelete="CASCADE"), nullable=False),
    # A screen.json, and as JSON the clip of each role.
    Column("screen", String, nullable=False),
    Column("clips", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("remark", String),
    Column("signed_by", String),
    Column("signed_at", Moment),
    # JSON: days on which the runner ticked the plan as done.
    Column("done_days", String, nullable=False),
)

audit = Table(
    "audit",
    tables,
    Column("id", String, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", String, nullable=False),
    # A verb: saw, uploaded, changed, signed, deleted, logged_in, …
    Column("action", String, nullable=False),
    # What it was done to: `clip:ID`, `runner:7`, …
    Column("object", String, nullable=False),
    Column("detail", String, nullable=False),
)
