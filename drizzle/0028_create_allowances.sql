-- Standing yeses of people, counted down: for one client and task, what one detail covers, so many times, until a moment.
create table allowances (
  organization_id text not null,
  id text not null,
  client_id text not null,
  task_id text not null,
  detail jsonb not null,
  uses integer not null,
  used integer not null,
  requesters text[] not null,
  protected boolean not null,
  sole_approver boolean not null,
  created_by text not null,
  assertion text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  ended_at timestamp with time zone,
  ended_by text,
  ended_why text,
  constraint allowances_pkey primary key (organization_id, id),
  constraint allowances_maker_fkey foreign key (organization_id, created_by) references users (organization_id, id),
  -- It is never used more often than was said.
  constraint allowances_used_check check (uses >= 1 and used >= 0 and used <= uses),
  constraint allowances_ended_check check ((ended_at is null) = (ended_why is null)),
  -- Who asked does not say yes to it where it is protected, but where nobody else could: the row says so then.
  constraint allowances_requester_check check (
    not protected or sole_approver or not (created_by = any (requesters))
  )
);
create index allowances_task_idx on allowances (organization_id, task_id, id);
create index allowances_open_idx on allowances (organization_id, created_by, expires_at) where ended_at is null;
