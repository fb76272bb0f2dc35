import {
  decide,
  ERROR_CODES,
  type ErrorCode,
  type Guardrail,
  type ResolvedOperation,
  refuseUncoverable,
  SHIPPED_GUARDRAILS,
  statusOf,
} from '@writ/core';
import { describe, expect, test } from 'vitest';
import { operation } from '../../test/plain-provider.ts';
import { callerWith } from '../../test/support.ts';
import { gatewayCode, problemFor, type RefusalFacts } from './problem.ts';

const PRODUCTION = { slug: 'production', kind: 'protected' } as const;
const STAGING = { slug: 'staging', kind: 'other' } as const;

function deleting(environments: ResolvedOperation['environments']): ResolvedOperation {
  const targets = [{ kind: 'volume', id: 'v_both', name: 'customer-data', within: [] }];
  return { ...operation('destroy'), name: 'volumeDelete', targets, containers: [], environments };
}

const grants = { link: 'grants', subject: 'cli_1', allowances: [] } as const;
const allowance = (connection: string, environments: string[], operations: string[]) => ({
  scope: { connection, environments, operations },
});

/** The incident (model#the-incident): a token for reads and custom domains in staging. */
const incident = [
  allowance('railway', ['shared'], ['*:read']),
  allowance('railway', ['staging'], ['*:read', 'customDomain*']),
];

function decideOn(
  operations: readonly ResolvedOperation[],
  chain: Parameters<typeof decide>[0]['chain'],
  guardrails: readonly Guardrail[] = SHIPPED_GUARDRAILS,
) {
  return decide({ connection: 'railway', chain, guardrails, operations, now: 0 });
}

function refusal(code: ErrorCode, facts: Partial<RefusalFacts> = {}) {
  return problemFor({ code, request_id: 'req_1', authenticated: true, operations: [], ...facts });
}

function refusalOf(operations: readonly ResolvedOperation[], decision: ReturnType<typeof decide>) {
  return refusal(decision.code ?? 'internal', { operations, decision });
}

test('for a call that nobody sent, the problem tells what would happen, not what happened', () => {
  const supposed = { supposed: true } as const;
  for (const code of ERROR_CODES.filter((each) => gatewayCode(each) === each)) {
    const { detail } = refusal(code, supposed);
    expect(detail).toMatch(/^Nothing would be sent\./);
    expect(detail).not.toContain('Nothing has been');
  }
  expect(refusal('held', supposed).detail).toContain('Nothing would be queued or put before anyone');
});

test('a guardrail with conditions is told with them, and a quorum with its number', () => {
  const chain = [{ ...grants, allowances: [allowance('railway', ['*'], ['*:destroy'])] }];
  const when = { 'input.amount': { at_least: 5000 }, 'target.name': { starts_with: 'cust\u202e' } };
  const rule = { environments: 'staging', operations: 'volumeDelete', when, outcome: 'approve', quorum: 2 } as const;
  const { detail } = refusalOf([deleting([STAGING])], decideOn([deleting([STAGING])], chain, [rule]));
  expect(detail).toContain(
    'the guardrail volumeDelete in staging, where input.amount at_least 5000 and target.name starts_with "cust\\u202e" or that is not certain, wants the yes of 2 people',
  );
});

test('if a person must correct something first, no code says when to repeat', () => {
  for (const code of ERROR_CODES) {
    expect(refusal(code, { ask_human: true, retry_after: 5 }).next).toEqual({ action: 'ask_human' });
  }
});

test('the incident is refused with the exact sentences', () => {
  const operations = [deleting([PRODUCTION, STAGING])];
  const token = { link: 'token', subject: 'tok_1', allowances: incident } as const;
  const problem = refusalOf(operations, decideOn(operations, [token, { ...grants, allowances: incident }]));
  expect(problem.detail).toBe(
    'Nothing was sent. volumeDelete would destroy volume v_both in production and staging; this token covers staging, and there *:read and customDomain*. Ask a human if it is really meant.',
  );
  expect(problem.next).toEqual({ action: 'ask_human' });
  expect(problem.operations).toEqual([
    { name: 'volumeDelete', effect: 'destroy', environments: ['production', 'staging'], resources: ['volume:v_both'] },
  ]);
  expect(JSON.stringify(problem)).not.toContain('customer-data');
});

test('where a grant is missing, and nowhere else, a human is shown a link to the smallest that would do', () => {
  const grant_url = 'https://writ.example.com/grants/new?request=req_1';
  const operations = [deleting([STAGING])];
  const allowed = { ...grants, allowances: [allowance('railway', ['staging'], ['volumeDelete'])] };
  const token = { link: 'token', subject: 'tok_1', allowances: incident } as const;
  const askedFor = (chain: Parameters<typeof decide>[0]['chain'], more: Partial<RefusalFacts> = {}) => {
    const decision = decideOn(operations, chain);
    return refusal(decision.code ?? 'internal', { operations, decision, grant_url, ...more });
  };
  for (const lacking of [askedFor([token, grants]), askedFor([grants])]) {
    expect(lacking).toMatchObject({ grant_url, next: { action: 'ask_human', url: grant_url } });
    expect(lacking.detail).toMatch(
      /Ask a human if it is really meant: \S+request=req_1 has the smallest grant that would do\.$/,
    );
  }
  const stranger = askedFor([grants], { authenticated: false });
  const waits = askedFor([allowed]);
  for (const other of [askedFor([token, allowed]), waits, stranger])
    expect(JSON.stringify(other)).not.toContain(grant_url);
});

