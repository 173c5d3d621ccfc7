-- What is remembered of a monitor or of a heartbeat, and what it keeps for itself (JSON).
create table monitors (
  name text primary key,
  slot_at integer,
  ran_at integer,
  memory text,
  is_served integer not null default 0
) strict;

-- What a monitor remembers of one of its subjects (JSON), by the fingerprint of its alert.
create table looks (
  monitor text not null,
  fingerprint text not null,
  state text not null,
  primary key (monitor, fingerprint)
) strict, without rowid;

create index alerts_of_source on alerts (source) where status = 'firing';
