-- How long a yes is good, from the moment when it is complete: in seconds, fixed by the first vote.
alter table approvals add column usable_for integer;
-- Who let a client ask again after a no, and when: a no that was lifted counts no more.
alter table approvals add column reopened_at timestamp with time zone;
alter table approvals add column reopened_by text;
