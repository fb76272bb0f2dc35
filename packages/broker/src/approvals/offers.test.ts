/** The narrowest lasting mend: what an owner is offered, and that it would really be enough. */
import { type Effect, type Guardrail, SHIPPED_GUARDRAILS } from '@writ/core';
import { expect, test } from 'vitest';
import { offersOf } from './offers.ts';

const APPROVING = SHIPPED_GUARDRAILS.filter(({ outcome }) => outcome === 'approve');
const operation = (
  name: string,
  effect: Effect,
  environments: [string, 'protected' | 'other'][],
  base_effect = effect,
) => ({
  ...{ name, effect, base_effect, arguments: {}, targets: [] },
  environments: environments.map(([slug, kind]) => ({ slug, kind })),
});
const offered = (operations: ReturnType<typeof operation>[], { rules = APPROVING, hold_minutes = 0 } = {}): string[] =>
  offersOf({ operations, rules: [...rules] }, { connection: 'acme', hold_minutes }).map(({ command }) => command);

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
    'a rule of a named environment wants it too',
    offered([operation('read', 'read', [['staging', 'other']])], {
      rules: [{ environments: 'staging', operations: 'read', outcome: 'approve' } satisfies Guardrail],
    }),
    ['writ guardrail set staging read allow --connection acme'],
  ],
  [
    'of more than ten none is narrow',
    offered(Array.from({ length: 11 }, (_, n) => operation(`op${n}`, 'execute', [['production', 'protected']]))),
    [],
  ],
])('%s', (_, commands, wanted) => {
  expect(commands).toEqual(wanted);
});
