import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
  const set = async (next: Faults): Promise<void> => {
    await writeFile(`${file}.new`, JSON.stringify(next));
    await rename(`${file}.new`, file);
    await sleep(100);
  };
  await set(faults);
  const preload = new URL('./faults.ts', import.meta.url).href;
  return {
    env: { NODE_OPTIONS: `--import=${preload}`, WRIT_TEST_FAULTS: file },
    set,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
