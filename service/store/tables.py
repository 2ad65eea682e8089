"""Every table. Rows keep the revision (``event.seq``) of their last change; instants are UTC."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Enum, ForeignKey, Index, MetaData, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from service.store.database import UTCDateTime

Json = dict[str, Any]


class JobState(StrEnum):
    """How far a job has come."""

    RECEIVED = "received"
    PLANNED = "planned"
    PROMISED = "promised"
    ON_THE_WAY = "on_the_way"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    COULD_NOT_DO = "could_not_do"
    CANCELLED = "cancelled"


class Handling(StrEnum):
    """Whether somebody has to go there."""

    ON_SITE = "on_site"
    REMOTE = "remote"


class Role(StrEnum):
    """What an API key may do."""

    PORTAL = "portal"
    DISPATCHER = "dispatcher"
    TECHNICIAN = "technician"
    ADMIN = "admin"


class PlanState(StrEnum):
    """Where a plan stands; exactly one is published once there is any."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class RunStatus(StrEnum):
    """Where a run stands; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Attention(StrEnum):
    """What a dispatcher has to look at."""

    NO_LOCATION = "no_location"
    POOR_MATCH = "poor_match"
    TO_CALL = "to_call"
    DATES_PASSED = "dates_passed"
    COULD_NOT_DO = "could_not_do"
    UNREPORTED = "unreported"
    PROMISE_AT_RISK = "promise_at_risk"
    ON_HOLD = "on_hold"


class Table(DeclarativeBase):
    """Base of all tables: named constraints, so that migrations can drop them on SQLite too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        datetime: UTCDateTime,
        Json: JSON(none_as_null=True),
        list[Any]: JSON,
        str: String,
        StrEnum: Enum(StrEnum, native_enum=False, length=32, values_callable=lambda kind: [one.value for one in kind]),
    }


class EventRow(Table):
    """Audit trail, revision, optimistic lock and cache stamp at once; ``seq`` is the database's revision."""

    __tablename__ = "event"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    kind: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[str]
    day: Mapped[date | None]
    before: Mapped[Json | None]
    after: Mapped[Json | None]
    __table_args__ = (Index(None, "entity", "entity_id"), Index(None, "entity", "seq"))


class ClockRow(Table):
    """The business clock's start, and the real instant at which it was set."""

    __tablename__ = "clock"
    id: Mapped[int] = mapped_column(primary_key=True)
    business: Mapped[datetime]
    real: Mapped[datetime]
    __table_args__ = (CheckConstraint("id = 1", name="single"),)


class ApiKeyRow(Table):
    """A key's SHA-256 and what it may do; the key itself is shown once and kept nowhere."""

    __tablename__ = "api_key"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[Role]
    technician_id: Mapped[str | None] = mapped_column(ForeignKey("technician.id"))
    digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SessionRow(Table):
    """Somebody signed in on the pages with a key; the SHA-256 of what the browser shows, never that itself."""

    __tablename__ = "session"
    digest: Mapped[str] = mapped_column(primary_key=True)
    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_key.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class IdempotencyRow(Table):
    """The answer to a POST with a key, kept 24 h, written in the transaction of what it did."""

    __tablename__ = "idempotency"
    api_key_id: Mapped[str] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_digest: Mapped[str]
    answer: Mapped[Json]
    created_at: Mapped[datetime] = mapped_column(index=True)


class ClientRow(Table):
    """Somebody who asks for jobs; remembered by ``ref``."""

    __tablename__ = "client"
    id: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    revision: Mapped[int]


