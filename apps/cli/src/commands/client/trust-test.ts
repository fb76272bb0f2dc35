import type { OutputOf } from '@writ/api';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { EXIT, Failure } from '../../failure.ts';
import { table } from '../../output/table.ts';
import { oneOf, several, verb } from '../command.ts';
import { CI_NAMES, type PolicyOptions, policyOf } from './policy.ts';

type TrustTest = OutputOf<'clients.trust_test'>;
type Check = TrustTest['checks'][number];

/** `writ client trust-test`: holds a CI token against a trust policy. */
export function testTrust(makeCli: CliFactory): Command {
  return verb('trust-test', {
    summary: 'Holds a CI token against a trust policy, claim by claim; issues nothing.',
    examples: [
      'writ client trust-test deploy',
      'writ client trust-test deploy --stdin < token.txt',
      'writ client trust-test deploy --ci github_actions --pin repository_id=456789 --pin environment=production',
    ],
    notes:
      'The token is asked for without being shown, and kept nowhere. With --ci the policy given here is tested before it\nis saved: that takes your password, and an issuer on a private address is not asked for its keys. Exit code 1 where the token would not be taken.',
  })
    .argument('<client>', 'its id')
    .option('--ci <system>', `test a policy for tokens of ${CI_NAMES.join(', ')}`, oneOf(CI_NAMES))
    .option('--issuer <url>', 'its issuer, where the system has several')
    .option('--audience <text>', 'its audience (default: <issuer of Writ>/ci/<client>)')
    .option('--pin <name=value>', 'a claim that must have this value (several times)', several)
    .option('--allow-private-network', 'the issuer may have a private address')
    .action((clientId: string, options: PolicyOptions) => run(makeCli(), clientId, options));
}

async function run(cli: Cli, clientId: string, options: PolicyOptions): Promise<void> {
  const auth = options.ci === undefined ? undefined : await policyOf(cli, clientId, options);
  const token = (await cli.prompt.secret('The CI token')).trim();
  const tested =
    auth === undefined
      ? await cli.call('clients.trust_test', { id: clientId, token })
      : await cli.call('clients.trust_test_unsaved', { token, auth });
  cli.show(tested, () => testedText(tested, cli.out.width));
  if (!tested.accepted) throw new Failure(EXIT.failed, `The token would not be taken (${tested.reason ?? 'refused'}).`);
}

function testedText({ accepted, checks, hints }: TrustTest, width: number): string {
  const columns = {
    result: ({ pass }: Check) => (pass ? 'pass' : 'FAIL'),
    claim: ({ name }: Check) => name,
    wanted: ({ wanted }: Check) => wanted.join(' or '),
    found: ({ found }: Check) => found ?? '-',
  };
  const rows = checks.length === 0 ? 'It is not a token that can be read.' : table(checks, columns, width);
  const advice = hints.map(({ hint }) => `Consider: ${hint}.`);
  return [rows, ...advice, ...(accepted ? ['The token would be taken.'] : [])].join('\n');
}
