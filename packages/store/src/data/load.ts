import { type DataHeader, type DataRow, WritError } from '@writ/core';
import { lockAndCheck, recordLocked } from '../audit/batch.ts';
import { type AuditEvent, prepareEvent } from '../audit/event.ts';
import type { Driver, Result, Run } from '../database.ts';
import { databaseError, translate } from '../errors.ts';
import { type Migration, migrateIn, readMigrations } from '../migrations.ts';
import { DATA_TABLES, SECRETS } from './tables.ts';

/** What is loaded, and how the log goes on. */
export interface Load {
  readonly organization_id: string;
  readonly header: DataHeader;
  /** Throws where the file is not whole: then nothing of it is kept. */
  readonly rows: AsyncIterable<DataRow>;
  /** The id of the key that the database is sealed with from now on. */
  readonly kek_id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The id of a freeze of everything; absent for none. */
  readonly freeze?: string;
  /** The event that says what was loaded, once it is known what ended with it. */
  readonly event: (ended: Ended) => AuditEvent;
}

/** What was valid in a loaded database and is not any more: nobody knows what happened to it meanwhile. */
export interface Ended {
  readonly sessions: number;
  readonly links: number;
  readonly tokens: number;
}

/**
 * Fills an empty database with the rows of a data file, in one transaction: made with the migrations of the file, brought up to date
 * afterwards. Throws `WritError`: `conflict` where the database is not empty, `validation_failed` where the file is of a newer version or
 * not whole, `unavailable`. Then nothing was written.
 */
export async function loadData(driver: Driver, load: Load): Promise<Ended> {
  const known = readMigrations();
  const first = firstOf(known, load.header);
  try {
    return await driver.script(async (run) => {
      await refuseUsed(run, driver.place);
      const migrating = { place: driver.place, now: load.now };
      await migrateIn(run, { ...migrating, migrations: first });
      await fill(run, load.rows);
      await migrateIn(run, { ...migrating, migrations: known });
      await refuseStrange(run, load);
      if (load.header.kek_id === null) await refuseSecrets(run);
      const ended = await endAll(run, load);
      if (load.freeze !== undefined) await freezeAll(run, load, load.freeze);
      await append(run, load, load.event(ended));
      return ended;
    });
  } catch (error) {
    throw explained(error);
  }
}

/** Throws `WritError` (`conflict`) where the database is not empty. */
export async function refuseUsedDatabase(driver: Driver): Promise<void> {
  await driver.script((run) => refuseUsed(run, driver.place));
}

/** Throws `WritError` (`conflict`) with a sentence where the database has never been Writ's: there is nothing to take from it. */
export async function refuseEmptyDatabase(driver: Driver): Promise<void> {
  if (await driver.script(isUsed)) return;
  throw new WritError('conflict', {
    detail: `There is nothing of Writ's in ${driver.place}. Set WRIT_DATA_DIR or DATABASE_URL as for the broker.`,
  });
}

/** The migrations that the file names, which must be the first of those there are. */
function firstOf(known: readonly Migration[], { migrations, version }: DataHeader): readonly Migration[] {
  const unknown = migrations.find((name, index) => known[index]?.name !== name);
  if (unknown === undefined) return known.slice(0, migrations.length);
  throw new WritError('validation_failed', {
    detail: `This file was written by Writ ${version}, whose database has ${unknown}, which this version does not know. Use that version, or a later one.`,
  });
}

async function isUsed(run: Run): Promise<boolean> {
  const { rows } = await run({ text: `select to_regclass('writ_migrations') is not null as used` });
  return rows[0]?.['used'] === true;
}

async function refuseUsed(run: Run, place: string): Promise<void> {
  if (!(await isUsed(run))) return;
  throw new WritError('conflict', {
    detail: `The database ${place} is in use already, and nothing is ever put over what is there. Set WRIT_DATA_DIR to a new folder, or DATABASE_URL to an empty database.`,
  });
}

/** The longest text of rows that is sent at once, in characters. */
const LONGEST = 500_000;

async function fill(run: Run, rows: AsyncIterable<DataRow>): Promise<void> {
  let table = DATA_TABLES.at(0) ?? '';
  let waiting: string[] = [];
  let length = 0;
  const send = async (): Promise<void> => {
    if (waiting.length === 0) return;
    // `json`, not `jsonb`: it keeps every digit of a number until the column's own type reads it.
    const text = `insert into ${table} select * from json_populate_recordset(null::${table}, $1::text::json)`;
    await run({ text, params: [`[${waiting.join(',')}]`] });
    waiting = [];
    length = 0;
  };
  for await (const next of rows) {
    if (next.table !== table) {
      await send();
      table = following(table, next.table);
    }
    waiting.push(next.row);
    length += next.row.length;
    if (length > LONGEST) await send();
  }
  await send();
}

/** The next table: a later one of those there are. */
function following(table: string, next: string): string {
  if (DATA_TABLES.indexOf(next) > DATA_TABLES.indexOf(table)) return next;
  throw new WritError('validation_failed', {
    detail: `This file has rows of "${next}" after those of "${table}", where no Writ writes them.`,
  });
}

/** Refuses rows of another organization, and a log that goes on elsewhere than where its entries end. */
async function refuseStrange(run: Run, { organization_id, header: { log } }: Load): Promise<void> {
  const strange: string[] = [];
  for (const table of DATA_TABLES) {
    const { rows } = await run({
      text: `select coalesce(min(organization_id) <> $1 or max(organization_id) <> $1, false) as strange from ${table}`,
      params: [organization_id],
    });
    if (rows[0]?.['strange'] === true) strange.push(table);
  }
  const { rows } = await run({
    text: 'select 1 from audit_head where organization_id = $1 and seq = $2 and hash = $3',
    params: [organization_id, log.seq, log.hash],
  });
  if (rows.length === 0) strange.push('audit_head');
  if (strange.length > 0) throw notOfWrit(strange);
}

