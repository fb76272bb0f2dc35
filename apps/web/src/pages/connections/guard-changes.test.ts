import { type Guardrail, SHIPPED_GUARDRAILS } from '@writ/core';
import { expect, test } from 'vitest';
import { type Place, ruleChanges } from './guard-changes.ts';

const at = (slug: string, kind: Place['kind'] = 'protected'): Place => ({ connection: 'railway', slug, kind });

test('under another name, rules that name the old one stop and rules that name the new one begin, also for one operation', () => {
  const rule = (environments: string, more: Partial<Guardrail> = {}): Guardrail => ({
    environments,
    operations: 'volumeDelete',
    outcome: 'deny',
    ...more,
  });
  const [old, fresh] = [rule('production'), rule('prod', { operations: '*:write', outcome: 'approve' })];
  const elsewhere = [rule('production', { connection: 'other' }), rule('staging')];
  const ofKind = rule('protected');
  const rules = [...SHIPPED_GUARDRAILS, old, fresh, ...elsewhere, ofKind];
  expect(ruleChanges(rules, at('production'), at('prod'))).toEqual({ stop: [old], begin: [fresh] });
  expect(ruleChanges(rules, at('production'), at('new'))).toEqual({ stop: [old], begin: [] });
  expect(ruleChanges(rules, at('production'), at('production', 'other'))).toEqual({ stop: [ofKind], begin: [] });
  expect(ruleChanges(SHIPPED_GUARDRAILS, at('production'), at('prod'))).toEqual({ stop: [], begin: [] });
});
