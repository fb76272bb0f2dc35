import { inert, Secret } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { failureOf } from '../../failure.ts';
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
      'writ connect railway --base-url http://127.0.0.1:9801   (a stand-in on this machine)',
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
  const slug = options.slug ?? provider;
  // Before a root token is typed: is there a broker, and who is asked to take it?
  await cli.call('me.get', {});
  const connection = await create(cli, { slug, provider, options });
  tell(cli, `Its root credential is sealed, for ${inert(connection.base_url)} alone.`);
  const verified = await verifyOrAdvise(cli, slug);
  tell(cli, `${verifiedText(verified)}\n`);
  const imported = (await wantsImport(cli, slug)) ? await cli.call('environments.import', { connection: slug }) : null;
  if (imported !== null) tell(cli, importedText(cli, imported));
  if (cli.globals.json === true) cli.out.json({ connection, verified, imported });
}

function tell(cli: Cli, text: string): void {
  if (cli.globals.json !== true) cli.out.write(text);
}

type Wanted = { readonly slug: string; readonly provider: string; readonly options: Options };

async function create(cli: Cli, { slug, provider, options }: Wanted) {
  const typed = await cli.prompt.secret(`The ${options.kind} of ${provider}`);
  const value = new Secret(typed.trim(), 'root credential');
  return await cli.call('connections.create', {
    slug,
    provider,
    credential: { kind: options.kind, value: value.expose() },
    ...(options.baseUrl === undefined ? {} : { base_url: options.baseUrl }),
  });
}

/** The connection is there even where the provider refuses the token: what to do about that is said. */
async function verifyOrAdvise(cli: Cli, slug: string) {
  try {
    return await cli.call('connections.verify', { connection: slug });
  } catch (error) {
    const failure = failureOf(error, await cli.url());
    cli.out.remark(`The connection ${slug} was made, but its credential could not be verified.`);
    cli.out.remark(
      `Hand over another with \`writ connections credential ${slug}\`, or try again with \`writ connections verify ${slug}\`.`,
    );
    throw failure;
  }
}

async function wantsImport(cli: Cli, slug: string): Promise<boolean> {
  if (cli.globals.stdin === true || cli.globals.yes === true) return true;
  return await cli.prompt.confirm(`Name the environments that the provider lists (writ env import ${slug})?`);
}
