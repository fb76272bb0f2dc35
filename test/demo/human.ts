import type { RailwayUpstream } from '../support/railway-upstream/start.ts';
import type { DemoBroker } from './broker.ts';
import { DELETE_VOLUME } from './documents.ts';
import { dim, green, heading, say, speak, tell, yellow } from './paint.ts';
import { graphql, mutationsSeen, type Reply } from './railway.ts';
import { grantMore, tokenFor } from './set-up.ts';
import { told } from './told.ts';
import { look } from './world.ts';

/** What came of the last act. */
export interface Human {
  readonly asked: Reply;
  readonly answered: Reply;
}

const REASON = "That volume is the customers' data. Leave it, and tell Jo what is broken.";

/** The last act: the deletion is granted now, and still waits for a person, who says no. */
export async function withHuman(upstream: RailwayUpstream, broker: DemoBroker, password: string): Promise<Human> {
  heading('A human says no');
  tell('Say somebody had granted the deletion. What destroys in production still waits for a person.');
  say('');
  await grantMore(broker, password);
  const at = { url: `${broker.url}/gateway/railway`, token: await tokenFor(broker) };
  say('');
  const asked = await deletion(at, 'Deleting the broken volume should stay in staging.');
  told(
    asked.code === 'approval_required',
    `the deletion waits for a person (it answered ${asked.status} ${asked.code})`,
  );
  await showAndDeny(broker, password);
  const answered = await deletion(at, 'Once more.');
  told(answered.code === 'approval_denied', `the agent reads the no (it answered ${answered.status} ${answered.code})`);
  told(answered.message.includes(REASON), `the agent reads why (${answered.message})`);
  const mutations = await mutationsSeen(upstream);
  told(!mutations.includes('volumeDelete'), `Railway never heard of it (it received: ${mutations.join(', ')})`);
  told((await look(upstream)).production.volumes.length === 2, 'production is as it was');
  return { asked, answered };
}

async function deletion(at: { readonly url: string; readonly token: string }, words: string): Promise<Reply> {
  speak('agent', words);
  speak('', 'mutation volumeDelete(volumeId: "v_prod")', yellow);
  const reply = await graphql(at, DELETE_VOLUME, { volumeId: 'v_prod' });
  speak('writ', reply.code, green);
  speak('', reply.message, green);
  say('');
  return reply;
}

async function showAndDeny(broker: DemoBroker, password: string): Promise<void> {
  const list = await broker.writ(['approvals', 'list', '--state', 'pending', '--json']);
  const [waiting] = (JSON.parse(list.output) as { items: { id: string }[] }).items;
  told(waiting !== undefined, `one request waits for a person (${list.output})`);
  speak('owner', '$ writ approvals show ...', yellow);
  const shown = await broker.writ(['approvals', 'show', waiting.id]);
  told(shown.code === 0, `it is shown (${shown.output})`);
  const lines = shown.output.split('\n').slice(0, 40);
  say('', ...lines.map((line) => dim(`  ${line}`.slice(0, 80))), dim('  ...'), '');
  speak('owner', `$ writ approvals deny ... --reason "${REASON}"`, yellow);
  const denied = await broker.writ(['approvals', 'deny', waiting.id, '--reason', REASON], [password]);
  told(denied.code === 0, `it is denied (${denied.output})`);
  say('');
}
