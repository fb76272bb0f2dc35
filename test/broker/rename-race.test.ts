/** An environment is renamed while a root credential is bound to it: the credential is never left bound to a name that is gone. */
import type { Ctx, UserActor } from '@writ/broker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putCredential } from '../../packages/broker/src/connections/credential.ts';
import { getConnection } from '../../packages/broker/src/connections/list.ts';
import { createEnvironment } from '../../packages/broker/src/environments/create.ts';
import { patchEnvironment } from '../../packages/broker/src/environments/patch.ts';
import { isBlocked } from '../support/approvals.ts';
import { holdBack } from '../support/hold-back.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { codeOf } from '../support/passkey-scene.ts';

let it: InProcess;
beforeAll(async () => {
  it = await openInProcess('postgres', { railway: 'verified' });
});
afterAll(() => it?.close());

const held = () => holdBack(it.owner());

const blocked = () => isBlocked(it.services.store);

const rename = (ctx: Ctx<UserActor>, from: string, to: string) =>
  patchEnvironment(ctx, { connection: 'railway', environment: from, slug: to });
const bind = (ctx: Ctx<UserActor>, slug: string) =>
  putCredential(ctx, {
    ...{ connection: 'railway', kind: 'project_token', value: 'fake-project-token', environments: [slug] },
  });
const bound = async () =>
  (await getConnection(it.owner(), { connection: 'railway' })).credentials.flatMap(
    ({ environments }) => environments ?? [],
  );

test('whichever of the two comes first: the other waits for it, and finds what it left', async () => {
  const selector = { environment_ids: ['e_staging'] };
  await createEnvironment(it.owner(), { connection: 'railway', slug: 'one', selector });
  const renaming = held();
  const renamed = rename(renaming.ctx, 'one', 'two');
  await renaming.done;
  const late = codeOf(bind(it.owner(), 'one'));
  await expect.poll(blocked, { timeout: 20_000 }).toBe(true);
  renaming.commit();
  expect((await renamed).slug).toBe('two');
  expect(await late).toBe('validation_failed');
  expect(await bound()).toEqual([]);

  const binding = held();
  const given = bind(binding.ctx, 'two');
  await binding.done;
  const follows = rename(it.owner(), 'two', 'three');
  await expect.poll(blocked, { timeout: 20_000 }).toBe(true);
  binding.commit();
  await given;
  expect((await follows).slug).toBe('three');
  expect(await bound()).toEqual(['three']);
});
