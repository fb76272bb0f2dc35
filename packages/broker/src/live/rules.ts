/** The guardrails in force. */
import { type Guardrail, SHIPPED_GUARDRAILS } from '@writ/core';
import { listGuardrails } from '@writ/store';
import type { BaseServices } from '../context.ts';

/** Reads them. */
export type Rules = () => Promise<readonly Guardrail[]>;

/** The guardrails in force; the same array while they are the same, since `decide` compiles each array once. */
export function createRules({ store, organization_id }: Pick<BaseServices, 'store' | 'organization_id'>): Rules {
  let text = '';
  let rules: readonly Guardrail[] = SHIPPED_GUARDRAILS;
  return async () => {
    const added = (await listGuardrails(store.db, { organization_id })).map(({ rule }) => rule);
    const now = JSON.stringify(added);
    if (now !== text) {
      text = now;
      rules = [...SHIPPED_GUARDRAILS, ...added];
    }
    return rules;
  };
}
