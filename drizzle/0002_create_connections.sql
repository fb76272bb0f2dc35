-- Configured upstreams, their sealed root credentials, and their environments. A slug is never used again.
create table connections (
  organization_id text not null,
  id text not null,
  slug text not null,
  provider text not null,
  base_url text not null,
  origin text not null,
  settings jsonb not null,
  identity jsonb,
  verified_at timestamp with time zone,
  credential_flagged_at timestamp with time zone,
  config_version integer not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  deleted_at timestamp with time zone,
  constraint connections_pkey primary key (organization_id, id),
  constraint connections_organization_fkey foreign key (organization_id)
    references organizations (organization_id)
);
create unique index connections_slug_key on connections (organization_id, slug);

create table credentials (
  organization_id text not null,
  id text not null,
  connection_id text not null,
  version integer not null,
  kind text not null,
  origin text not null,
  sealed jsonb,
  environments jsonb,
  created_by text not null,
  created_at timestamp with time zone not null,
  replaced_at timestamp with time zone,
  constraint credentials_pkey primary key (organization_id, id),
  constraint credentials_connection_fkey foreign key (organization_id, connection_id)
    references connections (organization_id, id)
);
create unique index credentials_version_key on credentials (organization_id, connection_id, version);

create table environments (
  organization_id text not null,
  id text not null,
  connection_id text not null,
  slug text not null,
  selector jsonb not null,
  protected boolean not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint environments_pkey primary key (organization_id, id),
  constraint environments_connection_fkey foreign key (organization_id, connection_id)
    references connections (organization_id, id)
);
create unique index environments_slug_key on environments (organization_id, connection_id, slug);

create table environment_members (
  organization_id text not null,
  connection_id text not null,
  member text not null,
  environment_id text not null,
  constraint environment_members_pkey primary key (organization_id, connection_id, member),
  constraint environment_members_environment_fkey foreign key (organization_id, environment_id)
    references environments (organization_id, id) on delete cascade
);
create index environment_members_environment_idx on environment_members (organization_id, environment_id);

create table effect_overrides (
  organization_id text not null,
  connection_id text not null,
  operation text not null,
  effect text not null,
  note text,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint effect_overrides_pkey primary key (organization_id, connection_id, operation),
  constraint effect_overrides_connection_fkey foreign key (organization_id, connection_id)
    references connections (organization_id, id)
);
