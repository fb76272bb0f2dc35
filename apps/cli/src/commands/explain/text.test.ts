import type { OutputOf } from '@writ/api';
import { expect, test } from 'vitest';
import { explanationText } from './text.ts';

type Explanation = OutputOf<'explain'>;
const REFUSED: Explanation = {
  result: 'refuse',
  code: 'operation_not_granted',
  detail: 'Nothing would be sent.',
  operations: [],
  pairs: [],
  reasons: [],
  missing: [],
  limits: [],
  allowances: [],
  approve: false,
  hold_minutes: 0,
  blast_radius: null,
  recent_renames: [],
  recent_renames_more: 0,
};
const lost = { kind: 'backup', id: 'bk_1', environment: 'production', facts: { used_mb: 12 } };
const radius = {
  dies: [{ kind: 'volume', id: 'v_1', name: 'data\u001b[2J', facts: {} }],
  backups_lost: [lost],
  backups_left: [],
  unknown: ['what becomes of it'],
  targets: [],
  environments: [],
  confirm: [],
  stored_state: [],
  undescribable: [],
};
const textOf = (blast_radius: Explanation['blast_radius']): string =>
  explanationText({ ...REFUSED, blast_radius }, 100);

test('what would be destroyed is told, with the backups that go with it and what is not known', () => {
  const text = textOf(radius);
  expect(text).toContain('What would be destroyed:');
  expect(text).toMatch(/backup +bk_1 .*production .*used_mb 12/);
  expect(text).toContain('No backup of it would be left.');
  expect(text).toContain('Not known:\n  what becomes of it');
  expect(text).not.toContain('\u001b');
});

test('a backup that would be left is named, and where nothing is destroyed nothing is said', () => {
  const text = textOf({ ...radius, backups_left: [{ ...lost, id: 'bk_2' }] });
  expect(text.split('would be left, newest first:')[1]).toContain('bk_2');
  expect(text).not.toContain('No backup of it');
  expect(textOf(null)).toBe('REFUSED (operation_not_granted)\n\nNothing would be sent.');
});

test('what it acts on, where, what is stored, what is typed and why nobody could approve it fit 80 columns', () => {
  const long = 'a'.repeat(30);
  const text = explanationText(
    {
      ...REFUSED,
      blast_radius: {
        ...radius,
        targets: [
          { ...lost, kind: 'volume', name: `${long}\u202e`, operation: 'volumeDelete', environments: ['production'] },
        ],
        environments: [
          {
            slug: 'production',
            kind: 'protected',
            provider: [{ kind: 'environment', id: 'e_1', name: 'live', container: 'shop', within: 'project:p_1' }],
          },
          { slug: 'shared', kind: 'protected', provider: [] },
        ],
        backups_left: [{ ...lost, id: 'bk_2', newest: true, automatic: true }],
        confirm: [{ target: 'volume:v_1', environment: 'production', text: 'production/data' }],
        stored_state: [{ name: 'staged_patch e_1', version: 'abc', shown: { volumes: { v_1: { isDeleted: true } } } }],
        undescribable: ['Railway does not say what is staged.'],
      },
      recent_renames: [
        {
          kind: 'volume',
          id: 'v_1',
          before: `rentals-data-${long}`,
          to: 'old-test\u202e',
          at: '2026-11-27T10:00:00.000Z',
        },
      ],
    },
    80,
  );
  expect(text).toMatch(/production +protected +shop\/live \(e_1\)/);
  expect(text).toContain('newest');
  expect(text).toMatch(/Names that this client changed in the last 7 days:\n.*\nvolume:v_1 +rentals-data-/);
  expect(text).toContain('"isDeleted": true');
  expect(text).toContain('To confirm it, one would type:\n  production/data');
  expect(text).toContain('Nobody could approve it:\n  Railway does not say what is staged.');
  expect(text).not.toContain('\u202e');
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});
