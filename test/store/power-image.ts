import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  auditHead,
  exportAuditEvents,
  openAuditLog,
  openStore,
  DEFAULT_ORGANIZATION as organization_id,
} from '@writ/store';
import { verifyChain } from '../../packages/core/src/audit/chain.ts';

/** The work of `power-cut.ts`. */
export interface PowerJob {
  /** The database; made where it is not there. */
  readonly dataDir: string;
  /** Where the images go. */
  readonly images: string;
  readonly cuts: number;
  readonly seed: number;
  /** At most so many things are done to the disk between two cuts. */
  readonly gap: number;
}

/** The file of an image that says what had been acknowledged. */
export const ACKNOWLEDGED = 'acknowledged.json';

/** What had been acknowledged: sequence numbers of events, and the last of the rows 1, 2, ... of `marks`. */
export interface Acknowledged {
  readonly events: number[];
  marks: number;
}

/** Opens an image and looks whether all is there; it must also take another event. Returns what is wrong, or undefined. */
export async function problemOfImage(dataDir: string, acknowledged?: Acknowledged): Promise<string | undefined> {
  const { events, marks }: Acknowledged =
    acknowledged ?? JSON.parse(await readFile(join(dataDir, ACKNOWLEDGED), 'utf8'));
  const store = await openStore({ dataDir, now: Date.now }).catch((error: unknown) => String(error));
  if (typeof store === 'string') return `it does not open: ${store}`;
  try {
    const entries = await Array.fromAsync(exportAuditEvents(store.db, { organization_id }));
    const head = await auditHead(store.db, { organization_id });
    const chain = await verifyChain(entries, { head });
    if (!chain.whole) return `the chain is broken: ${JSON.stringify(chain)}`;
    const lost = events.filter((seq) => !entries[seq - 1]?.includes('"kind":"'));
    if (lost.length > 0) return `events are lost: ${lost.join(', ')}`;
    if (marks > 0) {
      const { rows } = await store.driver.script((run) =>
        run({ text: `select count(*)::int as count from marks where mark <= ${marks} and text like 'new.%'` }),
      );
      if (rows[0]?.['count'] !== marks) return `of ${marks} rows ${String(rows[0]?.['count'])} are there`;
    }
    const { seq } = await openAuditLog(store, { organization_id }).append({ kind: 'power.test', data: {} });
    return seq === entries.length + 1 ? undefined : `the next event is ${seq} after ${entries.length}`;
  } catch (error) {
    return `it cannot be used: ${String(error)}`;
  } finally {
    await store.close();
  }
}
