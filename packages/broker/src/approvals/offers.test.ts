/** The narrowest lasting mend: what an owner is offered, and that it would really be enough. */
import { type Effect, type Guardrail, SHIPPED_GUARDRAILS } from '@writ/core';
import { expect, test } from 'vitest';
import { offersOf } from './offers.ts';

const APPROVING = SHIPPED_GUARDRAILS.filter(({ outcome }) => outcome === 'approve');
const ASKED = { connection: 'acme', quorum: 1, hold_minutes: 0, client_id: 'helper', task: { id: 'tsk_1' } };
const operation = (
  name: string,
  effect: Effect,
  environments: [string, 'protected' | 'other'][],
  base_effect = effect,
) => ({
  ...{ name, effect, base_effect, arguments: {}, targets: [] },
  environments: environments.map(([slug, kind]) => ({ slug, kind })),
});
const READ: Guardrail = { environments: 'staging', operations: 'read', outcome: 'approve' };
const LARGE: Guardrail['when'] = { amount: { at_least: 5_000 } };
const FORBIDS: Guardrail = { environments: 'production', operations: 'redep*', outcome: 'deny' };
const redeploying = operation('redeploy', 'execute', [['production', 'protected']]);
const offered = (
  operations: ReturnType<typeof operation>[],
  {
    rules = APPROVING,
    hold_minutes = 0,
  }: { readonly rules?: readonly Guardrail[]; readonly hold_minutes?: number } = {},
): string[] =>
  offersOf({ operations }, { ...ASKED, hold_minutes }, rules)
    .filter(({ kind }) => kind === 'guardrail')
    .map(({ command }) => command);

test.each<[string, string[], string[]]>([
  [
    'one operation in one environment: one rule for it',
    offered([operation('redeploy', 'execute', [['production', 'protected']])]),
    ['writ guardrail set production redeploy allow --connection acme'],
  ],
  [
    'what destroys keeps the window in which it can be cancelled',
    offered([operation('volumeDelete', 'destroy', [['production', 'protected']])], { hold_minutes: 60 }),
    ['writ guardrail set production volumeDelete hold --minutes 60 --connection acme'],
  ],
  [
    'an effect that was raised is named',
    offered([operation('update', 'execute', [['production', 'protected']], 'write')]),
    ['writ guardrail set production update:execute allow --connection acme'],
  ],
  [
    'only where a yes is wanted',
    offered([
      operation('redeploy', 'execute', [
        ['production', 'protected'],
        ['staging', 'other'],
      ]),
    ]),
    ['writ guardrail set production redeploy allow --connection acme'],
  ],
  [
    'a name that a shell would read otherwise is quoted',
    offered([operation("odd'name $x", 'execute', [['production', 'protected']])]),
    [String.raw`writ guardrail set production 'odd'\''name $x' allow --connection acme`],
  ],
  [
    'a rule for just this is replaced: one beside it would change nothing',
    offered([operation('read', 'read', [['staging', 'other']])], {
      rules: [{ ...READ, connection: 'acme', quorum: 2 }],
    }),
    ['writ guardrail set staging read allow --connection acme'],
  ],
  [
    'a rule for just this in every connection is not replaced: that would loosen the others too',
    offered([operation('read', 'read', [['staging', 'other']])], { rules: [READ] }),
    [],
  ],
  [
    'none that would overrule a rule that forbids, be it under conditions',
    [
      ...offered([redeploying], { rules: [...APPROVING, { ...FORBIDS, operations: 'redeploy' }] }),
      ...offered([redeploying], { rules: [...APPROVING, { ...FORBIDS, environments: 'protected', when: LARGE }] }),
      ...offered([{ ...redeploying, base_effect: 'read' }], { rules: [...APPROVING, FORBIDS] }),
    ],
    [],
  ],
  [
    'none that would overrule a rule for other calls that nobody has seen here',
    offered([{ ...redeploying, arguments: { amount: 1 } }], {
      rules: [...APPROVING, { environments: 'protected', operations: '*', when: LARGE, outcome: 'approve', quorum: 3 }],
    }),
    [],
  ],
  [
    'a rule that forbids elsewhere changes nothing',
    offered([redeploying], {
      rules: [...APPROVING, { ...FORBIDS, connection: 'other' }, { ...FORBIDS, environments: 'staging' }],
    }),
    ['writ guardrail set production redeploy allow --connection acme'],
  ],
  [
    'a rule with conditions is replaced under the same conditions',
    offered([{ ...operation('read', 'read', [['staging', 'other']]), arguments: { input: { name: 'c' } } }], {
      rules: [{ ...READ, when: { 'input.name': { one_of: ['a b', 'c'] } }, connection: 'acme' }],
    }),
    ["writ guardrail set staging read allow --when 'input.name one_of a b, c' --connection acme"],
  ],
  [
    'a rule of many environments is loosened only for calls that are plainly within its conditions',
    offered([{ ...operation('refund', 'write', [['production', 'protected']]), arguments: { amount: 7_000 } }], {
      rules: [{ environments: 'protected', operations: 'refund', when: LARGE, outcome: 'approve' }],
    }),
    ["writ guardrail set production refund allow --when 'amount at_least 5000' --connection acme"],
  ],
  [
    'what waits besides goes on to wait',
    offered([operation('run', 'execute', [['production', 'protected']])], {
      rules: [...APPROVING, { environments: 'protected', operations: '*:execute', outcome: 'hold', hold_minutes: 9 }],
    }),
    ['writ guardrail set production run hold --minutes 9 --connection acme'],
  ],
  [
    'none where no single rule would do',
    offered([operation('read', 'read', [['staging', 'other']])], {
      rules: [READ, { ...READ, connection: 'acme' }],
    }),
    [],
  ],
  [
    'of more than ten none is narrow',
    offered(Array.from({ length: 11 }, (_, n) => operation(`op${n}`, 'execute', [['production', 'protected']]))),
    [],
  ],
])('%s', (_, commands, wanted) => {
  expect(commands).toEqual(wanted);
});

