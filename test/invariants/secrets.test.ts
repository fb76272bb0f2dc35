/**
 * Invariant 1: no answer, log line, row, audit event or crash holds a secret, but for the one answer that hands it out. Markers are
 * planted in every place a secret has; a busy story runs, failures and a crash included; then everything there is, is searched.
 */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { faultControl } from '../stories/failures/with-faults.ts';
import { eventually } from '../support/eventually.ts';
import { openScene, type Scene } from '../support/scene.ts';
import { clients } from './leaks/clients.ts';
import { filesOf, rowsOf } from './leaks/database-text.ts';
import { Evidence } from './leaks/evidence.ts';
import { leaksIn, spellingsOf } from './leaks/markers.ts';
import { people } from './leaks/people.ts';
import { failures, gateway, reads } from './leaks/requests.ts';

test('a marker is found in every spelling', () => {
  const marker = { name: 'it', secret: 'fake/secret+with "all" \\ kinds é' };
  const bytes = Buffer.from(marker.secret);
  for (const text of [
    marker.secret,
    JSON.stringify({ a: marker.secret }),
    encodeURIComponent(marker.secret),
    bytes.toString('hex'),
    ...[0, 1, 2].map((n) => Buffer.concat([randomBytes(n), bytes, randomBytes(2)]).toString('base64')),
  ]) {
    expect(leaksIn('text', `before ${text} after`, [marker])).toEqual(['text: it']);
  }
  expect(leaksIn('text', 'nothing', [marker])).toEqual([]);
  expect(new Set(spellingsOf(marker.secret)).size).toBeGreaterThan(10);
});
describe.each(['embedded', 'postgres'] as const)('on %s', (database) => {
  test('secrets are nowhere', { timeout: 240_000 }, async () => {
    const faults = await faultControl();
    const evidence = new Evidence();
    const scene = await openScene({ database, env: faults.env });
    try {
      await busy(scene, evidence);
      expect(evidence.leaks()).toEqual([]);
      await faults.set({
        crash: evidence.plant('what an unforeseen error says', `fake-crash-${randomBytes(12).toString('hex')}`),
      });
      await eventually(() => expect(scene.send('/healthz')).rejects.toThrow());
      await eventually(async () => expect(scene.broker.logs()).toContain('"event":"crashed"'));
      const said = scene.broker.logs();
      expect(leaksIn('the log', withoutSetupLink(said, scene), evidence.markers)).toEqual([]);
      const stored = await (database === 'postgres'
        ? rowsOf(scene.broker.env['DATABASE_URL'] ?? '')
        : filesOf(scene.broker.env['WRIT_DATA_DIR'] ?? ''));
      expect(stored.length).toBeGreaterThan(10_000);
      expect(stored).toContain('request.refused');
      expect(leaksIn('the database', stored, evidence.markers)).toEqual([]);
    } finally {
      await scene.close();
      await faults.remove();
    }
  });
});

/** The set-up link is printed once for the terminal, and nowhere else. */
function withoutSetupLink(said: string, { broker }: Scene): string {
  expect(said.split(broker.setupToken)).toHaveLength(2);
  return said.replace(`#token=${broker.setupToken}`, '');
}

async function busy(scene: Scene, evidence: Evidence): Promise<void> {
  const { owner, railway, broker } = scene;
  evidence.plant('the root credential', railway.tokens.account);
  evidence.plant('the set-up token', broker.setupToken);
  evidence.plant('the owner password', owner.password);
  evidence.plant('the owner session', owner.cookie.split('=')[1] ?? '');
  evidence.plant('the client secret', scene.agent.secret);
  const agent = await scene.client([{ environments: ['staging', 'shared'], operations: ['*', '*:reveal'] }]);
  evidence.plant('the client secret of the second', agent.secret);
  await people(scene, evidence);
  const token = await clients(scene, { evidence, agent });
  await gateway(scene, { evidence, token });
  await failures(scene, { evidence, token });
  await reads(scene, { evidence, token });
}
