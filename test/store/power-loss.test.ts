import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startProgram } from '../support/program.ts';
import { makePlace } from '../support/store.ts';
import { throwawayFolder } from '../support/throwaway.ts';
import { type PowerJob, problemOfImage } from './power-image.ts';

const program = new URL('./power-cut.ts', import.meta.url);

/** Lets the power fail so often, and looks at all that is left each time. */
async function expectAllThere(job: Omit<PowerJob, 'images'>): Promise<void> {
  const images = await mkdtemp(join(throwawayFolder(), 'writ-power-'));
  const writer = startProgram(program, [JSON.stringify({ ...job, images })]);
  expect([await writer.ended, writer.stderr()]).toEqual([0, '']);
  const made = await readdir(images);
  expect(made).toHaveLength(job.cuts);
  for (const image of made) expect(await problemOfImage(join(images, image)), `image ${image}`).toBeUndefined();
  await rm(images, { recursive: true, force: true });
}

test('an embedded database whose machine loses power has all that it acknowledged, whatever of the rest the disk kept', {
  timeout: 600_000,
}, async () => {
  const place = await makePlace('embedded');
  await expectAllThere({ dataDir: place.options.dataDir ?? '', cuts: 4, seed: 6, gap: 120 });
  await place.remove();
});

test('a first start during which the machine loses power leaves nothing that stops the next', {
  timeout: 600_000,
}, async () => {
  const home = await mkdtemp(join(throwawayFolder(), 'writ-power-'));
  await expectAllThere({ dataDir: join(home, 'data'), cuts: 3, seed: 1, gap: 3_400 });
  await rm(home, { recursive: true, force: true });
});
