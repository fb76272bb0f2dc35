-- Rules and stops that no grant can override.
create table guardrails (
  organization_id text not null,
  id text not null,
  rule jsonb not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint guardrails_pkey primary key (organization_id, id)
);

create table freezes (
  organization_id text not null,
  id text not null,
  scope text not null,
  subject text not null,
  reason text not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  lifted_at timestamp with time zone,
  lifted_by text,
  constraint freezes_pkey primary key (organization_id, id)
);
create index freezes_open_idx on freezes (organization_id, scope, subject)
  where lifted_at is null;
