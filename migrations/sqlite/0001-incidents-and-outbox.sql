-- Times are epoch milliseconds, durations milliseconds. No statement reads the clock: `now` is always bound.

-- What we know of one (destination, dedup key): what the destination should know, and what it does know (told_*).
create table incidents (
  id integer primary key,
  destination text not null,
  key text not null,
  status text not null,
  digest text not null,
  severity text not null,
  told_status text not null,
  told_digest text not null,
  told_severity text not null,
  firing_critical integer not null,
  firing_error integer not null,
  firing_warning integer not null,
  firing_info integer not null,
  route text not null,
  hold_resolve_ms integer not null,
  ttl_ms integer not null,
  opened_at integer not null,
  updated_at integer not null,
  closed_at integer,
  unique (destination, key)
) strict;
create index incidents_open on incidents (id) where closed_at is null;
create index incidents_by_key on incidents (key);
create index incidents_closed on incidents (closed_at) where closed_at is not null;

-- One alert within one incident, with all that is shown of it (body, JSON).
create table alerts (
  fingerprint text not null,
  incident_id integer not null references incidents (id),
  source text not null,
  status text not null,
  severity text not null,
  digest text not null,
  body_digest text not null,
  starts_at integer,
  expires_at integer,
  ttl_ms integer,
  ended_by text,
  updated_at integer not null,
  body text not null,
  primary key (fingerprint, incident_id)
) strict;
create index alerts_of_incident on alerts (incident_id, status, updated_at);
create index alerts_firing on alerts (fingerprint, updated_at) where status = 'firing';
create index alerts_expiry on alerts (expires_at) where status = 'firing' and expires_at is not null;

-- The outbox and its history. A delivery waits, then is delivered, cancelled or dead; one that waits and has a lease is
-- in flight. It closes the difference of one incident, or carries one message.
create table deliveries (
  id integer primary key,
  destination text not null,
  incident_id integer references incidents (id),
  message text,
  -- What makes a message that is sent again the same one.
  once text,
  lane integer not null,
  state text not null,
  action text,
  due_at integer not null,
  attempts integer not null default 0,
  lease_owner text,
  leased_until integer,
  created_at integer not null,
  settled_at integer,
  outcome text
) strict;
create unique index deliveries_waiting on deliveries (incident_id) where state = 'waiting' and incident_id is not null;
create unique index deliveries_once on deliveries (destination, once) where once is not null;
create index deliveries_due on deliveries (destination, lane, due_at, id, leased_until) where state = 'waiting';
create index deliveries_leased on deliveries (lease_owner) where lease_owner is not null;
create index deliveries_dead on deliveries (id) where state = 'dead';
create index deliveries_revived on deliveries (id) where state = 'waiting' and settled_at is not null;
create index deliveries_of_incident on deliveries (incident_id);
create index deliveries_settled on deliveries (settled_at) where settled_at is not null;

-- The rate window of a routing key, by a name that is no key. A send counts from its start until `counts_until`; while
-- it is in flight that is the end of time.
create table sends (
  window text not null,
  delivery_id integer not null,
  lane integer not null,
  counts_until integer not null
) strict;
create index sends_of_window on sends (window, counts_until, lane);
create index sends_of_delivery on sends (delivery_id);

-- The readable history.
create table ledger (
  id integer primary key,
  at integer not null,
  incident_id integer,
  fingerprint text,
  kind text not null,
  reason text not null,
  detail text
) strict;
create index ledger_of_incident on ledger (incident_id);
create index ledger_of_fingerprint on ledger (fingerprint) where incident_id is null;
create index ledger_by_age on ledger (at);
