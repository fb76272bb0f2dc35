import type { Guardrail } from '@writ/core';
import type { ReactNode } from 'react';
import { TextLink } from './link.tsx';

/** What an address says of a rule: its environments and its operations, as one text. */
export function ruleAddress({ environments, operations }: Pick<Guardrail, 'environments' | 'operations'>): string {
  return `${environments}/${operations}`;
}

interface RuleLinkProps {
  /** The connection whose page shows it. */
  readonly connection: string;
  readonly rule: Pick<Guardrail, 'environments' | 'operations'>;
  readonly children: ReactNode;
}

/** A link to all guardrails of a connection, in text. */
export function GuardrailsLink({ connection, children }: Pick<RuleLinkProps, 'connection' | 'children'>) {
  return (
    <TextLink inherit to="/connections/$slug" params={{ slug: connection }} search={{ tab: 'guardrails' }}>
      {children}
    </TextLink>
  );
}

/** A link to a guardrail, where it is seen among the others. */
export function RuleLink({ connection, rule, children }: RuleLinkProps) {
  return (
    <TextLink
      to="/connections/$slug"
      params={{ slug: connection }}
      search={{ tab: 'guardrails', rule: ruleAddress(rule) }}
      underline="always"
    >
      {children}
    </TextLink>
  );
}
