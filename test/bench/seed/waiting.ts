/** Requests that wait for a yes, and some that wait for their time. */
import { digestOf, type JsonObject } from '@writ/core';
import { insertAsk, insertHold, type NewAsk } from '@writ/store';
import { MILD, SHOWN } from '../../support/approvals.ts';
import type { SeededTask } from './log.ts';
import type { Seeding } from './seed.ts';
import { nth, type Place } from './world.ts';

const ASKED = 120;
const HELD = 40;

/** Long enough that nobody comes to send one. */
const MINUTES = 30 * 24 * 60;

/** Adds them, of the newest tasks. */
export async function addWaiting(
  seeding: Seeding,
  { places, tasks }: { readonly places: readonly Place[]; readonly tasks: readonly SeededTask[] },
): Promise<void> {
  const { services, id } = seeding;
  const newest = tasks.slice(-ASKED);
  await services.store.transaction(async (tx) => {
    for (let number = 0; number < ASKED; number += 1) {
      const request = requestOf(seeding, { task: nth(newest, number), place: nth(places, number), number });
      await insertAsk(tx, { ...request, id: id('approval'), kind: 'request', hold_minutes: 0 });
    }
    for (let number = ASKED; number < ASKED + HELD; number += 1) {
      const request = requestOf(seeding, { task: nth(newest, number), place: nth(places, number), number });
      await insertHold(tx, { ...request, id: id('hold'), approval_id: null, minutes: MINUTES });
    }
  });
}

type Request = Omit<NewAsk, 'id' | 'kind' | 'hold_minutes'> & { readonly connection_id: string };

function requestOf(
  { services, owner, id }: Seeding,
  { task, place, number }: { readonly task: SeededTask; readonly place: Place; readonly number: number },
): Request {
  const { id: task_id, client_id, jti } = task;
  const what = number % 3 === 0 ? SHOWN : MILD;
  const asked_by = { ...what.asked_by, client_id };
  const shown: JsonObject = JSON.parse(JSON.stringify({ ...what, asked_by, task: { ...what.task, id: task_id } }));
  return {
    ...{ organization_id: services.organization_id, client_id, act_chain: [], task_id, jti, connection_id: place.id },
    ...{
      request_id: id('request'),
      digest: digestOf([task_id, number]),
      parts: {},
      subject: digestOf([number]),
      shown,
    },
    ...{ operations: what.operations.map(({ name }) => name), grant_ids: [], requesters: [owner.actor.user_id] },
    ...{ protected: number % 2 === 0, quorum: 1 },
  };
}
