import type { OutputOf } from '@writ/api';
import { Label, type Tone } from './tags.tsx';

type ApprovalState = OutputOf<'approvals.get'>['state'];
type HoldState = OutputOf<'holds.get'>['state'];
type TaskStatus = OutputOf<'tasks.get'>['status'];
type TokenStatus = OutputOf<'tokens.list'>['items'][number]['status'];

const APPROVALS: Readonly<Record<ApprovalState, readonly [name: string, tone: Tone]>> = {
  pending: ['waits', 'warn'],
  approved: ['approved, not used yet', 'good'],
  used: ['approved and used', 'good'],
  denied: ['denied', 'bad'],
  expired: ['expired', 'plain'],
  cancelled: ['ended', 'plain'],
};
const HOLDS: Readonly<Record<HoldState, Tone>> = {
  waiting: 'warn',
  claimed: 'warn',
  executed: 'good',
  unknown: 'bad',
  refused: 'bad',
  cancelled: 'plain',
};
const TOKENS: Readonly<Record<TokenStatus, Tone>> = { live: 'good', expired: 'plain', revoked: 'bad' };

/** What the state of an approval is called. */
export function approvalState(state: ApprovalState): string {
  return APPROVALS[state][0];
}

/** What became of an approval. */
export function ApprovalLabel({ state }: { readonly state: ApprovalState }) {
  return <Label tone={APPROVALS[state][1]}>{approvalState(state)}</Label>;
}

/** What became of a hold. */
export function HoldLabel({ state }: { readonly state: HoldState }) {
  return <Label tone={HOLDS[state]}>{state}</Label>;
}

/** Whether a task is live. */
export function TaskLabel({ status }: { readonly status: TaskStatus }) {
  return <Label tone={status === 'live' ? 'good' : 'plain'}>{status}</Label>;
}

/** Whether a token is still good. */
export function TokenLabel({ status }: { readonly status: TokenStatus }) {
  return <Label tone={TOKENS[status]}>{status}</Label>;
}
