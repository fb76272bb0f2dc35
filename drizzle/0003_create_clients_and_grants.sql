-- OAuth clients and what they are allowed.
create table clients (
  organization_id text not null,
  client_id text not null,
  kind text not null,
  name text not null,
  owner_id text not null,
  created_by text not null,
  secret_holder_id text,
  auth jsonb not null,
  secret_hash text,
  settings jsonb not null,
  created_at timestamp with time zone not null,
  disabled_at timestamp with time zone,
  deleted_at timestamp with time zone,
  constraint clients_pkey primary key (organization_id, client_id),
  constraint clients_owner_fkey foreign key (organization_id, owner_id)
    references users (organization_id, id)
);
create index clients_owner_idx on clients (organization_id, owner_id);

create table grants (
  organization_id text not null,
  id text not null,
  client_id text not null,
  connection_id text not null,
  scope jsonb not null,
  max_ttl_seconds integer,
  expires_at timestamp with time zone,
  note text,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint grants_pkey primary key (organization_id, id),
  constraint grants_client_fkey foreign key (organization_id, client_id)
    references clients (organization_id, client_id),
  constraint grants_connection_fkey foreign key (organization_id, connection_id)
    references connections (organization_id, id)
);
create index grants_client_idx on grants (organization_id, client_id);
create index grants_connection_idx on grants (organization_id, connection_id);
