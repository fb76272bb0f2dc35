-- The Merkle tree over the audit log, in tiles of 256 hashes, and what was signed of it. audit_tree is the lock of the others.
create table audit_tree (
  organization_id text not null,
  size bigint not null,
  last_hash text not null,
  constraint audit_tree_pkey primary key (organization_id),
  constraint audit_tree_organization_fkey foreign key (organization_id)
    references organizations (organization_id)
);

create table audit_tiles (
  organization_id text not null,
  level integer not null,
  index bigint not null,
  hashes bytea not null,
  constraint audit_tiles_pkey primary key (organization_id, level, index)
);

create table audit_checkpoints (
  organization_id text not null,
  size bigint not null,
  root bytea not null,
  note text not null,
  signed_at timestamp with time zone not null,
  constraint audit_checkpoints_pkey primary key (organization_id, size)
);

create table checkpoint_keys (
  organization_id text not null,
  origin text not null,
  kid text not null,
  vkey text not null,
  sealed_private jsonb not null,
  created_at timestamp with time zone not null,
  constraint checkpoint_keys_pkey primary key (organization_id)
);
