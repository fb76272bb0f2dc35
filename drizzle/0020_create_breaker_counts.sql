-- The calls that the circuit breaker counts, of the last minute: forwarded ones that destroy, refused ones that escalate.
create table breaker_counts (
  organization_id text not null,
  request_id text not null,
  kind text not null,
  task_id text not null,
  client_id text not null,
  subject text not null,
  operations integer not null,
  at timestamp with time zone not null,
  constraint breaker_counts_pkey primary key (organization_id, request_id)
);
create index breaker_counts_task_idx on breaker_counts (organization_id, task_id, kind, at);
create index breaker_counts_subject_idx on breaker_counts (organization_id, client_id, subject, kind, at);
create index breaker_counts_at_idx on breaker_counts (organization_id, at);
create index freezes_subject_idx on freezes (organization_id, scope, subject);