test('for a call that could not be resolved, the problem tells what is not known, not what would be done', () => {
  const { name, effect, base_effect, arguments: values, secret_arguments } = deleting([]);
  const unresolved = { name, effect, base_effect, arguments: values, secret_arguments };
  const detail = 'Railway knows no volume v_9 that this connection can reach.';
  expect(refusal('environment_unresolved', { operations: [unresolved], detail }).detail).toBe(
    'Nothing was sent. It is not known where volumeDelete would destroy. Railway knows no volume v_9 that this connection can reach. Check the ids; if they are right, ask a human to add the environment.',
  );
});

test('for an environment that the token does not cover, the problem tells what it covers at all', () => {
  const operations = [deleting([PRODUCTION])];
  const problem = refusalOf(operations, decideOn(operations, [{ link: 'token', subject: 't', allowances: incident }]));
  expect(problem.detail).toContain(
    'in production; this token covers shared (what lies outside any environment), and there *:read; and staging, and there *:read and customDomain*.',
  );
});

test('a refusal before the provider was asked names all that the token covers, each thing once', () => {
  const named = { ...operation('destroy'), name: 'volumeDelete', names: [{ kind: 'volume', id: 'v_both' }] };
  const secret = { ...operation('reveal'), name: 'variables' };
  const everywhere = allowance('railway', ['*'], ['environments']);
  const allowances = [...incident, everywhere];
  const token = { link: 'token', subject: 't', allowances } as const;
  const operations = [secret, named, named];
  const decision = refuseUncoverable({ connection: 'railway', chain: [token], operations, now: 0 });
  expect(decision).toBeDefined();
  if (decision === undefined) return;
  expect(refusal('operation_not_granted', { operations, decision }).detail).toBe(
    'Nothing was sent. variables would reveal secrets and volumeDelete would destroy volume v_both, wherever it lies; this token covers shared (what lies outside any environment), and there *:read; and staging, and there *:read and customDomain*; and every environment, and there environments. Ask a human if it is really meant.',
  );
});

test('a token that covers nothing of the connection says so', () => {
  const operations = [deleting([PRODUCTION])];
  const other = { link: 'token', subject: 't', allowances: [allowance('other', ['*'], ['*'])] } as const;
  expect(refusalOf(operations, decideOn(operations, [other])).detail).toContain(
    'this token covers nothing of this connection.',
  );
});

test('if the grants cover what the token does not, the details to ask for are given', () => {
  const operations = [deleting([STAGING])];
  const chain = [
    { link: 'token', subject: 't', allowances: incident },
    { ...grants, allowances: [allowance('railway', ['*'], ['*:destroy'])] },
  ] as const;
  const problem = refusalOf(operations, decideOn(operations, chain));
  expect(problem.next).toEqual({
    action: 'request_details',
    authorization_details: [
      {
        type: 'provider_operations',
        connection: 'railway',
        environments: ['staging'],
        operations: [expect.stringContaining('volumeDelete')],
      },
    ],
  });
});

test('the problem says if a grant or an ancestor token does not cover the call', () => {
  const operations = [deleting([STAGING])];
  const all = [allowance('railway', ['*'], ['*:destroy'])];
  const token = { link: 'token', subject: 't', allowances: all } as const;
  const ancestor = { link: 'ancestor', subject: 'a', allowances: incident } as const;
  expect(refusalOf(operations, decideOn(operations, [token, grants])).detail).toContain(
    "; the client's grants cover nothing of this connection.",
  );
  const byAncestor = refusalOf(operations, decideOn(operations, [token, { ...grants, allowances: all }, ancestor]));
  expect(byAncestor.detail).toContain('; the token that this one was exchanged for covers staging');
  expect(byAncestor.next.action).toBe('ask_human');
});

