import { createHash, createHmac, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { type AuditHead, verifyChain } from '../audit/chain.ts';
import { WritError } from '../errors/error.ts';
import { sha256Hex } from '../json/digest.ts';
import { parseJsonStrictly } from '../json/strict-json.ts';

/** The version of the format: the header's member `writ_data`. */
const FORMAT = 1;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** A text that a sentence may repeat: printable ASCII without spaces. */
const text = z.string().regex(/^[\w.+/=-]{1,200}$/);

/** How the key of an export's secrets is wrapped: by a passphrase (argon2id, RFC 9106) or for a public key (JWE, RFC 7516). */
const fileKeySchema = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('passphrase'),
    salt: text,
    /** `memory` in KiB. */
    memory: z.int().positive(),
    passes: z.int().positive(),
    lanes: z.int().positive(),
    wrapped: text,
  }),
  z.strictObject({ by: z.literal('public_key'), jwe: z.string().regex(/^[\w.-]{1,4000}$/) }),
]);
export type FileKey = z.infer<typeof fileKeySchema>;

const headerSchema = z.strictObject({
  writ_data: z.literal(FORMAT),
  /** `backup`: all that there is, sealed as it was. `export`: readable, its secrets left out or sealed with a key of the file's own. */
  kind: z.enum(['backup', 'export']),
  /** Of the Writ that wrote the file. */
  version: text,
  /** RFC 3339. */
  made_at: z.iso.datetime(),
  /** The files of `drizzle` that had made the tables. */
  migrations: z.array(text).min(1).readonly(),
  /** The id of the key that secrets are sealed with; null where the file has none. */
  kek_id: text.nullable(),
  file_key: fileKeySchema.optional(),
  /** Where the audit log ended. */
  log: z.strictObject({ seq: z.int().nonnegative(), hash }) satisfies z.ZodType<AuditHead>,
});

/** The first line of a data file. */
export type DataHeader = z.infer<typeof headerSchema>;

/** One row: its table, and its columns as a JSON object in the text that Postgres made of it. */
export interface DataRow {
  readonly table: string;
  readonly row: string;
}

/** The last line: how many rows there were, and the digest of every byte before this line. */
const endSchema = z.strictObject({ end: z.strictObject({ rows: z.int().nonnegative(), digest: hash }) });

/**
 * Writes a data file line by line, without line breaks: the header, a line for each row, and an end by which a cut or changed file shows.
 * With a key the digest is HMAC-SHA-256, which nobody without the key can make; else it is SHA-256, which only shows damage.
 */
export async function* writeDataFile(
  header: Omit<DataHeader, 'writ_data'>,
  rows: Iterable<DataRow> | AsyncIterable<DataRow>,
  key: KeyObject | undefined,
): AsyncGenerator<string> {
  const digest = digestWith(key);
  let count = 0;
  const passed = (line: string): string => {
    digest.update(line).update('\n');
    return line;
  };
  yield passed(JSON.stringify({ writ_data: FORMAT, ...header }));
  for await (const { table, row } of rows) {
    count += 1;
    yield passed(`{"table":"${table}","row":${row}}`);
  }
  yield JSON.stringify({ end: { rows: count, digest: digest.digest('hex') } });
}

/** A data file that is being read. */
export interface OpenDataFile {
  readonly header: DataHeader;
  /**
   * The rows, once. After the last it checks the end: throws `WritError` (`validation_failed`) where the file was cut off or changed, so
   * that nothing of it may be kept before this has returned. `checked`: the digest of the file that was checked before; another file is
   * refused, be it as whole as that one.
   */
  rows(key: KeyObject | undefined, checked?: string): AsyncGenerator<DataRow, string>;
}

/** Reads the header of a data file, given as lines without line breaks. Throws `WritError` (`validation_failed`) with a sentence. */
export async function openDataFile(lines: AsyncIterable<string>): Promise<OpenDataFile> {
  const iterator = lines[Symbol.asyncIterator]();
  const first = await iterator.next();
  const line = first.done ? '' : first.value;
  return { header: headerOf(line), rows: (key, checked) => rowsAfter(line, iterator, { key, checked }) };
}

/**
 * Reads a file to its end and keeps nothing: it is whole, and so is the audit log in it, which ends where the header says that it ended.
 * Returns the digest of the file, for `rows`. Throws `WritError` (`validation_failed`) with a sentence.
 */
export async function verifyDataFile({ header, rows }: OpenDataFile, key: KeyObject | undefined): Promise<string> {
  const read: Read = { digest: '', last: header.log.seq };
  const report = await verifyChain(entriesOf(rows(key), read), { head: header.log });
  if (!report.whole) throw refusal(`The audit log in this file is not whole. ${report.detail}`);
  if (report.head.seq !== header.log.seq || read.last !== header.log.seq)
    throw refusal('The audit log in this file does not end where its header says.');
  return read.digest;
}

const entrySchema = z.object({ seq: z.int(), event: z.string(), hash, prev_hash: hash });

/** What was read: the digest of the file, and the number of the log's last row. */
interface Read {
  digest: string;
  last: number;
}

