-- What waits for a human's yes, the humans' votes, and what waits for its time.
create table approvals (
  organization_id text not null,
  id text not null,
  kind text not null,
  client_id text not null,
  act_chain jsonb not null,
  task_id text not null,
  jti text not null,
  connection_id text,
  request_id text not null,
  digest text not null,
  parts jsonb not null,
  subject text not null,
  operations jsonb not null,
  shown jsonb not null,
  -- Everything that is shown of it stands in `shown`; these three are copied into each vote, so that the database can compare.
  requesters text[] not null,
  protected boolean not null,
  sole_approver boolean not null,
  quorum integer not null,
  hold_minutes integer not null,
  state text not null,
  run text,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  usable_until timestamp with time zone,
  cool_until timestamp with time zone,
  reason text,
  used_at timestamp with time zone,
  used_by text,
  constraint approvals_pkey primary key (organization_id, id),
  constraint approvals_connection_fkey foreign key (organization_id, connection_id) references connections (organization_id, id),
  constraint approvals_quorum_check check (quorum >= 1),
  -- Only a yes has a way to run and a time until which it is good.
  constraint approvals_state_check check (
    case state
      when 'pending' then decided_at is null and used_at is null
      when 'approved' then decided_at is not null and run is not null and usable_until is not null and used_at is null
      when 'used' then decided_at is not null and used_at is not null and used_by is not null
      when 'denied' then decided_at is not null and used_at is null
      else state in ('expired', 'cancelled') and used_at is null
    end
  )
);
create unique index approvals_who_key on approvals (organization_id, id, requesters, protected, sole_approver);
create unique index approvals_open_key on approvals (organization_id, client_id, task_id, digest)
  where state = any (array['pending', 'approved']);
create index approvals_subject_idx on approvals (organization_id, client_id, subject, id);
create index approvals_state_idx on approvals (organization_id, state, id);
create index approvals_task_idx on approvals (organization_id, task_id, id);

create table approval_votes (
  organization_id text not null,
  approval_id text not null,
  user_id text not null,
  yes boolean not null,
  at timestamp with time zone not null,
  assertion text not null,
  requesters text[] not null,
  protected boolean not null,
  sole_approver boolean not null,
  constraint approval_votes_pkey primary key (organization_id, approval_id, user_id),
  constraint approval_votes_user_fkey foreign key (organization_id, user_id) references users (organization_id, id),
  constraint approval_votes_approval_fkey foreign key (organization_id, approval_id, requesters, protected, sole_approver)
    references approvals (organization_id, id, requesters, protected, sole_approver) on update cascade,
  -- Who asked does not say yes to it where it is protected, but where nobody else could: the row says so then.
  constraint approval_votes_requester_check check (
    not yes or not protected or sole_approver or not (user_id = any (requesters))
  )
);

create table holds (
  organization_id text not null,
  id text not null,
  approval_id text,
  client_id text not null,
  act_chain jsonb not null,
  task_id text not null,
  jti text not null,
  connection_id text not null,
  request_id text not null,
  digest text not null,
  parts jsonb not null,
  subject text not null,
  operations jsonb not null,
  shown jsonb not null,
  minutes integer not null,
  state text not null,
  waits_for_release boolean not null,
  created_at timestamp with time zone not null,
  executes_at timestamp with time zone not null,
  released_by text,
  claimed_at timestamp with time zone,
  claimed_by text,
  -- The request that Writ made of it: its own entries in the log.
  executed_as text,
  ended_at timestamp with time zone,
  ended_by text,
  status integer,
  code text,
  detail text,
  constraint holds_pkey primary key (organization_id, id),
  constraint holds_approval_fkey foreign key (organization_id, approval_id) references approvals (organization_id, id),
  constraint holds_connection_fkey foreign key (organization_id, connection_id) references connections (organization_id, id),
  -- A request is sent at most once: it is claimed before, and what is claimed never waits again.
  constraint holds_state_check check (
    case state
      when 'waiting' then claimed_at is null and ended_at is null
      when 'claimed' then claimed_at is not null and claimed_by is not null and ended_at is null
      when 'executed' then claimed_at is not null and ended_at is not null
      when 'unknown' then claimed_at is not null and ended_at is not null
      else state in ('refused', 'cancelled') and ended_at is not null
    end
  )
);
create unique index holds_approval_key on holds (organization_id, approval_id) where approval_id is not null;
create unique index holds_open_key on holds (organization_id, client_id, task_id, digest)
  where state = any (array['waiting', 'claimed']);
create index holds_due_idx on holds (organization_id, executes_at) where state = 'waiting';
create index holds_state_idx on holds (organization_id, state, id);
create index holds_task_idx on holds (organization_id, task_id, id);

-- The bytes of a request that waits, and of an answer that is kept for its client: sealed, and removed when used up or at `erase_at`.
create table kept_bodies (
  organization_id text not null,
  id text not null,
  part text not null,
  sealed jsonb not null,
  erase_at timestamp with time zone not null,
  constraint kept_bodies_pkey primary key (organization_id, id, part),
  constraint kept_bodies_part_check check (part in ('request', 'answer'))
);
create index kept_bodies_erase_idx on kept_bodies (organization_id, erase_at);
