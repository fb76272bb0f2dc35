/** The stream of events: what the log records, as it is recorded, to whoever is signed in. Never a body, a reason or an argument. */
import type { EventReader, InputOf, StreamedEvent } from '@writ/api';
import { defined } from '@writ/core';
import { auditHead, loggedAfter, prunedUpTo } from '@writ/store';
import { actorName } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { stillStands } from './standing.ts';
import { kindsOf, viewOf } from './view.ts';

/** How long a stream lives, how often it is checked whether its session does, in milliseconds; and how many events are read at once. */
const LIFE = 4 * 3600_000;
const CHECK_EVERY = 5_000;
const PAGE = 100;

/** Events after which whoever reads may no longer be let to: it is checked at once. */
const MAY_END = /^(?:session|user|token|task|client|freeze|vault_key)\.(?!issued|introspected|created)/;

/** A stream, and the signal that says that it is over, also to a reader that takes nothing. */
export interface EventStream extends EventReader {
  readonly ended: AbortSignal;
}

/** Streams events from `after` on, or from now on. Throws `WritError` (`rate_limited`) where too many streams are open. */
export async function streamEvents(ctx: Ctx<AdminActor>, input: InputOf<'events.stream'>): Promise<EventStream> {
  const { organization_id, store, live } = ctx;
  const { actor } = ctx;
  const leave = live.events.enter(actor.kind === 'user' ? actor.session_id : actorName(actor));
  const over = new AbortController();
  const offStop = live.underway.onStop(() => over.abort());
  const check = async (): Promise<void> => {
    if (!(await stillStands(ctx).catch(() => false))) over.abort();
  };
  const checks = setInterval(() => void check(), CHECK_EVERY);
  const life = setTimeout(() => over.abort(), LIFE);
  over.signal.addEventListener('abort', () => {
    clearInterval(checks);
    clearTimeout(life);
    offStop();
    leave();
  });
  try {
    const { seq } = await auditHead(store.db, { organization_id });
    // An id of a log that ends sooner is of before it was restored: then from now on.
    const asked = Math.min(input.after ?? seq, seq);
    const after = Math.max(asked, Math.min(seq, await prunedUpTo(store.db, { organization_id })));
    const events = read(ctx, { after, kinds: input.kinds && kindsOf(input.kinds), over: over.signal, check });
    return { ended: over.signal, resumeAfter: () => after, [Symbol.asyncIterator]: () => endingWith(events, over) };
  } catch (error) {
    over.abort();
    throw error;
  }
}

/** The same iterator, which ends everything of the stream when its reader goes, even before the first event. */
function endingWith(events: AsyncGenerator<StreamedEvent>, over: AbortController): AsyncIterator<StreamedEvent> {
  return {
    next: () => events.next(),
    return: async () => {
      over.abort();
      return { done: true, value: undefined };
    },
  };
}

interface Reading {
  readonly after: number;
  readonly kinds: readonly string[] | undefined;
  readonly over: AbortSignal;
  readonly check: () => Promise<void>;
}

async function* read({ store, organization_id, live }: Ctx, reading: Reading): AsyncGenerator<StreamedEvent> {
  const { kinds, over, check } = reading;
  for (let seen = reading.after; !over.aborted; ) {
    const until = await live.events.after(seen, over);
    if (over.aborted) return;
    const rows = await loggedAfter(store.db, {
      organization_id,
      after: seen,
      until,
      limit: PAGE,
      ...defined({ kinds }),
    });
    for (const row of rows) {
      if (MAY_END.test(row.kind)) await check();
      if (over.aborted) return;
      yield viewOf(row);
    }
    seen = rows.length < PAGE ? until : (rows.at(-1)?.seq ?? until);
  }
}
