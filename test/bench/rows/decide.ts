/**
 * Decisions a second, for a token of ten details within ten grants, against the shipped guardrails.
 *
 * How: in this process, processor time of the thread, median of rounds. The call is one operation in one environment, covered by the
 * last of the ten details and the last of the ten grants, which is the worst case; every call decides anew, nothing is remembered.
 *
 * What it does not show: a call of several operations or environments, which costs about as many times as much.
 */
import { DETAIL_TYPE, type Detail, decide, SHIPPED_GUARDRAILS } from '@writ/core';
import type { DecideInput } from '../../../packages/core/src/decide/decision.ts';
import type { Bench } from '../bench.ts';
import { count, median, type Row } from '../report.ts';

const DETAILS: readonly Detail[] = Array.from({ length: 10 }, (_, index) => ({
  type: DETAIL_TYPE,
  connection: 'railway',
  environments: [index === 9 ? 'staging' : `preview-${index}`],
  operations: ['*:read', 'customDomain*'],
}));

const INPUT: DecideInput = {
  connection: 'railway',
  chain: [
    { link: 'token', subject: 'tok_bench', allowances: DETAILS.map((scope) => ({ scope })) },
    {
      link: 'grants',
      subject: 'agent',
      allowances: DETAILS.map((scope, index) => ({ scope, grant_id: `grt_${index}` })),
    },
  ],
  guardrails: SHIPPED_GUARDRAILS,
  operations: [
    {
      name: 'customDomainCreate',
      effect: 'write',
      base_effect: 'write',
      arguments: {},
      secret_arguments: [],
      targets: [{ kind: 'custom_domain', id: 'app.staging.example.com', within: [] }],
      containers: [],
      environments: [{ slug: 'staging', kind: 'other' }],
    },
  ],
  now: 1_800_000_000_000,
};

/** Measures `decide`. */
export async function decideRow({ quick }: Bench): Promise<readonly Row[]> {
  if (decide(INPUT).result !== 'allow') throw new Error('The call that is measured is not allowed.');
  const rates = Array.from({ length: quick ? 5 : 11 }, () => rate(200_000));
  const value = median(rates.slice(1));
  return [
    {
      work: 'decide',
      value: `${count(value)}/s`,
      against: '',
      baseline: '',
      goal: '500 000/s',
      met: value > 500_000,
      note: 'ten details and ten grants, the last of each covers',
      numbers: { per_second: value },
    },
  ];
}

function rate(calls: number): number {
  const start = process.threadCpuUsage();
  for (let call = 0; call < calls; call += 1) decide(INPUT);
  const { user, system } = process.threadCpuUsage(start);
  return (calls * 1e6) / (user + system);
}
