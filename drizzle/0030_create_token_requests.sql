-- What a request for a token asks for; once the token was issued, what was given, for its task alone.
create table token_requests (
  organization_id text not null,
  approval_id text not null,
  client_id text not null,
  task_id text not null,
  code_hashes text[] not null,
  aud text not null,
  jkt text,
  life integer not null,
  asked jsonb not null,
  given jsonb,
  poll_seconds integer not null,
  polled_at timestamp with time zone,
  jti text,
  granted_until timestamp with time zone,
  ended_at timestamp with time zone,
  constraint token_requests_pkey primary key (organization_id, approval_id),
  constraint token_requests_approval_fkey foreign key (organization_id, approval_id)
    references approvals (organization_id, id) on delete cascade,
  constraint token_requests_task_fkey foreign key (organization_id, task_id) references tasks (organization_id, id)
    on delete cascade
);
create index token_requests_task_idx on token_requests (organization_id, task_id) where granted_until is not null;
create index token_requests_jti_idx on token_requests (organization_id, jti) where jti is not null;
