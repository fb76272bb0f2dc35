import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { RailwayUpstream } from '../support/railway-upstream/start.ts';
import type { DemoBroker, Ran } from './broker.ts';
import { dim, say, speak, yellow } from './paint.ts';
import { told } from './told.ts';

const GRANTS = ['railway/shared/*:read', 'railway/staging/*:read', 'railway/staging/customDomain*'];
const TASK = 'add a custom domain to staging';

/**
 * The owner hands the root credential over and grants the agent what its job needs, with the commands that anybody would use. Returns the owner's
 * password.
 */
export async function handOver(broker: DemoBroker, upstream: RailwayUpstream): Promise<string> {
  const password = `demo password ${randomBytes(8).toString('hex')}`;
  const owner = ['--email', 'jo@acme.example', '--name', 'Jo'];
  await step(broker, {
    who: 'owner',
    args: ['user', 'setup', ...owner],
    answers: [broker.setupToken, password],
    shown: 'user setup',
  });
  await step(broker, {
    who: '',
    args: ['connect', 'railway', '--base-url', upstream.url],
    answers: [upstream.tokens.workspace, password],
    shown: 'connect railway',
    aside: 'the root credential is typed without echo, sealed, and its environments are named',
  });
  const secret = join(broker.folder, 'my-agent.secret');
  await step(broker, {
    who: '',
    args: ['client', 'create', 'my-agent', '--out', secret],
    answers: [password],
    shown: 'client create my-agent',
  });
  await step(broker, {
    who: '',
    args: ['grant', 'my-agent', ...GRANTS],
    answers: [password],
    shown: `grant my-agent ${GRANTS.join(' ')}`,
  });
  return password;
}

/** The owner grants what this agent does not need: the secret values of production. */
export async function grantMore(broker: DemoBroker, password: string): Promise<void> {
  const args = ['grant', 'my-agent', 'railway/production/variables'];
  await step(broker, { who: 'owner', args, answers: [password], shown: args.join(' ') });
}

/** The agent asks for a token for its task. */
export async function tokenFor(broker: DemoBroker): Promise<string> {
  const args = ['token', 'my-agent', '--secret-file', join(broker.folder, 'my-agent.secret'), '--task', TASK, '--raw'];
  const { output } = await step(broker, { who: 'agent', args, shown: `token my-agent --task "${TASK}"` });
  speak('', `${output.slice(0, 40)}...   good for 15 minutes, for these grants, and nothing else`, dim);
  return output;
}

/** The log of what happened, and the proof that nobody changed it. */
export async function auditTrail(broker: DemoBroker): Promise<string> {
  speak('owner', '$ writ audit list --client my-agent', yellow);
  const list = await broker.writ(['audit', 'list', '--client', 'my-agent', '--limit', '10']);
  told(list.code === 0, `the audit log can be read (${list.output})`);
  const lines = list.output.split('\n').filter((line) => !line.startsWith('There are more'));
  say('', ...lines, '');
  speak('owner', '$ writ audit verify', yellow);
  const verified = await broker.writ(['audit', 'verify']);
  told(verified.code === 0 && verified.output.startsWith('whole: '), `the audit log is whole (${verified.output})`);
  const [whole = ''] = verified.output.split('\n');
  say(`  ${whole.slice(0, 60)}...`);
  return whole;
}

interface Step {
  readonly who: string;
  readonly args: readonly string[];
  readonly answers?: readonly string[];
  readonly shown: string;
  readonly aside?: string;
}

async function step(broker: DemoBroker, { who, args, answers, shown, aside }: Step): Promise<Ran> {
  speak(who, `$ writ ${shown}`, yellow);
  if (aside !== undefined) speak('', aside, dim);
  const ran = await broker.writ(args, answers);
  told(ran.code === 0, `writ ${shown} works (${ran.output})`);
  return ran;
}
