/** A client whose calls a human must approve, and somebody who does, in the test's own process. */
import { makeId } from '@writ/core';
import { type Approval, getApproval, insertUser, recordChanges } from '@writ/store';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { voteNo, voteYes } from '../../packages/store/src/queries/waiting/votes.ts';
import { openDueHolds } from './due-holds.ts';
import { type Door, type DoorAnswer, openDoor } from './gateway-door.ts';
import type { DatabaseKind } from './store.ts';
import { openTokenScene, type TokenScene } from './token-scene.ts';

/** The scene. */
export interface ApprovalScene {
  readonly it: TokenScene;
  readonly door: Door;
  /** The id of a user who may approve. */
  readonly approver: string;
  /** Adds another one; returns the id. */
  addApprover(): Promise<string>;
  sql(text: string): Promise<unknown>;
  /** The approval that a refusal names. */
  approvalOf(answer: DoorAnswer): Promise<Approval>;
  /** What the verbs of approvals do once the assertion was checked. */
  decide(id: string, yes: boolean, reason?: string | null): Promise<void>;
  /** Claims what is due of what Writ sends itself, and sends it, as its loop does; false where nothing is due. */
  runDue(): Promise<boolean>;
  /** How many documents have arrived at the provider that hold the mark. */
  arrived(mark: string): Promise<number>;
  close(): Promise<void>;
}

/** Opens it on a fresh database of the kind. */
export async function openApprovalScene(kind: DatabaseKind): Promise<ApprovalScene> {
  const it = await openTokenScene(kind);
  const door = await openDoor(it.services);
  const due = openDueHolds(it);
  const scope = { connection: 'railway', environments: ['*'], operations: ['*:read', '*:reveal', 'volumeDelete'] };
  await createGrant(it.owner(), { client_id: 'helper', ...scope });
  const { store, organization_id, now, randomBytes } = it.services;
  const addApprover = async (): Promise<string> => {
    const id = makeId('user', { now: now(), randomBytes });
    const who = { email: `${id}@example.com`, name: 'Test Approver', role: 'approver', password_hash: 'fake' } as const;
    await store.transaction((tx) => insertUser(tx, { organization_id, id, ...who, created_at: now() }));
    return id;
  };
  const approver = await addApprover();
  return {
    ...{ it, door, approver, addApprover },
    sql: (text) => store.driver.script((run) => run({ text })),
    approvalOf: async ({ problem }) => {
      const approval = await getApproval(store.db, { organization_id, id: String(problem?.['approval_id']) });
      if (approval === undefined) throw new Error(`there is no approval in ${JSON.stringify(problem)}`);
      return approval;
    },
    decide: async (id, yes, reason = null) => {
      const said = { organization_id, id, user_id: approver, assertion: 'password' } as const;
      await store.transaction(async (tx) => {
        await (yes ? voteYes(tx, { ...said, run: 'client', usable_for: 900 }) : voteNo(tx, { ...said, reason }));
        await recordChanges(tx, { organization_id, now: now(), changes: [{ kind: 'approval', subject: id }] });
      });
    },
    runDue: async () => (await due.execute()) !== undefined,
    arrived: async (mark) => (await it.railway.recorded()).requests.filter(({ body }) => body.includes(mark)).length,
    close: async () => {
      await door.close();
      await due.close();
      await it.close();
    },
  };
}
