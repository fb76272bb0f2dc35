-- The hash-chained log, the epochs it checks, and the feed by which brokers forget. audit_head is the lock of all three.
create table audit_events (
  organization_id text not null,
  seq bigint not null,
  event text not null,
  hash text not null,
  prev_hash text not null,
  at timestamp with time zone not null,
  kind text not null,
  actor text,
  client_id text,
  task_id text,
  connection text,
  operations text[],
  result text,
  request_id text,
  constraint audit_events_pkey primary key (organization_id, seq)
);
create index audit_events_kind_idx on audit_events (organization_id, kind, seq);
create index audit_events_client_idx on audit_events (organization_id, client_id, seq)
  where client_id is not null;
create index audit_events_task_idx on audit_events (organization_id, task_id, seq)
  where task_id is not null;
create index audit_events_request_idx on audit_events (organization_id, request_id)
  where request_id is not null;

create table audit_head (
  organization_id text not null,
  seq bigint not null,
  hash text not null,
  change_seq bigint not null,
  constraint audit_head_pkey primary key (organization_id),
  constraint audit_head_organization_fkey foreign key (organization_id)
    references organizations (organization_id)
);

create table epochs (
  organization_id text not null,
  scope text not null,
  subject text not null,
  epoch bigint not null,
  constraint epochs_pkey primary key (organization_id, scope, subject)
);

create table changes (
  organization_id text not null,
  seq bigint not null,
  kind text not null,
  subject text not null,
  at timestamp with time zone not null,
  constraint changes_pkey primary key (organization_id, seq)
);
