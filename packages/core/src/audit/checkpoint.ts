/** C2SP tlog-checkpoints: what a log commits to, as a signed note. */
import { type NoteSigner, type NoteVerifier, openNote, signNote } from './signed-note.ts';

/** What a checkpoint says: that the log of this origin has so many entries, and this root. */
export interface Checkpoint {
  /** Names the log: a URL without its scheme, no white space or `+`. Writ's is `<host>[:port]/audit/<organisation>`. */
  readonly origin: string;
  readonly size: number;
  /** 32 bytes, by `rootHash`. */
  readonly root: Uint8Array;
}

/** Returns the text that is signed: origin, size and root in base64, each on a line. Throws `TypeError` for what cannot be one. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  if (!/^[^\s+]{1,300}$/u.test(origin) || !Number.isSafeInteger(size) || size < 0 || root.length !== 32) {
    throw new TypeError('not a checkpoint');
  }
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** Reads a checkpoint's text, without its signatures; undefined for anything else. Extension lines are passed over. */
export function parseCheckpointText(text: string): Checkpoint | undefined {
  if (!text.endsWith('\n')) return undefined;
  const [origin = '', digits = '', encoded = '', ...extensions] = text.slice(0, -1).split('\n');
  const size = Number(digits);
  const root = Buffer.from(encoded, 'base64');
  if (!/^[^\s+]{1,300}$/u.test(origin) || !/^(0|[1-9][0-9]*)$/.test(digits) || !Number.isSafeInteger(size)) {
    return undefined;
  }
  if (root.length !== 32 || root.toString('base64') !== encoded || extensions.includes('')) return undefined;
  return { origin, size, root };
}

/** Signs a checkpoint. The signer must never be given two trees of which neither begins the other. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  return signNote(checkpointText(checkpoint), signer);
}

/** Returns what a signed checkpoint says; undefined unless the verifier's key signed it and, where one is given, it is of that origin. */
export function openCheckpoint(
  note: string,
  verifier: NoteVerifier & { readonly origin?: string },
): Checkpoint | undefined {
  const text = openNote(note, verifier);
  const checkpoint = text === undefined ? undefined : parseCheckpointText(text);
  const isWanted = verifier.origin === undefined || checkpoint?.origin === verifier.origin;
  return isWanted ? checkpoint : undefined;
}
