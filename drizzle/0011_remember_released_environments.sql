-- Where a provider environment was guarded when it last left an environment: what takes it in again is compared with that.
create table released_members (
  organization_id text not null,
  connection_id text not null,
  member text not null,
  slug text not null,
  protected boolean not null,
  released_at timestamp with time zone not null,
  constraint released_members_pkey primary key (organization_id, connection_id, member),
  constraint released_members_connection_fkey foreign key (organization_id, connection_id)
    references connections (organization_id, id)
);
