import { join } from 'node:path';
import { isJsonObject, parseJsonStrictly, systemCode } from '@writ/core';
import { EXIT, Failure } from '../failure.ts';
import { readPrivateFile } from './private-file.ts';
import { writePrivate } from './session-file.ts';

/** The pin of a broker's audit log: the key that signs its checkpoints, and the last checkpoint that was shown. */
export interface Pin {
  /** `name+keyid+key` (C2SP signed-note). */
  readonly vkey: string;
  /** The signed note. */
  readonly note: string;
}

/** Where pins are kept. */
export const pinFile = (configDir: string): string => join(configDir, 'checkpoints.json');

/** Reads the pins, by broker URL; none where there is no file. A damaged file is refused: it may be the only copy to compare with. */
export async function readPins(configDir: string): Promise<ReadonlyMap<string, Pin>> {
  const path = pinFile(configDir);
  const text = await readPrivateFile(path, 'The file of checkpoints').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return '{}';
    throw error;
  });
  const value = parse(text);
  if (!isJsonObject(value)) throw damaged(path);
  const pins = Object.entries(value).map(([url, pin]): [string, Pin] => {
    if (!isJsonObject(pin)) throw damaged(path);
    const { vkey, note } = pin;
    if (typeof vkey !== 'string' || typeof note !== 'string') throw damaged(path);
    return [url, { vkey, note }];
  });
  return new Map(pins);
}

/** Keeps the pin of a broker, in the place of an earlier one. */
export async function keepPin(configDir: string, { url, ...pin }: Pin & { readonly url: string }): Promise<void> {
  const pins = new Map(await readPins(configDir)).set(url, pin);
  await writePrivate(pinFile(configDir), `${JSON.stringify(Object.fromEntries(pins), null, 2)}\n`);
}

function parse(text: string): unknown {
  try {
    return parseJsonStrictly(text);
  } catch {
    return undefined;
  }
}

function damaged(path: string): Failure {
  return new Failure(
    EXIT.failed,
    `${path} is damaged. It holds the keys and checkpoints of audit logs: put back a copy, or remove it and begin anew.`,
  );
}