describe('guardrails', () => {
  const chain = [
    { link: 'token', subject: 't', allowances: [allowance('railway', ['*'], ['*:destroy', '*:reveal'])] },
  ] as const;

  test('that requires approval: the problem says that nothing is queued and nobody was told', () => {
    const operations = [deleting([PRODUCTION])];
    const problem = refusalOf(operations, decideOn(operations, chain));
    expect([problem.code, problem.next.action]).toEqual(['approval_required', 'ask_human']);
    expect(problem.detail).toMatch(
      /; the guardrail \*:destroy on protected environments wants a human's yes, and then a wait of 60 minutes/,
    );
    expect(problem.detail).toMatch(/Nothing has been queued or put before anyone: ask a human\.$/);
  });

  test('that holds: the problem says that nothing is queued', () => {
    const operations = [deleting([STAGING])];
    const problem = refusalOf(operations, decideOn(operations, chain));
    expect([problem.code, problem.next.action]).toEqual(['held', 'ask_human']);
    expect(problem.detail).toContain('the guardrail *:destroy on other environments wants a wait of 5 minutes');
  });

  test('that denies: the next step is to stop', () => {
    const operations = [deleting([STAGING])];
    const deny: Guardrail = { environments: 'staging', operations: 'volumeDelete:destroy', outcome: 'deny' };
    const problem = refusalOf(operations, decideOn(operations, chain, [...SHIPPED_GUARDRAILS, deny]));
    expect([problem.code, problem.next.action]).toEqual(['guardrail_denied', 'stop']);
    expect(problem.detail).toContain(
      '; the guardrail volumeDelete:destroy in staging forbids it. No token changes that. Stop here.',
    );
  });
});

const GATEWAY = ERROR_CODES.filter((code) => gatewayCode(code) === code);

test.each(GATEWAY)(
  '%s: says first that nothing was sent, has a next step, and never speaks of other credentials',
  (code) => {
    const problem = refusal(code, { detail: 'Why it is so.' });
    expect(problem.detail).toMatch(/^Nothing was sent\. Why it is so\. [A-Z].*\.$/);
    expect(problem.detail).not.toMatch(/credential|api key|root|another token|other token/i);
    expect(problem.next.action).toMatch(/^(fix_request|renew_token|request_details|repeat|wait|ask_human|stop)$/);
    expect([400, 401, 403, 404, 413, 421, 429, 503]).toContain(statusOf(problem.code));
  },
);

test.each(ERROR_CODES)('%s is never answered by the gateway as done, or as something to repeat by itself', (code) => {
  expect([400, 401, 403, 404, 413, 421, 429, 503]).toContain(statusOf(gatewayCode(code)));
});

test.each(GATEWAY)('%s: a caller without a valid token gets the code alone', (code) => {
  const operations = [deleting([PRODUCTION])];
  const decision = decideOn(operations, callerWith(['*']).chain);
  const problem = refusal(code, { authenticated: false, operations, decision, detail: 'a detail of the request' });
  expect(Object.keys(problem).sort()).toEqual(['code', 'detail', 'next', 'request_id']);
  expect(JSON.stringify(problem)).not.toMatch(/volume|production|a detail of the request/);
});

test('resources and arguments that are not covered are named as such', () => {
  const operations = [deleting([STAGING])];
  const scope = {
    connection: 'railway',
    environments: ['staging'],
    operations: ['*:destroy'],
    resources: ['volume:v_1'],
  };
  const token = { link: 'token', subject: 't', allowances: [{ scope }] } as const;
  const problem = refusalOf(operations, decideOn(operations, [token]));
  expect([problem.code, problem.next.action]).toEqual(['resource_not_granted', 'ask_human']);
  expect(problem.detail).toContain('in staging; it goes beyond the resources that this token names. Ask a human');
});

test('no refusal says of a sent call that it was not sent', () => {
  expect(refusal('upstream_outcome_unknown', { sent: true }).detail).toMatch(
    /^It was sent, and may have been done\. .*before anything is sent again\.$/,
  );
  expect(refusal('upstream_unavailable', { sent: true }).detail).toMatch(/^Nothing was changed\./);
});

test('text from the caller is made inert and is bounded', () => {
  const odd = {
    ...deleting([STAGING]),
    name: `a\u202e\u0007${'x'.repeat(500)}`,
    targets: [{ kind: 'volume', id: 'v\u200b\n1', within: [] }],
  };
  const problem = refusal('environment_unresolved', { operations: [odd], detail: `no\u0000${'y'.repeat(5000)}` });
  expect(JSON.stringify(problem)).not.toMatch(/[\p{Cc}\u200b\u202e]|\\u0000|\\u0007|\\n/u);
  expect(problem.detail.length).toBeLessThan(1200);
  expect(problem.detail).toContain('v\\u{200b}\\u{a}1');
});

test('many operations are counted, not listed', () => {
  const many = Array.from({ length: 200 }, (_, i) => ({ ...operation('write'), name: `op${i}` }));
  const problem = refusal('operation_unknown', { operations: many });
  expect(problem.detail).toContain(
    'op0 would make a change, op1 would make a change, op2 would make a change and 197 more.',
  );
  expect(problem.operations).toHaveLength(50);
});

test('a wait says for how long', () => {
  expect(refusal('rate_limited', { retry_after: 1 }).next).toEqual({ action: 'wait', after_seconds: 1 });
  expect(refusal('environment_unresolved', { retry_after: 9 }).next).toEqual({ action: 'repeat', after_seconds: 9 });
  expect(refusal('unavailable').next).toEqual({ action: 'repeat', after_seconds: 5 });
});
