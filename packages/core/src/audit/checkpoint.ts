/** Checkpoints of a log (C2SP tlog-checkpoint): its size and root as a signed note. */
import { type NoteSigner, type NoteVerifier, openNote, signNote } from './signed-note.ts';

/** The content of a checkpoint: the log of this origin has `size` entries and this root. */
export interface Checkpoint {
  /** The name of the log: a URL without scheme, white space and `+`. Writ's is `<host>[:port]/audit/<organisation>`. */
  readonly origin: string;
  readonly size: number;
  /** The root of the tree: 32 bytes, as `rootHash` returns them. */
  readonly root: Uint8Array;
}

/** Returns the text that is signed: origin, size and root in base64, each on a line. Throws `TypeError` for an invalid checkpoint. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  if (!/^[^\s+]{1,300}$/u.test(origin) || !Number.isSafeInteger(size) || size < 0 || root.length !== 32) {
    throw new TypeError('not a checkpoint');
  }
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** Reads a checkpoint's text, without its signatures; undefined for any other text. Extension lines are ignored. */
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

/** Signs a checkpoint. The signer must never sign two trees of which neither is the beginning of the other. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  return signNote(checkpointText(checkpoint), signer);
}

/** Returns the content of a signed checkpoint. Undefined if the verifier's key did not sign it, or if it has not the given origin. */
export function openCheckpoint(
  note: string,
  verifier: NoteVerifier & { readonly origin?: string },
): Checkpoint | undefined {
  const text = openNote(note, verifier);
  const checkpoint = text === undefined ? undefined : parseCheckpointText(text);
  const isWanted = verifier.origin === undefined || checkpoint?.origin === verifier.origin;
  return isWanted ? checkpoint : undefined;
}
