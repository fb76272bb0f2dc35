/** Who asked, and who may say yes to it. */
import type { Role } from '@writ/api';
import type { Decision, ResolvedOperation } from '@writ/core';
import { type Behind, type Db, listActiveUsers, makersOfGrants, peopleOfClients, withTied } from '@writ/store';

/** What a request was made by: every client of its act chain, and the grants that covered it. */
export interface Asked {
  readonly organization_id: string;
  readonly client_ids: readonly string[];
  readonly grant_ids: readonly string[];
}

/**
 * The users who count as having asked, by id (model#requester): owner, creator and last secret-holder of every client, who made or changed
 * the grants, and who was invited, reset or given their role by one of them in the last 7 days. Clients and grants that were deleted count.
 * Throws `TypeError` for one that never was: nobody would stand for it.
 */
export async function requestersOf(db: Db, { organization_id, client_ids, grant_ids }: Asked): Promise<string[]> {
  const behind = [
    ...all(client_ids, await peopleOfClients(db, { organization_id, client_ids })),
    ...all(grant_ids, await makersOfGrants(db, { organization_id, grant_ids })),
  ];
  return withTied(db, { organization_id, user_ids: [...new Set(behind.flatMap(({ user_ids }) => user_ids))] });
}

/** What waits, as far as it says who counts as having asked. */
export interface Waiting {
  readonly organization_id: string;
  readonly client_id: string;
  readonly act_chain: readonly string[];
  readonly grant_ids: readonly string[];
  readonly requesters: readonly string[];
}

/** The users who count as having asked now: those of the moment of asking, and whoever has come to since. */
export async function askersNow(db: Db, waiting: Waiting): Promise<string[]> {
  const { organization_id, client_id, act_chain, grant_ids, requesters } = waiting;
  const client_ids = [...new Set([client_id, ...act_chain])];
  const behind = await requestersOf(db, { organization_id, client_ids, grant_ids });
  return await withTied(db, { organization_id, user_ids: [...new Set([...requesters, ...behind])] });
}

function all(ids: readonly string[], found: readonly Behind[]): readonly Behind[] {
  const missing = ids.find((id) => !found.some((one) => one.id === id));
  if (missing !== undefined) throw new TypeError(`nobody is known to stand behind ${missing}`);
  return found;
}

/** A question for a human, as far as it decides who may answer. */
export interface Question {
  readonly organization_id: string;
  /** `token`: for a token beyond the client's grants; an admin or owner says yes to that. */
  readonly kind: 'request' | 'token';
  /** As `requestersOf` gave them. Who came to count as one of them since is added here. */
  readonly requesters: readonly string[];
  /** True if a protected environment is reached. */
  readonly protected: boolean;
  /** How many must say yes. */
  readonly quorum: number;
}

/** Who may say yes. */
export interface WhoMay {
  /** User ids. */
  readonly approvers: readonly string[];
  /** True if they are requesters, who may only because nobody else could. */
  readonly sole: boolean;
  /** Why nobody may, and what to do about it; then `approvers` is empty. */
  readonly nobody?: string;
}

/** The roles that say yes, by the kind of what is asked. */
const APPROVING_ROLES: Readonly<Record<Question['kind'], readonly Role[]>> = {
  request: ['owner', 'admin', 'approver'],
  token: ['owner', 'admin'],
};

/**
 * Who may say yes as things stand now: users of the right roles who can sign in. What reaches a protected environment is not for who asked,
 * unless nobody else is there; and then not where several must agree. Zero approvers means no, never yes.
 */
export async function whoMay(db: Db, question: Question): Promise<WhoMay> {
  const { organization_id, kind, quorum } = question;
  const active = (await listActiveUsers(db, { organization_id, roles: APPROVING_ROLES[kind] })).map(({ id }) => id);
  if (!question.protected) return enough(question, active);
  const asking = new Set(await withTied(db, { organization_id, user_ids: question.requesters }));
  const others = active.filter((id) => !asking.has(id));
  if (others.length === 0 && active.length > 0 && quorum === 1) return { approvers: active, sole: true };
  return enough(question, others);
}

function enough(question: Question, approvers: readonly string[]): WhoMay {
  if (approvers.length >= question.quorum) return { approvers, sole: false };
  return { approvers: [], sole: false, nobody: nobodySaid(question, approvers.length) };
}

function nobodySaid({ kind, quorum, protected: guarded }: Question, there: number): string {
  const wanted = `${quorum === 1 ? 'somebody' : `${quorum} people`}${guarded ? ' who did not ask for it' : ''}`;
  const invite = `writ user invite <address> --name <name> --role ${kind === 'token' ? 'admin' : 'approver'}`;
  const tied = guarded ? ' Who is invited by somebody who asked counts as that one for 7 days.' : '';
  return `It takes a yes of ${wanted}, and there is ${there === 0 ? 'nobody' : `only ${there}`}. An owner can add one: ${invite}.${tied}`;
}

/** A decided call, as far as it says who may say yes to it. */
interface Grounded {
  readonly decision: Pick<Decision, 'pairs'>;
  readonly resolved: { readonly operations: readonly ResolvedOperation[] };
}

/** On what it depends who may say yes to a request, or release it. */
export function grounds({ decision, resolved }: Grounded) {
  const reached = resolved.operations.flatMap(({ environments }) => environments);
  return {
    grant_ids: [...new Set(decision.pairs.flatMap((pair) => pair.grant_ids))],
    protected: reached.some(({ kind }) => kind === 'protected'),
  };
}
