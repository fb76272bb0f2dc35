import { ApiError, type OutputOf } from '@writ/api';
import type { Cli } from '../../cli.ts';
import { type Finding, notice, ok, wrong } from './finding.ts';

type Connection = OutputOf<'connections.get'>;
type Environment = OutputOf<'environments.list'>['items'][number];

const LOOKS_LIKE_PRODUCTION = /(^|[.-])(prod|production|live|main|prd)([.-]|$)/;

/** Looks at every connection: does the provider accept its credential now, are its environments named and protected. */
export async function connectionFindings(cli: Cli): Promise<Finding[]> {
  const { items } = await cli.call('connections.list', { limit: 1000 });
  if (items.length === 0) return [notice('There are no connections yet.', 'writ connect')];
  const findings: Finding[] = [];
  for (const connection of items) {
    const environments = await cli.call('environments.list', { connection: connection.slug, limit: 1000 });
    findings.push(
      ...(await askedFindings(cli, connection)),
      ...environmentFindings(connection.slug, environments.items),
    );
  }
  return findings;
}

/** Has the broker ask the provider whose the credential is. Who may not do that is told what the broker remembers. */
async function askedFindings(cli: Cli, connection: Connection): Promise<Finding[]> {
  const { slug, credentials } = connection;
  if (credentials.length === 0) return credentialFindings(connection);
  try {
    await cli.call('connections.verify', { connection: slug });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const again = `writ connections verify ${slug}`;
    // A credential that is not accepted is reported below; it is not known that the others are bad.
    if (error.code === 'upstream_unavailable')
      return [wrong(`${slug}: ${error.message}`, `Look at the provider, then: ${again}`)];
  }
  return credentialFindings(await cli.call('connections.get', { connection: slug }));
}

function credentialFindings({ slug, credentials }: Connection): Finding[] {
  const replace = `writ connections credential ${slug}`;
  if (credentials.length === 0) return [wrong(`${slug} has no root credential.`, replace)];
  return credentials.map((credential) => {
    const name = `${slug}'s ${credential.kind}`;
    if (credential.status === 'verified') return ok(`${name} is verified.`);
    if (credential.status === 'unverified')
      return wrong(`${name} was never verified.`, `writ connections verify ${slug}`);
    if (credential.status === 'rejected') return wrong(`${name} was rejected by the provider.`, replace);
    return wrong(
      `${name} was seen in an answer of the provider and may be known to others.`,
      `Make a new one at the provider, then: ${replace}`,
    );
  });
}

function environmentFindings(slug: string, environments: readonly Environment[]): Finding[] {
  const named = environments.filter((environment) => environment.selector !== null);
  if (named.length === 0) {
    return [wrong(`${slug} has no environments: every call that reaches one is refused.`, `writ env import ${slug}`)];
  }
  const bare = named.filter((environment) => !environment.protected && LOOKS_LIKE_PRODUCTION.test(environment.slug));
  return bare.map((environment) =>
    wrong(
      `${environment.slug} of ${slug} looks like production and is not protected.`,
      `writ env protect ${slug} ${environment.slug}`,
    ),
  );
}
