-- On what it depends who may say yes: also looked at again when a yes is given and used, and for a hold when it is released.
alter table approvals add column grant_ids text[] not null default '{}';
alter table holds add column grant_ids text[] not null default '{}';
alter table holds add column requesters text[] not null default '{}';
alter table holds add column protected boolean not null default true;
alter table holds add column quorum integer not null default 1;
alter table holds add column sole_approver boolean not null default false;

-- Who said that a hold is released: as many as its approval took, each another person. As for an approval nobody
-- releases who asked: the last three are those of the hold, copied by the statement that adds the row.
create table hold_votes (
  organization_id text not null,
  hold_id text not null,
  user_id text not null,
  at timestamp with time zone not null,
  assertion text not null,
  requesters text[] not null,
  protected boolean not null,
  sole_approver boolean not null,
  constraint hold_votes_pkey primary key (organization_id, hold_id, user_id),
  constraint hold_votes_user_fkey foreign key (organization_id, user_id) references users (organization_id, id),
  constraint hold_votes_requester_check check (not protected or sole_approver or not (user_id = any (requesters)))
);
