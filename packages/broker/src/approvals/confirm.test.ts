/** What must be typed before a yes: never nothing where something is destroyed in a protected environment. */
import type { Described, Effect, ResolvedOperation } from '@writ/core';
import { expect, test } from 'vitest';
import { confirmOf, linesToType } from './confirm.ts';

const PRODUCTION = { slug: 'production', kind: 'protected' } as const;
const STAGING = { slug: 'staging', kind: 'other' } as const;
const SHARED = { slug: 'shared', kind: 'protected' } as const;

const operation = (name: string, environments: readonly object[], effect: Effect = 'destroy') =>
  ({
    ...{ name, effect, base_effect: effect, arguments: {}, secret_arguments: [], containers: [], environments },
    targets: [{ kind: 'volume', id: 'v_1', within: [] }],
  }) as unknown as ResolvedOperation;
const described = (confirm: Described['confirm']): Described => ({
  ...{ dies: [], backups_lost: [], backups_left: [], unknown: [], targets: [], environments: [] },
  ...{ confirm, stored_state: [], undescribable: [] },
});
const line = (environment: string, target = 'volume:v_1') => ({ environment, target, text: `${environment}/data` });

const both = [STAGING, PRODUCTION];
const filler = Array.from({ length: 500 }, (_, n) => ({ ...line('staging'), text: `staging/${n}` }));

test.each<[string, ResolvedOperation[], Described['confirm'], string[]]>([
  ['what the provider named', [operation('volumeDelete', both)], [line('production')], ['production/data']],
  [
    'the operation, where the provider named nothing',
    [operation('volumeDelete', both)],
    [],
    ['production/volumeDelete'],
  ],
  [
    'it too where what was named is elsewhere',
    [operation('volumeDelete', both)],
    [line('staging')],
    ['production/volumeDelete'],
  ],
  [
    'each operation for itself',
    [operation('volumeDelete', [PRODUCTION]), operation('serviceDelete', [SHARED, PRODUCTION])],
    [],
    ['production/volumeDelete', 'production/serviceDelete'],
  ],
  [
    'one that has no line of its own beside one that has',
    [operation('volumeDelete', [PRODUCTION]), { ...operation('planDelete', [SHARED]), targets: [] }],
    [line('production')],
    ['production/data', 'shared/planDelete'],
  ],
  [
    'what stands behind many others',
    [operation('volumeDelete', both)],
    [...filler, line('production')],
    ['production/data'],
  ],
  ['nothing outside of protected environments', [operation('volumeDelete', [STAGING])], [line('staging')], []],
  ['nothing where nothing is destroyed', [operation('redeploy', [PRODUCTION], 'execute')], [], []],
])('is %s', (_, operations, confirm, lines) => {
  expect(confirmOf(operations, described(confirm))).toEqual(lines);
});

test('what was kept without a line has one all the same', () => {
  const operations = [operation('volumeDelete', both)].map((each) => ({
    ...each,
    ...{ targets: [], environments: [...each.environments], arguments: {} },
  }));
  expect(linesToType({ confirm: [], operations })).toEqual(['production/volumeDelete']);
  expect(linesToType({ confirm: ['production/data'], operations })).toEqual(['production/data']);
});
