/** The next step that a refusal tells the caller, by its code and by what would have been enough. */
import { counted, type Decision, type ErrorCode, type NextStep } from '@writ/core';
import type { ToldHold, WaitFacts } from '../ports.ts';

/** A next step, and the sentence for it. */
export interface Next {
  readonly step: NextStep;
  readonly sentence: string;
}

const ASK: Next = { step: { action: 'ask_human' }, sentence: 'Ask a human if it is really meant.' };
const NOT_QUEUED: Next = {
  step: { action: 'ask_human' },
  sentence: 'Nothing has been queued or put before anyone: ask a human.',
};
const NOT_QUEUED_THEN: Next = { ...NOT_QUEUED, sentence: 'Nothing would be queued or put before anyone: ask a human.' };
const WOULD_BE_HELD: Next = { ...NOT_QUEUED, sentence: 'It would wait until then, and could be cancelled.' };
const WOULD_BE_ASKED: Next = { ...NOT_QUEUED, sentence: 'A human would be asked.' };
const MEND: Next = { step: { action: 'ask_human' }, sentence: 'Repeating does not help: ask an administrator.' };
const fix = (sentence: string): Next => ({ step: { action: 'fix_request' }, sentence });
const stop = (sentence: string): Next => ({ step: { action: 'stop' }, sentence });
const repeat = (sentence: string): Next => ({ step: { action: 'repeat' }, sentence });

const BY_CODE: Partial<Record<ErrorCode, Next>> = {
  invalid_token: { step: { action: 'renew_token' }, sentence: 'Ask Writ for a new token for the same task.' },
  operation_unknown: fix('Check its name; an owner can review what Writ does not know.'),
  operation_not_granted: ASK,
  environment_not_granted: ASK,
  resource_not_granted: ASK,
  argument_not_granted: ASK,
  environment_unresolved: fix('Check the ids; if they are right, ask a human to add the environment.'),
  guardrail_denied: stop('No token changes that. Stop here.'),
  approval_required: NOT_QUEUED,
  approval_pending: { step: { action: 'wait', after_seconds: 30 }, sentence: 'Wait, then repeat the same request.' },
  approval_denied: stop('Do not try it another way. Stop here.'),
  approval_expired: repeat('Repeat the request without naming the approval to ask again.'),
  approval_mismatch: repeat('Repeat the request without naming the approval to ask again.'),
  held: NOT_QUEUED,
  frozen: stop('Stop here until an owner has lifted the freeze.'),
  task_ended: stop('Stop here.'),
  request_too_large: fix('Make it smaller.'),
  request_not_canonical: fix('Spell it in the one plain way.'),
  request_not_understood: fix('Mend the request.'),
  not_supported: fix('Send it in another way.'),
  upstream_outcome_unknown: stop('Look with a read whether it was done before anything is sent again.'),
  connection_unknown: fix('Check the name of the connection.'),
  misdirected: fix('Use the public URL of Writ.'),
  browser_refused: stop('Use an API client.'),
};

const REQUESTABLE: ReadonlySet<ErrorCode> = new Set(['operation_not_granted', 'environment_not_granted']);

/** The facts of a refusal on which the next step depends, as in `RefusalFacts`. */
interface Facts {
  readonly decision?: Decision | undefined;
  readonly retry_after?: number | undefined;
  readonly ask_human?: true | undefined;
  readonly supposed?: true | undefined;
  readonly waiting?: WaitFacts | undefined;
  readonly grant_url?: string | undefined;
}

/** Returns the next step for a refusal; `retry_after` in seconds. */
export function nextFor(code: ErrorCode, facts: Facts): Next {
  if (facts.ask_human === true) return MEND;
  const asked = facts.waiting && nextOfWaiting(facts.waiting);
  if (asked !== undefined) return asked;
  if (code === 'rate_limited') {
    const after_seconds = facts.retry_after ?? 1;
    return { step: { action: 'wait', after_seconds }, sentence: `Wait ${seconds(after_seconds)}, then repeat it.` };
  }
  if (facts.grant_url !== undefined) return grantAt(facts.grant_url);
  if (facts.decision !== undefined && REQUESTABLE.has(code)) return requestOf(facts.decision) ?? ASK;
  const known = BY_CODE[code];
  // An environment is unresolved also when the provider does not answer: then the ids may be right, and it helps to wait.
  const passes = code === 'environment_unresolved' && facts.retry_after !== undefined;
  if (known === NOT_QUEUED && facts.supposed === true) return supposedNext(facts.decision);
  if (known !== undefined && !passes) return known;
  const after_seconds = facts.retry_after ?? 5;
  return { step: { action: 'repeat', after_seconds }, sentence: `Repeat it in ${seconds(after_seconds)}.` };
}

function supposedNext(decision: Decision | undefined): Next {
  if (decision?.result !== 'wait') return NOT_QUEUED_THEN;
  return decision.approve ? WOULD_BE_ASKED : WOULD_BE_HELD;
}

/** The next step where a human was asked; undefined where it depends on the code alone. */
function nextOfWaiting({ code, approval, open, hold }: WaitFacts): Next | undefined {
  if (hold !== undefined && code === 'held') return nextOfHeld(hold);
  if (approval === undefined || open !== true) return code === 'approval_required' ? ASK : undefined;
  const { approval_url: url } = approval;
  if (code === 'approval_pending') {
    const sentence = `Wait until a human has decided at ${url}, then repeat the same request.`;
    return { step: { action: 'wait', after_seconds: 30, url }, sentence };
  }
  const sentence = `Ask a human to look at ${url}; once it is approved, repeat the same request.`;
  return { step: { action: 'ask_human', url }, sentence };
}

function nextOfHeld({ hold_url, status_url: url, executes_at }: ToldHold): Next {
  if (executes_at === undefined)
    return {
      step: { action: 'ask_human', url: hold_url },
      sentence: `It is sent once a human has released it at ${hold_url}.`,
    };
  const sentence = `Writ sends it itself at ${executes_at}, unless it is cancelled before; follow it at ${url}.`;
  return { step: { action: 'wait', url }, sentence };
}

/** A grant is missing: a human is shown which. */
function grantAt(url: string): Next {
  const sentence = `Ask a human if it is really meant: ${url} has the smallest grant that would do.`;
  return { step: { action: 'ask_human', url }, sentence };
}

const seconds = (count: number): string => counted(count, 'second', 'seconds');

/** Returns the details to ask for, if only the token does not cover the call: the client's grants already do. */
function requestOf(decision: Decision): Next | undefined {
  const lacks = decision.reasons.filter((reason) => reason.link !== undefined);
  if (lacks.length === 0 || decision.missing.length === 0 || lacks.some((reason) => reason.link !== 'token'))
    return undefined;
  return {
    step: { action: 'request_details', authorization_details: decision.missing },
    sentence: 'If it is really meant, ask Writ for these authorization_details for this task.',
  };
}
