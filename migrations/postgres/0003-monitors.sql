-- works for: 2
-- Who does not know monitors leaves them alone.
-- What is remembered of a monitor or of a heartbeat, and what it keeps for itself (JSON). Written with every look.
create table monitors (
  name text collate "C" primary key,
  slot_at bigint,
  ran_at bigint,
  memory text,
  is_served integer not null default 0
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- What a monitor remembers of one of its subjects (JSON), by the fingerprint of its alert.
create table looks (
  monitor text collate "C" not null,
  fingerprint text collate "C" not null,
  state text not null,
  primary key (monitor, fingerprint)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- An alert keeps its source, so a refresh stays on its page.
create index alerts_of_source on alerts (source collate "C") where status = 'firing';
