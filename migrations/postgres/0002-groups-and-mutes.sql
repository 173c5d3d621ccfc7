-- works for: 2
-- Who does not know gates and mutes would tell what they keep back.
-- What the destination names the incident by; what keeps it from being told (a threshold, a mute); how it is told again.
alter table incidents
  add column reference text,
  add column gate text,
  add column muted integer not null default 0,
  add column muted_by text,
  add column on_mute text,
  add column repeat_ms bigint,
  add column repeat_how text,
  add column told_at bigint;

-- What mutes the alert, what it mutes, and the latest numbers of one that has to grow (JSON).
alter table alerts
  add column muted_by text,
  add column inhibits text collate "C",
  add column readings text;
create index alerts_inhibiting on alerts (inhibits) where inhibits is not null and status = 'firing';

-- Somebody's word that alerts which match (JSON) are not to be told for a time.
create table silences (
  id text collate "C" primary key,
  matchers text not null,
  author text not null,
  reason text not null,
  starts_at bigint not null,
  ends_at bigint not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index silences_by_end on silences (ends_at);
