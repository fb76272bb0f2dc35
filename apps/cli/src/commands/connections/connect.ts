import type { OutputOf } from '@writ/api';
import { defined, inert } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { EXIT, Failure } from '../../failure.ts';
import { insist } from '../../input/insist.ts';
import { verb } from '../command.ts';
import { importedText } from '../env/import.ts';
import { knownProvider } from '../providers/list.ts';
import { handOver, type RootCredential, rootCredential } from './root-credential.ts';
import { verifiedText } from './verify.ts';

interface Options {
  readonly kind?: string;
  readonly baseUrl?: string;
  readonly slug?: string;
}

/** `writ connect`: gives the broker a root credential, tells whose it is and how far it reaches, and offers to name its environments. */
export function connect(makeCli: CliFactory): Command {
  return verb('connect', {
    summary: 'Adds a connection: hands a root credential over to Writ, and says whose it is and how far it reaches.',
    examples: [
      'writ connect',
      'writ connect acme --kind api_key --slug acme-web',
      'writ connect acme --base-url http://127.0.0.1:9801',
    ],
    notes:
      'It is asked for without being shown. It is never taken from an argument or the environment, where others\ncould read it. With --stdin the lines are: the root credential, your password; the environments are then imported.\nProviders, and the kinds of root credentials that each takes: writ providers.',
  })
    .argument('[provider]', 'the kind of provider; asked for where it is left out')
    .option('--kind <kind>', 'what kind of root credential it is (default: what the provider says is usual)')
    .option('--slug <slug>', "the connection's name in grants and URLs (default: the provider's name)")
    .option('--base-url <url>', 'where the provider is, if not at its own address')
    .action((provider: string | undefined, options: Options) => run(makeCli(), provider, options));
}

async function run(cli: Cli, named: string | undefined, options: Options): Promise<void> {
  // Checked before anything is typed: is there a broker, does it accept such a token, and from this person?
  await cli.call('me.get', {});
  const known = await knownProvider(cli, named);
  const provider = known.id;
  const token = await rootCredential(cli, { provider: known, of: provider, kind: options.kind });
  const wanted = { slug: options.slug ?? provider, provider, options, token };
  const { slug } = wanted;
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

type Verification = OutputOf<'connections.verify'>;
type NewConnection = {
  readonly slug: string;
  readonly provider: string;
  readonly options: Options;
  readonly token: RootCredential;
};
type Connection = OutputOf<'connections.get'>;

/** The connection of an earlier attempt, with a credential in it: the command continues from there. */
async function existing(cli: Cli, wanted: NewConnection): Promise<Connection | undefined> {
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

async function create(cli: Cli, { slug, provider, options, token }: NewConnection): Promise<Connection> {
  const base = defined({ base_url: options.baseUrl });
  return await handOver(cli, token, (credential) =>
    cli.call('connections.create', { slug, provider, credential, ...base }),
  );
}

async function replaceCredential(cli: Cli, { slug: connection, token }: NewConnection): Promise<Connection> {
  return await handOver(cli, token, (given) => cli.call('connections.credential', { connection, ...given }));
}

/** The connection exists even where the provider refuses the token: another one can be given at once, or later. */
async function verify(cli: Cli, wanted: NewConnection, { first }: { readonly first: boolean }): Promise<Verification> {
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
