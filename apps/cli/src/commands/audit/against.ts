import { readFile } from 'node:fs/promises';
import { type Checkpoint, inert, type SignedTree } from '@writ/core';
import type { Cli } from '../../cli.ts';
import { type Pin, pinFile, readPins } from '../../input/pin-file.ts';
import { claimedOrigin, distrust, givenKey, openOwn } from './signed.ts';

/** The checkpoint with which a log is compared, and the key to trust. */
export interface Against {
  readonly checkpoint: string;
  /** Without it, the key and the checkpoint that were saved by `writ audit checkpoint`. */
  readonly vkey?: string | undefined;
}

/**
 * Reads the signed trees of a log: the checkpoint in the file and, where its key is a saved one, also the checkpoint that was saved with
 * it. Throws a `Failure` that says what is wrong with a checkpoint. Asks no server.
 */
export async function signedTrees(cli: Cli, { checkpoint: path, vkey }: Against): Promise<readonly SignedTree[]> {
  const note = await readFile(path, 'utf8');
  const own = (checkpoint: Checkpoint): SignedTree => ({
    ...sizeOf(checkpoint),
    name: `the checkpoint in ${inert(path)}`,
  });
  if (vkey !== undefined) {
    const checkpoint = openOwn(note, givenKey(vkey));
    if (checkpoint === undefined) throw refused(note, { path, why: 'by the key given with --vkey' });
    return [own(checkpoint)];
  }
  const pins = [...(await readPins(cli.config.configDir)).values()];
  const pin = pins.find((one) => openOwn(note, one.vkey) !== undefined);
  const checkpoint = pin && openOwn(note, pin.vkey);
  if (checkpoint === undefined) throw unknownKey(note, { path, pins, file: pinFile(cli.config.configDir) });
  const saved = pin && openOwn(pin.note, pin.vkey);
  return saved === undefined ? [own(checkpoint)] : [own(checkpoint), savedTree(saved, checkpoint)];
}

function savedTree(saved: Checkpoint, given: Checkpoint): SignedTree {
  const name =
    given.size < saved.size ? 'a newer checkpoint, saved on this machine,' : 'the checkpoint saved on this machine';
  return { ...sizeOf(saved), name };
}

function sizeOf({ size, root }: Checkpoint) {
  return { size, root };
}

interface Known {
  readonly path: string;
  readonly pins: readonly Pin[];
  readonly file: string;
}

function unknownKey(note: string, { path, pins, file }: Known) {
  const origin = claimedOrigin(note);
  if (origin !== undefined && !pins.some((pin) => pin.vkey.startsWith(`${origin}+`))) {
    return distrust(
      'key_unknown',
      `No key of ${origin} is saved in ${inert(file)}. Run \`writ audit checkpoint\` once while you trust the broker, or give --vkey with the key its administrator shows.`,
    );
  }
  return refused(note, { path, why: `by the key saved in ${inert(file)}` });
}

function refused(note: string, { path, why }: { readonly path: string; readonly why: string }) {
  const origin = claimedOrigin(note);
  if (origin === undefined) return distrust('checkpoint_malformed', `${inert(path)} is not a checkpoint.`);
  return distrust(
    'wrong_key',
    `${inert(path)} says it is a checkpoint of ${origin}, but was not signed ${why}: it was forged, edited, or signed with another key.`,
  );
}
