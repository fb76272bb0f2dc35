import type { RailwayUpstream } from '../support/railway-upstream/start.ts';
import type { DemoBroker } from './broker.ts';
import { NEW_DOMAIN, READ_VARIABLES } from './documents.ts';
import { dim, green, heading, say, speak, tell, yellow } from './paint.ts';
import { graphql, type Reply } from './railway.ts';
import { grantMore, tokenFor } from './set-up.ts';
import { told } from './told.ts';

/** What came of the last act. */
export interface Human {
  readonly asked: Reply;
  readonly answered: Reply;
}

const REASON = 'Nobody needs those values for a domain in staging. Ask Jo what is broken.';

/** The last act: reading production's secrets is granted now, and still waits for a person, who says no. */
export async function withHuman(upstream: RailwayUpstream, broker: DemoBroker, password: string): Promise<Human> {
  heading('A human says no');
  tell('Say somebody granted too much: the secret values of production. Whatever is granted, they wait for a person.');
  say('');
  await grantMore(broker, password);
  const at = { url: `${broker.url}/gateway/railway`, token: await tokenFor(broker) };
  say('');
  const asked = await reading(at, 'The credentials do not match. Those of production may work.');
  told(asked.code === 'approval_required', `reading them waits for a person (${asked.status} ${asked.code})`);
  await showAndDeny(broker, password);
  const answered = await reading(at, 'Once more.');
  told(answered.code === 'approval_denied', `the agent reads the no (${answered.status} ${answered.code})`);
  told(answered.message.includes(REASON), `the agent reads why (${answered.message})`);
  const { requests } = await upstream.recorded();
  told(!requests.some(({ body }) => body.includes('variables(')), 'Railway never heard of it');
  return { asked, answered };
}

async function reading(at: { readonly url: string; readonly token: string }, words: string): Promise<Reply> {
  speak('agent', words);
  speak('', 'query variables(environmentId: "e_production")', yellow);
  const { projectId, serviceId } = NEW_DOMAIN;
  const reply = await graphql(at, READ_VARIABLES, { projectId, serviceId, environmentId: 'e_production' });
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
  say('', ...lines.map((line) => dim(line.trimEnd())), dim('...'), '');
  speak('owner', `$ writ approvals deny ... --reason "${REASON}"`, yellow);
  const denied = await broker.writ(['approvals', 'deny', waiting.id, '--reason', REASON], [password]);
  told(denied.code === 0, `it is denied (${denied.output})`);
  say('');
}
