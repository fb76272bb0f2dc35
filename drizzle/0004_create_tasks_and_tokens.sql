-- What was asked for and issued, and which assertions were used up.
create table tasks (
  organization_id text not null,
  id text not null,
  client_id text not null,
  purpose text,
  created_at timestamp with time zone not null,
  last_token_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_by text,
  constraint tasks_pkey primary key (organization_id, id),
  constraint tasks_client_fkey foreign key (organization_id, client_id)
    references clients (organization_id, client_id)
);
create index tasks_client_idx on tasks (organization_id, client_id, id);

create table tokens (
  organization_id text not null,
  jti text not null,
  client_id text not null,
  task_id text not null,
  kid text not null,
  aud text not null,
  issued_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  details jsonb,
  parent_jti text,
  act_chain jsonb not null,
  cnf jsonb,
  revoked_at timestamp with time zone,
  constraint tokens_pkey primary key (organization_id, jti),
  constraint tokens_task_fkey foreign key (organization_id, task_id)
    references tasks (organization_id, id)
);
create index tokens_client_idx on tokens (organization_id, client_id, jti);
create index tokens_task_idx on tokens (organization_id, task_id, jti);
create index tokens_parent_idx on tokens (organization_id, parent_jti)
  where parent_jti is not null;
create index tokens_expires_idx on tokens (organization_id, expires_at);

create table used_assertions (
  organization_id text not null,
  issuer text not null,
  jti text not null,
  expires_at timestamp with time zone not null,
  constraint used_assertions_pkey primary key (organization_id, issuer, jti)
);
create index used_assertions_expires_idx on used_assertions (organization_id, expires_at);