/** The log's entries among the rows. Each row must say of its entry what is true: the number, the hash, and the hash before. */
async function* entriesOf(rows: AsyncGenerator<DataRow, string>, read: Read): AsyncGenerator<string> {
  let before: z.infer<typeof entrySchema> | undefined;
  let next = await rows.next();
  for (; !next.done; next = await rows.next()) {
    const { table, row } = next.value;
    if (table !== 'audit_events') continue;
    const { data } = entrySchema.safeParse(jsonOf(row));
    if (data === undefined || sha256Hex(data.event) !== data.hash)
      throw refusal('A row of the audit log in this file does not have the hash that it says.');
    yield data.event;
    // The entry itself was judged before its row: what is wrong with the chain says more.
    if (before !== undefined && !follows(data, before))
      throw refusal(
        'A row of the audit log in this file does not have the number of its entry, or the hash before it.',
      );
    before = data;
    read.last = data.seq;
  }
  read.digest = next.value;
}

function follows(entry: z.infer<typeof entrySchema>, before: z.infer<typeof entrySchema>): boolean {
  return entry.seq === before.seq + 1 && entry.prev_hash === before.hash;
}

/** Reads the header line. Throws `WritError` (`validation_failed`) with a sentence. */
function headerOf(line: string): DataHeader {
  const value = jsonOf(line);
  if (typeof value !== 'object' || value === null || !('writ_data' in value))
    throw refusal('This is no file that Writ wrote: its first line is not the header of a backup or an export.');
  if (value.writ_data !== FORMAT)
    throw refusal(
      'This file has a format that this version of Writ does not know. Use the version that wrote it, or a later one.',
    );
  const parsed = headerSchema.safeParse(value);
  if (!parsed.success) throw refusal(`The header of this file is damaged (${parsed.error.issues[0]?.path.join('.')}).`);
  return parsed.data;
}

async function* rowsAfter(
  header: string,
  lines: AsyncIterator<string>,
  { key, checked }: { readonly key: KeyObject | undefined; readonly checked: string | undefined },
): AsyncGenerator<DataRow, string> {
  const form = new DataFileForm();
  form.take(header);
  const digest = digestWith(key).update(header).update('\n');
  let found = '';
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const line = next.value;
    const row = form.take(line);
    if (row === undefined) {
      found = digest.digest('hex');
      if (form.digest !== found) throw changed();
    } else {
      digest.update(line).update('\n');
      yield row;
    }
  }
  form.end();
  if (checked !== undefined && checked !== found)
    throw refusal('This file was changed while it was read: it is not the one that was checked.');
  return found;
}

const ROW = /^\{"table":"([a-z_]{1,63})","row":(?=\{)/;

/** A row, by the form in which it is written; undefined for every other line. What the row says is for the database to read. */
function rowOf(line: string): DataRow | undefined {
  const [begin, table] = ROW.exec(line) ?? [];
  if (begin === undefined || table === undefined || !line.endsWith('}}')) return undefined;
  return { table, row: line.slice(begin.length, -1) };
}

function jsonOf(line: string): unknown {
  try {
    return parseJsonStrictly(line);
  } catch {
    return undefined;
  }
}

function digestWith(key: KeyObject | undefined) {
  return key === undefined ? createHash('sha256') : createHmac('sha256', key);
}

function refusal(detail: string): WritError {
  return new WritError('validation_failed', { detail });
}

function changed(): WritError {
  return refusal('This file is not as it was written: a byte was changed, or a row removed or added.');
}

/**
 * The form of a data file whose lines pass by: header, rows, and an end that counts them. What the rows say is not checked, nor the digest,
 * for which that of a backup takes the key. Both methods throw `WritError` (`validation_failed`) with a sentence.
 */
export class DataFileForm {
  #header: DataHeader | undefined;
  #rows = 0;
  #digest: string | undefined;

  /** The digest that the end names; undefined before the end. */
  get digest(): string | undefined {
    return this.#digest;
  }

  /** Takes the next line, and returns the row that it is; undefined for the header and the end. */
  take(line: string): DataRow | undefined {
    if (this.#digest !== undefined)
      throw refusal('Something follows the end of this file. Nothing of it can be trusted.');
    if (this.#header === undefined) {
      this.#header = headerOf(line);
      return undefined;
    }
    const row = rowOf(line);
    if (row === undefined) this.#takeEnd(line);
    else this.#rows += 1;
    return row;
  }

  /** The header of a file whose end has come. */
  end(): DataHeader {
    if (this.#header === undefined || this.#digest === undefined)
      throw refusal(`This file was cut off after ${this.#rows} rows: its end is missing.`);
    return this.#header;
  }

  #takeEnd(line: string): void {
    const parsed = endSchema.safeParse(jsonOf(line));
    if (!parsed.success)
      throw refusal(`Line ${this.#rows + 2} of this file is neither a row nor its end: the file is damaged.`);
    const { rows, digest } = parsed.data.end;
    if (rows !== this.#rows) throw changed();
    this.#digest = digest;
  }
}

/** How a backup's file is called: when it was made, and where the log ended. Such names are in the order of time. */
export function backupName({ made_at, log }: Pick<DataHeader, 'made_at' | 'log'>): string {
  const moment = made_at.replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  return `writ-${moment}-${log.seq}-${log.hash.slice(0, 12)}.ndjson.gz`;
}
