import { describe, expect, test } from 'vitest';
import { type BlastItem, type BlastRadius, blastIds, isSameBlast, namedIn } from './described.ts';

const backup = (id: string, more: Partial<BlastItem> = {}): BlastItem => ({ kind: 'backup', id, facts: {}, ...more });
const SHOWN: BlastRadius = {
  dies: [
    { kind: 'volume_instance', id: 'vi_2', name: 'data', environment: 'production', facts: { used_mb: 7 } },
    { kind: 'volume_instance', id: 'vi_1', facts: {} },
    { kind: 'deployment', id: 'd_1', facts: {}, automatic: true },
  ],
  backups_lost: [backup('bk_1'), backup('bk_daily', { automatic: true })],
  backups_left: [backup('bk_9', { newest: true }), backup('bk_8'), backup('bk_auto', { automatic: true })],
  unknown: ['what becomes of it'],
};
const same = (change: Partial<BlastRadius>) => isSameBlast(blastIds(SHOWN), blastIds({ ...SHOWN, ...change }));

test('what is compared is ids alone, sorted, without what the provider makes by itself', () => {
  expect(blastIds(SHOWN)).toEqual({
    dies: ['volume_instance:vi_1', 'volume_instance:vi_2'],
    backups_lost: ['backup:bk_1'],
    backups_left: ['backup:bk_8', 'backup:bk_9'],
    automatic_left: 1,
  });
});

describe('what was shown', () => {
  test('still holds where only the order, names, measured values and what the provider makes by itself changed', () => {
    const dies = [...SHOWN.dies].reverse().map((item) => ({ ...item, name: 'x', facts: { used_mb: 8 } }));
    expect(same({ dies })).toBe(true);
    expect(same({ dies: dies.filter(({ kind }) => kind !== 'deployment') })).toBe(true);
    expect(same({ backups_lost: [backup('bk_1'), backup('bk_nightly', { automatic: true })] })).toBe(true);
    expect(same({ unknown: [] })).toBe(true);
  });
  test('no longer holds where more or less dies, or another backup', () => {
    expect(same({ dies: [...SHOWN.dies, { kind: 'volume_instance', id: 'vi_3', facts: {} }] })).toBe(false);
    expect(same({ dies: SHOWN.dies.slice(1) })).toBe(false);
    expect(same({ backups_lost: [] })).toBe(false);
    expect(same({ backups_lost: [...SHOWN.backups_lost, backup('bk_2')] })).toBe(false);
    // The same id of another kind is another thing.
    expect(same({ dies: SHOWN.dies.map((item) => ({ ...item, kind: 'volume' })) })).toBe(false);
  });
  test('no longer holds where a backup outside vanished; a new one is no difference, and stands for none that vanished', () => {
    const [nine, eight, automatic] = SHOWN.backups_left as [BlastItem, BlastItem, BlastItem];
    expect(same({ backups_left: [backup('bk_10'), nine, eight, automatic] })).toBe(true);
    expect(same({ backups_left: [backup('bk_10'), eight, automatic] })).toBe(false);
    expect(same({ backups_left: [nine, eight] })).toBe(false);
    expect(same({ backups_left: [backup('bk_10'), nine, eight] })).toBe(false);
    expect(same({ backups_left: [nine, eight, backup('bk_auto_2', { automatic: true })] })).toBe(true);
  });
});

test('everything that is shown by a name is told: things, what they are of, places and what holds those', () => {
  const place = { kind: 'environment', id: 'e_1', name: 'live', container: 'shop', within: 'project:p_1' };
  const named = namedIn({
    ...SHOWN,
    dies: [{ kind: 'volume_instance', id: 'vi_1', name: 'data', of: 'volume:v_1', facts: {} }],
    targets: [{ operation: 'x', kind: 'volume', id: 'v_1', environments: [], facts: {} }],
    environments: [{ slug: 'production', kind: 'protected', provider: [place, { ...place, id: 'e_2' }] }],
    confirm: [],
    stored_state: [],
    undescribable: [],
  });
  expect([...named].filter((each) => !each.startsWith('backup:')).sort()).toEqual([
    'environment:e_1',
    'environment:e_2',
    'project:p_1',
    'volume:v_1',
    'volume_instance:vi_1',
  ]);
  expect(named).toContain('backup:bk_9');
});
