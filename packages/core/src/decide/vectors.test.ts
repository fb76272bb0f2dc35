import { describe, expect, test } from 'vitest';
import vectors from '../../../../test/vectors/decide.json' with { type: 'json' };
import type { ResolvedOperation } from '../request/pipeline.ts';
import { detailsSchema } from '../scope/detail.ts';
import { guardrailSchema, SHIPPED_GUARDRAILS } from '../scope/guardrail.ts';
import { decide } from './decide.ts';
import type { ChainLink, DecideInput } from './decision.ts';

interface Vector {
  readonly name: string;
  readonly chain: readonly { readonly link: ChainLink['link']; readonly details: unknown }[];
  readonly guardrails?: unknown[];
  readonly operations: readonly Partial<ResolvedOperation>[];
  readonly expect: {
    readonly result: string;
    readonly code?: string;
    readonly hold_minutes?: number;
    readonly approve?: boolean;
  };
}

const NOW = 1_800_000_000_000;

function inputOf(vector: Vector): DecideInput {
  return {
    connection: 'railway',
    chain: vector.chain.map(({ link, details }) => ({
      link,
      subject: link,
      allowances: detailsSchema.parse(details).map((scope) => ({ scope })),
    })),
    guardrails: [...SHIPPED_GUARDRAILS, ...(vector.guardrails ?? []).map((rule) => guardrailSchema.parse(rule))],
    operations: vector.operations.map((operation) => ({
      name: 'x',
      effect: 'read',
      base_effect: operation.effect ?? 'read',
      arguments: {},
      secret_arguments: [],
      targets: [],
      containers: [],
      environments: [],
      ...operation,
    })),
    now: NOW,
  };
}

describe('the vectors of test/vectors/decide.json', () => {
  test.each(vectors as unknown as Vector[])('$name', (vector) => {
    const decision = decide(inputOf(vector));
    expect(decision).toMatchObject(vector.expect);
    if (vector.expect.code === undefined) expect(decision.code).toBeUndefined();
  });
});
