import type { InputOf } from '@writ/api';
import { exportAuditEvents } from '@writ/store';
import type { Ctx } from '../context.ts';
import { readingOn } from '../payer.ts';
import { record } from './record.ts';

/** Streams the log's entries, exactly as they were chained, oldest first. Its last entry is the event of this export. */
export async function exportAudit(ctx: Ctx, input: InputOf<'audit.export'>): Promise<AsyncIterable<string>> {
  await record(ctx, { kind: 'audit.exported', data: { after: input.after } });
  return entries(ctx, input);
}

async function* entries(ctx: Ctx, { after, until_seq }: InputOf<'audit.export'>): AsyncGenerator<string> {
  const { organization_id, store } = ctx;
  const read = <T>(work: () => Promise<T>): Promise<T> => readingOn(ctx, work);
  yield* exportAuditEvents(store.db, { organization_id, after, until: until_seq, read });
}
