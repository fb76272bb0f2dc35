import type { OutputOf } from '@writ/api';
import { inert, Secret } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { EXIT, Failure } from '../../failure.ts';
import { checkToken } from '../../input/answers.ts';
import { insist } from '../../input/insist.ts';
import { verb } from '../command.ts';
import { importedText } from '../env/import.ts';
import { verifiedText } from './verify.ts';

interface Options {
  readonly kind: string;
  readonly baseUrl?: string;
  readonly slug?: string;
}

/** `writ connect`: hands over a root credential, says who it is and how far it reaches, and offers to name its environments. */
export function connect(makeCli: CliFactory): Command {
  return verb('connect', {
    summary: 'Adds a connection: hands a root token over to Writ, and says whose it is and how far it reaches.',
    examples: [
      'writ connect railway',
      'writ connect railway --kind project_token --slug railway-web',
      'writ connect railway --base-url http://127.0.0.1:9801',
    ],
    notes:
      'The token is asked for without being shown. It is never taken from an argument or the environment, where others\ncould read it. With --stdin the lines are: the root token, your password; the environments are then imported.\nKinds for Railway: account_token, workspace_token, project_token.',
  })
    .argument('<provider>', 'the kind of provider: railway')
    .option('--kind <kind>', 'what kind of root credential it is', 'workspace_token')
    .option('--slug <slug>', "the connection's name in grants and URLs (default: the provider's name)")
    .option('--base-url <url>', 'where the provider is, if not at its own address')
    .action((provider: string, options: Options) => run(makeCli(), provider, options));
}

async function run(cli: Cli, provider: string, options: Options): Promise<void> {
  const wanted = { slug: options.slug ?? provider, provider, options };
  const { slug } = wanted;
  // Before a root token is typed: is there a broker, and who is asked to take it?
  await cli.call('me.get', {});
  const there = await existing(cli, wanted);
  const connection = there ?? (await create(cli, wanted));
  if (there === undefined) tell(cli, `Its root credential is sealed, for ${inert(connection.base_url)} alone.`);
  const verified = await verify(cli, wanted, { first: there === undefined });
  tell(cli, `${verifiedText(verified)}\n`);
  const imported = (await wantsImport(cli)) ? await cli.call('environments.import', { connection: slug }) : null;
  if (imported !== null) tell(cli, importedText(cli, imported));
  tell(cli, `\nNext: ${cli.called(imported === null ? `writ env import ${slug}` : 'writ client create my-agent')}`);
  if (cli.globals.json === true) cli.out.json({ connection, verified, imported });
}

function tell(cli: Cli, text: string): void {
  if (cli.globals.json !== true) cli.out.write(text);
}

type Verified = OutputOf<'connections.verify'>;
type Wanted = { readonly slug: string; readonly provider: string; readonly options: Options };
type Connection = OutputOf<'connections.get'>;

/** The connection of an earlier attempt, with a credential in it: what is left to do goes on from there. */
async function existing(cli: Cli, wanted: Wanted): Promise<Connection | undefined> {
  const { slug, provider, options } = wanted;
  const found = await find(cli, slug);
  if (found === undefined) return undefined;
  const elsewhere = options.baseUrl !== undefined && originOf(options.baseUrl) !== originOf(found.base_url);
  if (found.provider !== provider || elsewhere) {
    throw new Failure(
      EXIT.failed,
      `There is a connection ${slug} already, to ${inert(found.provider)} at ${inert(found.base_url)}. Name this one otherwise with --slug, or see \`writ connections set --help\`.`,
    );
  }
  tell(cli, `The connection ${slug} is there already; this goes on with it.`);
  const isGood = found.credentials.some(({ status }) => status !== 'rejected');
  return isGood ? found : await replaceCredential(cli, wanted);
}

async function find(cli: Cli, slug: string): Promise<Connection | undefined> {
  const { items } = await cli.call('connections.list', { limit: 1000 });
  return items.find((connection) => connection.slug === slug);
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

async function create(cli: Cli, wanted: Wanted): Promise<Connection> {
  const { slug, provider, options } = wanted;
  let { kind } = options;
  let value = await askToken(cli, wanted);
  const base = options.baseUrl === undefined ? {} : { base_url: options.baseUrl };
  const send = () =>
    cli.call('connections.create', {
      slug,
      provider,
      credential: { kind, value: value.expose() },
      ...base,
    });
  return await insist(cli.prompt, send, {
    'credential.kind': async () => (kind = await cli.prompt.line('What kind of root credential it is')),
    'credential.value': async () => (value = await askToken(cli, wanted)),
  });
}

async function replaceCredential(cli: Cli, wanted: Wanted): Promise<Connection> {
  const value = await askToken(cli, wanted);
  const { slug: connection, options } = wanted;
  return await cli.call('connections.credential', { connection, kind: options.kind, value: value.expose() });
}

async function askToken(cli: Cli, { provider, options }: Wanted): Promise<Secret> {
  const typed = await cli.prompt.secret(`The ${options.kind} of ${provider}`, checkToken);
  return new Secret(typed.trim(), 'root credential');
}

/** The connection is there even where the provider refuses the token: another can be given at once, or later. */
async function verify(cli: Cli, wanted: Wanted, { first }: { readonly first: boolean }): Promise<Verified> {
  const { slug } = wanted;
  try {
    const ask = () => cli.call('connections.verify', { connection: slug });
    return await insist(cli.prompt, ask, { credential_rejected: () => replaceCredential(cli, wanted) });
  } catch (error) {
    const was = first ? ' was made, but' : ' is there, but';
    cli.out.remark(`The connection ${slug}${was} its credential could not be verified.`);
    cli.out.remark(
      `Hand over another with \`writ connections credential ${slug}\`, or repeat the command: it goes on from here.`,
    );
    throw error;
  }
}

async function wantsImport(cli: Cli): Promise<boolean> {
  if (cli.globals.stdin === true || cli.globals.yes === true) return true;
  return await cli.prompt.confirm("Name the provider's environments now?", true);
}