/**
 * A file without secrets holds no more than an export without secrets shows: nobody needs a key to make such a file, and a signing key, a
 * session or a password that came with it would let its maker in.
 */
async function refuseSecrets(run: Run): Promise<void> {
  const found: string[] = [];
  for (const [table, shown] of Object.entries(SECRETS)) {
    const conditions =
      shown === 'left out'
        ? ['true']
        : Object.entries(shown).map(([column, expression]) => `${column} is distinct from ${expression}`);
    const { rows } = await run({ text: `select 1 from ${table} where ${conditions.join(' or ')} limit 1` });
    if (rows.length > 0) found.push(table);
  }
  if (found.length > 0) throw notOfWrit(found);
}

function notOfWrit(tables: readonly string[]): WritError {
  return new WritError('validation_failed', {
    detail: `This file has rows that no Writ writes into one of its kind (${tables.join(', ')}): it was changed.`,
  });
}

/**
 * Ends what was valid when the file was made. An access token is a signature that anybody may still hold, so each live one is revoked; one
 * that was issued after the file was made is not known here.
 */
async function endAll(run: Run, { organization_id, kek_id, now }: Load): Promise<Ended> {
  const at = new Date(now).toISOString();
  const params = [organization_id, at];
  const count = async (text: string): Promise<number> => (await run({ text, params })).count;
  const of = (text: string) => run({ text, params: [organization_id] });
  const sessions = await count(
    'update sessions set revoked_at = $2::timestamptz where organization_id = $1 and revoked_at is null',
  );
  const links = await count(
    'update one_time_links set used_at = $2::timestamptz where organization_id = $1 and used_at is null',
  );
  const tokens = await count(
    `update tokens set revoked_at = $2::timestamptz
     where organization_id = $1 and revoked_at is null and expires_at > $2::timestamptz - interval '5 minutes'`,
  );
  await of(
    `insert into epochs (organization_id, scope, subject, epoch) values ($1, 'organization', $1, 1)
     on conflict (organization_id, scope, subject) do update set epoch = epochs.epoch + 1`,
  );
  await run({
    text: 'update vault_keys set replaced_at = $2::timestamptz where organization_id = $1 and replaced_at is null and kek_id <> $3',
    params: [...params, kek_id],
  });
  await run({
    text: `insert into vault_keys (organization_id, kek_id, created_at) values ($1, $3, $2::timestamptz)
     on conflict (organization_id, kek_id) do update set replaced_at = null`,
    params: [...params, kek_id],
  });
  // Nobody knows what became of these meanwhile: a person looks at them before anything of them is sent.
  await of(`update approvals set state = 'expired' where organization_id = $1 and state = 'approved'`);
  await of(
    `delete from approval_votes v using approvals a where v.organization_id = $1 and a.organization_id = $1
     and a.id = v.approval_id and a.state = 'pending'`,
  );
  // What was used of these since, and whether somebody ended them, is not known either.
  await count(
    `update allowances set ended_at = $2::timestamptz, ended_by = 'system', ended_why = 'expired'
     where organization_id = $1 and ended_at is null`,
  );
  await count(
    `update token_requests set ended_at = $2::timestamptz
     where organization_id = $1 and granted_until is not null and ended_at is null`,
  );
  await of('delete from hold_votes where organization_id = $1');
  await of(`update holds set waits_for_release = true where organization_id = $1 and state = 'waiting'`);
  await count(
    `update holds set state = 'unknown', ended_at = $2::timestamptz where organization_id = $1 and state = 'claimed'`,
  );
  // Whoever was to be told was told by the old place, or is to look at the log.
  await of('delete from deliveries where organization_id = $1');
  await of(
    'update notified n set seq = h.seq from audit_head h where n.organization_id = $1 and h.organization_id = $1',
  );
  // It told of files of the old place, and when the next one is due there.
  await of('delete from backup_schedule where organization_id = $1');
  return { sessions, links, tokens };
}

async function freezeAll(run: Run, { organization_id, now }: Load, id: string): Promise<void> {
  await run({
    text: `insert into freezes (organization_id, id, scope, subject, reason, created_by, created_at)
     values ($1, $2, 'all', $1, 'Restored from a backup: look over what is there again.', 'system', $3::timestamptz)`,
    params: [organization_id, id, new Date(now).toISOString()],
  });
}

async function append(run: Run, { organization_id, now }: Load, event: AuditEvent): Promise<void> {
  const batch = [{ event: prepareEvent(event, now) }];
  const results: Result[] = [];
  for (const statement of lockAndCheck(organization_id, batch)) results.push(await run(statement));
  for (const statement of recordLocked(organization_id, batch, results).statements) await run(statement);
}

/** What the database refuses of a row (SQLSTATE class 22 and 23) is a fault of the file. */
function explained(error: unknown): WritError {
  if (error instanceof WritError) return error;
  const code = databaseError(error)?.code ?? '';
  if (!/^2[23]/.test(code)) return translate(error);
  return new WritError('validation_failed', {
    detail: `A row of this file does not fit the database (SQLSTATE ${code}): the file was changed, or its own database was damaged.`,
    cause: error,
  });
}
