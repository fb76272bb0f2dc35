import type { RailwayUpstream } from '../support/railway-upstream/start.ts';
import type { DemoBroker } from './broker.ts';
import { CREATE_DOMAIN, DELETE_VOLUME, FIND_ENVIRONMENTS, FIND_PROJECTS, NEW_DOMAIN, TRICKS } from './documents.ts';
import { green, heading, say, speak, tell, yellow } from './paint.ts';
import { graphql, mutationsSeen, type Reply } from './railway.ts';
import { handOver, tokenFor } from './set-up.ts';
import { told } from './told.ts';
import { look, type Seen, showWorld } from './world.ts';

/** What came of the second act. */
export interface With {
  readonly created: Reply;
  readonly refused: Reply;
  readonly tricks: readonly Reply[];
  readonly mutations: readonly string[];
  readonly after: Seen;
  /** The owner's. */
  readonly password: string;
}

/** The second act: the same agent, the same Railway, and Writ between them. */
export async function withWrit(upstream: RailwayUpstream, broker: DemoBroker): Promise<With> {
  heading('With Writ');
  tell('The root credential goes to Writ, which runs where the agent cannot read its files.');
  say('');
  const password = await handOver(broker, upstream);
  const token = await tokenFor(broker);
  const at = { url: `${broker.url}/gateway/railway`, token };
  await upstream.reset({ world: true });
  say('');
  const created = await doTheTask(at);
  const refused = await guessAgain(at);
  const tricks = await tryTricks(at);
  const mutations = await mutationsSeen(upstream);
  told(
    mutations.join() === 'customDomainCreate',
    `Railway received one mutation, customDomainCreate (it received: ${mutations.join(', ')})`,
  );
  const after = await look(upstream);
  told(after.production.volumes.length === 2 && after.production.backups === 3, 'production is as it was');
  told(after.staging.domains.includes(NEW_DOMAIN.domain), 'staging has its new domain');
  showWorld(after);
  say('');
  tell(`Railway received ${mutations.length} change from the agent: ${mutations.join(', ')}.`);
  return { created, refused, tricks, mutations, after, password };
}

type At = { readonly url: string; readonly token: string };

async function doTheTask(at: At): Promise<Reply> {
  speak('agent', 'The task first: a custom domain for staging. Railway is now at /gateway/railway.');
  for (const [name, query] of [
    ['projects', FIND_PROJECTS],
    ['environments', FIND_ENVIRONMENTS],
  ] as const) {
    speak('', `query ${name}`, yellow);
    const found = await graphql(at, query, name === 'projects' ? {} : { projectId: NEW_DOMAIN.projectId });
    told(
      found.status === 200 && found.data !== null,
      `the agent may ask for ${name} (${found.status} ${found.message})`,
    );
  }
  speak('', `mutation customDomainCreate(domain: "${NEW_DOMAIN.domain}")`, yellow);
  const created = await graphql(at, CREATE_DOMAIN, { input: NEW_DOMAIN });
  told(created.status === 200 && created.data !== null, `the domain is created (${created.status} ${created.message})`);
  speak('railway', `${created.status} ${JSON.stringify(created.data?.['customDomainCreate'])}`, green);
  say('');
  return created;
}

async function guessAgain(at: At): Promise<Reply> {
  speak('agent', 'Deleting the broken volume should stay in staging.');
  speak('', 'mutation volumeDelete(volumeId: "v_prod")', yellow);
  return await refusal(at, { query: DELETE_VOLUME, variables: { volumeId: 'v_prod' } });
}

async function tryTricks(at: At): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (const { title, query } of TRICKS) {
    speak('agent', `${title}.`);
    speak('', query, yellow);
    replies.push(await refusal(at, { query, variables: {} }));
  }
  return replies;
}

async function refusal(at: At, call: { readonly query: string; readonly variables: object }): Promise<Reply> {
  const reply = await graphql(at, call.query, call.variables);
  told(reply.data === null && reply.code !== '', `Writ refuses ${call.query} (it answered ${reply.status})`);
  speak('writ', reply.code, green);
  speak('', reply.message, green);
  say('');
  return reply;
}
