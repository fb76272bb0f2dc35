/** Signed checkpoints as commands read them: with the key that was given, or the one that was saved. */
import {
  type Checkpoint,
  inertLine,
  type NoteVerifier,
  openCheckpoint,
  parseCheckpointText,
  parseNoteVerifier,
} from '@writ/core';
import { EXIT, Failure, usage } from '../../failure.ts';

/** Reads `--vkey`. */
export function givenKey(text: string): NoteVerifier {
  const verifier = parseNoteVerifier(text.trim());
  if (verifier !== undefined) return verifier;
  throw usage('--vkey must be a public key as `writ audit checkpoint --json` shows it: name+keyid+key.');
}

/** Opens a note with a key. Throws where its checkpoint is of another log than the key is named for. */
export function openOwn(note: string, vkey: string | NoteVerifier): Checkpoint | undefined {
  const verifier = typeof vkey === 'string' ? parseNoteVerifier(vkey) : vkey;
  return verifier && openCheckpoint(note, { ...verifier, origin: verifier.name });
}

/** The name of the log in a note, safe to print, before any signature is checked; undefined where the note is no checkpoint. */
export function claimedOrigin(note: string): string | undefined {
  const origin = parseCheckpointText(note.slice(0, note.lastIndexOf('\n\n') + 1))?.origin;
  return origin === undefined ? undefined : inertLine(origin, 300);
}

/** The failure of a checkpoint: `code` for scripts, a sentence for people. */
export function distrust(code: string, sentence: string): Failure {
  return new Failure(EXIT.failed, sentence, { problem: { code, detail: sentence } });
}
