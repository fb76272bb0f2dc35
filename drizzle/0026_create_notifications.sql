-- Where people are told of what happens, and what is still to be told.
create table notifications (
  organization_id text not null,
  id text not null,
  name text not null,
  kind text not null,
  events text[] not null,
  target text not null,
  since_seq bigint not null,
  sealed jsonb,
  created_by text not null,
  created_at timestamp with time zone not null,
  last_sent_at timestamp with time zone,
  failing_since timestamp with time zone,
  last_error text,
  given_up integer not null,
  constraint notifications_pkey primary key (organization_id, id)
);

create table deliveries (
  organization_id text not null,
  seq bigint not null,
  receiver text not null,
  attempts integer not null,
  created_at timestamp with time zone not null,
  next_at timestamp with time zone not null,
  constraint deliveries_pkey primary key (organization_id, seq, receiver)
);
create index deliveries_next_idx on deliveries (organization_id, next_at);
create index deliveries_receiver_idx on deliveries (organization_id, receiver, seq);

create table notified (
  organization_id text not null,
  seq bigint not null,
  constraint notified_pkey primary key (organization_id)
);
