import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditHead, exportAuditEvents, openStore, DEFAULT_ORGANIZATION as organization_id } from '@writ/store';
import { expect, test } from 'vitest';
import { verifyChain } from '../../packages/core/src/audit/chain.ts';
import { startProgram } from '../support/program.ts';
import { makePlace } from '../support/store.ts';

const program = new URL('./power-cut.ts', import.meta.url);

test('an embedded database whose machine loses power has every event it acknowledged, and any part of the rest that the disk kept', {
  timeout: 600_000,
}, async () => {
  const place = await makePlace('embedded');
  const images = await mkdtemp(join(tmpdir(), 'writ-power-'));
  const writer = startProgram(program, [place.options.dataDir ?? '', images]);
  expect(await writer.ended, writer.stderr()).toBe(0);
  for (let image = 0; image < 6; image += 1) {
    const dataDir = join(images, String(image));
    const acknowledged: number[] = JSON.parse(await readFile(join(dataDir, 'acknowledged.json'), 'utf8'));
    const store = await openStore({ dataDir, now: Date.now });
    const entries = await Array.fromAsync(exportAuditEvents(store.db, { organization_id }));
    const head = await auditHead(store.db, { organization_id });
    await store.close();
    expect(await verifyChain(entries, { head }), `image ${image}`).toMatchObject({ whole: true });
    for (const seq of acknowledged)
      expect(entries[seq - 1] ?? '', `image ${image}, event ${seq}`).toContain('"kind":"power.test"');
    if (image > 0) expect(acknowledged.length, `image ${image}`).toBeGreaterThan(0);
  }
  await rm(images, { recursive: true, force: true });
  await place.remove();
});
