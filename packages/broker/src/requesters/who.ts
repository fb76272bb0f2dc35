/** Who asked, and who may say yes to it. */
import type { Role } from '@writ/api';
import type { Decision, ResolvedOperation } from '@writ/core';
import { type Behind, type Db, listActiveUsers, makersOfGrants, peopleOfClients, tiedOfEach } from '@writ/store';

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
  const [users = []] = await tiedToEach(db, organization_id, [behind.flatMap(({ user_ids }) => user_ids)]);
  return users;
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
  const [askers = []] = await askersOfEach(db, waiting.organization_id, [waiting]);
  return [...askers];
}

/** The same of several, in their order: the database is asked as often as for one. */
async function askersOfEach(
  db: Db,
  organization_id: string,
  waiting: readonly Waiting[],
): Promise<readonly string[][]> {
  const clientsOf = ({ client_id, act_chain }: Waiting): readonly string[] => [client_id, ...act_chain];
  const client_ids = [...new Set(waiting.flatMap(clientsOf))];
  const grant_ids = [...new Set(waiting.flatMap((one) => one.grant_ids))];
  const clients = await peopleOfClients(db, { organization_id, client_ids });
  const grants = await makersOfGrants(db, { organization_id, grant_ids });
  const asked = waiting.map((one) => {
    const behind = [...all(clientsOf(one), clients), ...all(one.grant_ids, grants)];
    return [...new Set([...one.requesters, ...behind.flatMap(({ user_ids }) => user_ids)])];
  });
  return await tiedToEach(db, organization_id, asked);
}

/** The users of each list, and all who count as one of them, sorted. */
async function tiedToEach(db: Db, organization_id: string, lists: readonly string[][]): Promise<readonly string[][]> {
  const tied = await tiedOfEach(db, { organization_id, user_ids: [...new Set(lists.flat())] });
  return lists.map((users) => [...new Set(users.flatMap((user) => tied.get(user) ?? [user]))].sort());
}

/** What was found for these ids. Throws `TypeError` where nothing was for one of them. */
function all(ids: readonly string[], found: readonly Behind[]): readonly Behind[] {
  const missing = ids.find((id) => !found.some((one) => one.id === id));
  if (missing !== undefined) throw new TypeError(`nobody is known to stand behind ${missing}`);
  return found.filter(({ id }) => ids.includes(id));
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
  const { organization_id, kind } = question;
  const [asking = []] = await tiedToEach(db, organization_id, [[...question.requesters]]);
  return judged(question, { active: await activeFor(db, organization_id, kind), asking });
}

/** Who may say yes now to each of several requests that wait, in their order: the database is asked as often as for one. */
export async function whoMayEach(
  db: Db,
  organization_id: string,
  waiting: readonly (Waiting & Question)[],
): Promise<readonly WhoMay[]> {
  if (waiting.length === 0) return [];
  const askers = await askersOfEach(db, organization_id, waiting);
  const active = {
    request: await activeFor(db, organization_id, 'request'),
    token: await activeFor(db, organization_id, 'token'),
  };
  return waiting.map((one, at) => judged(one, { active: active[one.kind], asking: askers[at] ?? [] }));
}

async function activeFor(db: Db, organization_id: string, kind: Question['kind']): Promise<readonly string[]> {
  return (await listActiveUsers(db, { organization_id, roles: APPROVING_ROLES[kind] })).map(({ id }) => id);
}

function judged(
  question: Question,
  { active, asking }: { readonly active: readonly string[]; readonly asking: readonly string[] },
): WhoMay {
  if (!question.protected) return enough(question, active);
  const others = active.filter((id) => !asking.includes(id));
  if (others.length === 0 && active.length > 0 && question.quorum === 1) return { approvers: active, sole: true };
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