const target = { kind: 'service', id: 's_1' };
const redeploy = { ...operation('redeploy', 'execute', [['production', 'protected']]), targets: [target] };
const allowed = (operations: (typeof redeploy)[], asked: object = {}): string[] =>
  offersOf({ operations }, { ...ASKED, ...asked }, APPROVING)
    .filter(({ kind }) => kind === 'allowance')
    .map(({ command }) => command);

test('first an allowance for the same operations on the same things', () => {
  expect(allowed([redeploy])).toEqual([
    'writ allowances create helper tsk_1 acme/production/redeploy:execute --resource service:s_1 --uses 5 --for 1h',
  ]);
  const [first] = offersOf({ operations: [redeploy] }, ASKED, APPROVING);
  expect(first).toMatchObject({
    kind: 'allowance',
    detail: { environments: ['production'], operations: ['redeploy:execute'], resources: ['service:s_1'] },
  });
});

test('no allowance is offered where none may stand: what destroys or escalates there, a hold, a quorum', () => {
  const drop = { ...operation('drop', 'destroy', [['production', 'protected']]), targets: [target] };
  const invite = { ...operation('invite', 'escalate', [['production', 'protected']]), targets: [target] };
  expect([...allowed([drop]), ...allowed([redeploy, invite])]).toEqual([]);
  expect([...allowed([redeploy], { hold_minutes: 5 }), ...allowed([redeploy], { quorum: 2 })]).toEqual([]);
});

test('an offered guardrail comes with its rule, for this operation in this environment of this connection', () => {
  const drop = operation('drop', 'destroy', [['production', 'protected']]);
  const rules = [redeploy, drop].map(
    (one) =>
      offersOf({ operations: [one] }, { ...ASKED, hold_minutes: 60 }, APPROVING).find(
        ({ kind }) => kind === 'guardrail',
      )?.rule,
  );
  const place = { connection: 'acme', environments: 'production' };
  expect(rules).toEqual([
    { ...place, operations: 'redeploy', outcome: 'allow' },
    { ...place, operations: 'drop', outcome: 'hold', hold_minutes: 60 },
  ]);
});