class SiteRow(Table):
    """A place of a client; remembered by ``ref``. ``located_by`` says whose coordinates these are."""

    __tablename__ = "site"
    id: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[str | None] = mapped_column(unique=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("client.id"), index=True)
    address: Mapped[str | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    located_by: Mapped[str | None]
    match: Mapped[Json | None]
    security_appliance: Mapped[bool | None]
    access_notes: Mapped[str]
    hours: Mapped[list[Any]]
    created: Mapped[int]
    revision: Mapped[int]
    client: Mapped[ClientRow] = relationship(lazy="joined")


class KindRow(Table):
    """An entry of the catalogue: what a kind of job usually takes."""

    __tablename__ = "kind"
    name: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    service_s: Mapped[int]
    skills: Mapped[list[Any]]
    items: Mapped[list[Any]]
    remote: Mapped[bool]
    created: Mapped[int]
    revision: Mapped[int]


class JobRow(Table):
    """What a client asks for, and where it stands in the published plan (``planned_*``)."""

    __tablename__ = "job"
    id: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    posted_by: Mapped[str]
    external_ref: Mapped[str | None]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    kind: Mapped[str]
    description: Mapped[str]
    service_s: Mapped[int]
    skills: Mapped[list[Any]]
    priority: Mapped[int]
    dates: Mapped[list[Any]]
    time_windows: Mapped[list[Any]]
    deadline: Mapped[datetime | None]
    items: Mapped[list[Any]]
    technicians: Mapped[Json]
    people: Mapped[int]
    after: Mapped[list[Any]]
    state: Mapped[JobState] = mapped_column(index=True)
    handling: Mapped[Handling]
    triage_reason: Mapped[str]
    handling_note: Mapped[str]
    hold: Mapped[str | None]
    promise_earliest: Mapped[datetime | None]
    promise_latest: Mapped[datetime | None]
    attempts: Mapped[int]
    assignee: Mapped[str | None]
    track_token: Mapped[str] = mapped_column(unique=True)
    planned_technician: Mapped[str | None]
    planned_day: Mapped[date | None] = mapped_column(index=True)
    planned_arrival: Mapped[datetime | None]
    planned_start: Mapped[datetime | None]
    planned_end: Mapped[datetime | None]
    search: Mapped[str]
    created_at: Mapped[datetime]
    created: Mapped[int] = mapped_column(index=True)
    revision: Mapped[int] = mapped_column(index=True)
    site: Mapped[SiteRow] = relationship(lazy="joined")
    attention: Mapped[list["AttentionRow"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="AttentionRow.code"
    )
    __table_args__ = (Index("uq_job_external_ref", "posted_by", "external_ref", unique=True),)


class AttentionRow(Table):
    """One thing a dispatcher has to settle about a job."""

    __tablename__ = "attention"
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id"), primary_key=True)
    code: Mapped[Attention] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class TechnicianRow(Table):
    """A person who goes to clients; removed ones stay for the plans that name them."""

    __tablename__ = "technician"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    skills: Mapped[list[Any]]
    home: Mapped[Json | None]
    start: Mapped[Json | None]
    end: Mapped[Json | None]
    profile: Mapped[str]
    week: Mapped[list[Any]]
    bubble: Mapped[str | None]
    field_work: Mapped[str]
    carries: Mapped[Json]
    van: Mapped[Json]
    max_travel_s: Mapped[int | None]
    zone: Mapped[Json | None]
    holidays: Mapped[bool]
    removed: Mapped[bool]
    created: Mapped[int]
    revision: Mapped[int]


class AbsenceRow(Table):
    """Technicians who cannot go out between two instants."""

    __tablename__ = "absence"
    id: Mapped[str] = mapped_column(primary_key=True)
    technicians: Mapped[list[Any]]
    from_at: Mapped[datetime]
    to_at: Mapped[datetime]
    kind: Mapped[str]
    note: Mapped[str]
    created: Mapped[int]
    revision: Mapped[int]


class DepotRow(Table):
    """A place of the firm where goods are kept."""

    __tablename__ = "depot"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    call_s: Mapped[int]
    removed: Mapped[bool]
    created: Mapped[int]
    revision: Mapped[int]


class ItemRow(Table):
    """A kind of goods; what is lent is back in stock after ``returned_after_days``, where a job says nothing else."""

    __tablename__ = "item"
    sku: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    returned_after_days: Mapped[int | None]
    created: Mapped[int]
    revision: Mapped[int]


class StockRow(Table):
    """How much of an item lies at a depot, and what is still to come."""

    __tablename__ = "stock"
    depot_id: Mapped[str] = mapped_column(ForeignKey("depot.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("item.sku"), primary_key=True)
    on_hand: Mapped[int]
    arrivals: Mapped[list[Any]]
    created: Mapped[int]
    revision: Mapped[int]


class SeparationRow(Table):
    """The rule by which people of different bubbles never meet."""

    __tablename__ = "separation"
    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[Json]
    revision: Mapped[int]
    __table_args__ = (CheckConstraint("id = 1", name="single"),)


class ReserveRow(Table):
    """Holders of a skill who should stay at hand in each half-day."""

    __tablename__ = "reserve"
    name: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[Json]
    created: Mapped[int]
    revision: Mapped[int]


class FacesRow(Table):
    """How many different technicians a client, or whoever waits for a set of jobs, gets to see at most."""

    __tablename__ = "faces"
    name: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[Json]
    created: Mapped[int]
    revision: Mapped[int]


class PlaceRow(Table):
    """What the geocoder answered for a text, so that it is asked once."""

    __tablename__ = "place"
    query: Mapped[str] = mapped_column(primary_key=True)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    match: Mapped[Json]
    asked_at: Mapped[datetime]


class TravelBlockRow(Table):
    """Ways that a road engine answered, all at once: service/travel/cache.py puts tables together from them."""

    __tablename__ = "travel_block"
    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    profile: Mapped[str]
    slot: Mapped[str]
    origins: Mapped[bytes]
    destinations: Mapped[bytes]
    seconds: Mapped[bytes]
    metres: Mapped[bytes]
    source: Mapped[bytes]
    used_at: Mapped[datetime]
    __table_args__ = (Index(None, "version", "profile", "slot"),)


class TravelLineRow(Table):
    """How a leg runs along the roads."""

    __tablename__ = "travel_line"
    version: Mapped[str] = mapped_column(primary_key=True)
    profile: Mapped[str] = mapped_column(primary_key=True)
    leg: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    shape: Mapped[bytes]
    used_at: Mapped[datetime]


class TravelSnapRow(Table):
    """How a place lies to the roads."""

    __tablename__ = "travel_snap"
    version: Mapped[str] = mapped_column(primary_key=True)
    profile: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    metres: Mapped[float | None]
    is_island: Mapped[bool]
    used_at: Mapped[datetime]


class PlanRow(Table):
    """One immutable version of the routes; ``document`` is written once (service/plans.py)."""

    __tablename__ = "plan"
    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[PlanState]
    from_day: Mapped[date]
    to_day: Mapped[date]
    base_plan_id: Mapped[str | None]
    run_id: Mapped[str | None] = mapped_column(unique=True)
    document: Mapped[Json]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    created: Mapped[int]
    revision: Mapped[int]
    __table_args__ = (
        Index(
            "uq_plan_published",
            "state",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )


class RunRow(Table):
    """One queued piece of planning work. The row is the truth; whoever works on it holds its fence."""

    __tablename__ = "run"
    id: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str]
    status: Mapped[RunStatus] = mapped_column(index=True)  # its worker asks for the open ones all the time
    automatic: Mapped[bool]
    request: Mapped[Json]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int]
    fence: Mapped[int]
    lease_until: Mapped[datetime | None]
    stop_requested: Mapped[bool]
    cancel_requested: Mapped[bool]
    stopped: Mapped[bool]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    progress: Mapped[list[Any]]
    plan_id: Mapped[str | None]
    cost: Mapped[int | None]
    error: Mapped[Json | None]
    created: Mapped[int]
    revision: Mapped[int]
    __table_args__ = (
        Index(
            "uq_run_queued",
            "scope",
            unique=True,
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "uq_run_running",
            "scope",
            unique=True,
            sqlite_where=text("status = 'running'"),
            postgresql_where=text("status = 'running'"),
        ),
    )


class WorkerRow(Table):
    """Somebody who works on runs, and when it last said so."""

    __tablename__ = "worker"
    id: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]
