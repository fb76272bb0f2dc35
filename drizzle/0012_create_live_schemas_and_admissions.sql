create table live_schemas (
  organization_id text not null,
  connection_id text not null,
  digest text not null,
  facts jsonb not null,
  descriptions jsonb not null,
  read_by text not null,
  read_at timestamp with time zone not null,
  constraint live_schemas_pkey primary key (organization_id, connection_id, digest),
  constraint live_schemas_connection_fkey foreign key (organization_id, connection_id)
    references connections (organization_id, id)
);

create table admissions (
  organization_id text not null,
  connection_id text not null,
  operation text not null,
  part text not null,
  effect text not null,
  shape jsonb not null,
  schema_digest text not null,
  note text not null,
  stale_since timestamp with time zone,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint admissions_pkey primary key (organization_id, connection_id, operation, part),
  constraint admissions_connection_fkey foreign key (organization_id, connection_id)
    references connections (organization_id, id)
);
