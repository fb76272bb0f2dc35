-- Who may sign in, and how: everything else belongs to an organization.
create table organizations (
  organization_id text not null,
  created_at timestamp with time zone not null,
  constraint organizations_pkey primary key (organization_id)
);

create table users (
  organization_id text not null,
  id text not null,
  email text not null,
  name text not null,
  role text not null,
  password_hash text,
  created_by text,
  created_at timestamp with time zone not null,
  deleted_at timestamp with time zone,
  constraint users_pkey primary key (organization_id, id),
  constraint users_organization_fkey foreign key (organization_id)
    references organizations (organization_id)
);
create unique index users_email_key on users (organization_id, email)
  where deleted_at is null;

create table sign_in_failures (
  organization_id text not null,
  subject text not null,
  count integer not null,
  last_at timestamp with time zone not null,
  constraint sign_in_failures_pkey primary key (organization_id, subject)
);

create table sessions (
  organization_id text not null,
  id text not null,
  token_hash text not null,
  user_id text not null,
  kind text not null,
  user_agent text,
  address text,
  created_at timestamp with time zone not null,
  authenticated_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint sessions_pkey primary key (organization_id, id),
  constraint sessions_user_fkey foreign key (organization_id, user_id)
    references users (organization_id, id)
);
create unique index sessions_token_hash_key on sessions (organization_id, token_hash);
create index sessions_user_idx on sessions (organization_id, user_id);

create table one_time_links (
  organization_id text not null,
  id text not null,
  kind text not null,
  token_hash text not null,
  user_id text,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint one_time_links_pkey primary key (organization_id, id),
  constraint one_time_links_user_fkey foreign key (organization_id, user_id)
    references users (organization_id, id)
);
create unique index one_time_links_token_hash_key on one_time_links (organization_id, token_hash);
