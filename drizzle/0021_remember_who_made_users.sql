-- Who invited a user, reset their password or gave them their role: for some days after, both count as one when somebody says yes.
create table user_ties (
  organization_id text not null,
  -- Who did it, and to whom.
  by_id text not null,
  user_id text not null,
  kind text not null,
  at timestamp with time zone not null,
  constraint user_ties_pkey primary key (organization_id, by_id, user_id, kind),
  constraint user_ties_by_fkey foreign key (organization_id, by_id) references users (organization_id, id),
  constraint user_ties_user_fkey foreign key (organization_id, user_id) references users (organization_id, id),
  constraint user_ties_kind_check check (kind in ('invited', 'reset', 'role'))
);

-- The users who changed what a grant allows: each counts as one who made it. Null: nobody did.
alter table grants add column changed_by text[];
