-- What the destination names the incident by; what keeps it from being told (a threshold, a mute); how it is told again.
alter table incidents add column reference text;
alter table incidents add column gate text;
alter table incidents add column muted integer not null default 0;
alter table incidents add column muted_by text;
alter table incidents add column on_mute text;
alter table incidents add column repeat_ms integer;
alter table incidents add column repeat_how text;
alter table incidents add column told_at integer;

-- What mutes the alert, what it mutes, and the latest numbers of one that has to grow (JSON).
alter table alerts add column muted_by text;
alter table alerts add column inhibits text;
alter table alerts add column readings text;
create index alerts_inhibiting on alerts (inhibits) where inhibits is not null and status = 'firing';

-- Somebody's word that alerts which match (JSON) are not to be told for a time.
create table silences (
  id text primary key,
  matchers text not null,
  author text not null,
  reason text not null,
  starts_at integer not null,
  ends_at integer not null,
  created_at integer not null,
  updated_at integer not null
) strict;
create index silences_by_end on silences (ends_at);
