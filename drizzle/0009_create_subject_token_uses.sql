-- How often the token of a foreign issuer, or of a job that is handed one, was exchanged, and for what at first.
create table subject_token_uses (
  organization_id text not null,
  issuer text not null,
  use_id text not null,
  client_id text not null,
  uses integer not null,
  details jsonb not null,
  first_used_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint subject_token_uses_pkey primary key (organization_id, issuer, use_id)
);
create index subject_token_uses_expires_idx on subject_token_uses (organization_id, expires_at);
