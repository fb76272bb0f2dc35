import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { Faults } from './faults.ts';

/** A broker's faults, from the test's side. */
export interface FaultControl {
  /** What the broker must be started with. */
  readonly env: Readonly<Record<string, string>>;
  /** Replaces the faults there are; resolves when the broker has taken notice. */
  set(faults: Faults): Promise<void>;
  remove(): Promise<void>;
}

/** Makes the control of one broker's faults. */
export async function faultControl(faults: Faults = {}): Promise<FaultControl> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-test-'));
  const file = join(folder, 'faults.json');
  const taken = `${file}.taken`;
  const set = async (next: Faults): Promise<void> => {
    const text = JSON.stringify(next);
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
    // A broker that was not started yet reads them as it starts.
    if (existsSync(taken)) await eventually(async () => expect(await readFile(taken, 'utf8')).toBe(text));
  };
  await set(faults);
  const preload = new URL('./faults.ts', import.meta.url).href;
  return {
    env: { NODE_OPTIONS: `--import=${preload}`, WRIT_TEST_FAULTS: file },
    set,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
