import { isAtLeast, type OutputOf } from '@writ/api';
import type { Cli } from '../../cli.ts';
import { type Finding, notice, ok } from './finding.ts';

/**
 * Looks whether a copy of the key file lies on another machine. Only a person knows: asks once whoever is at the terminal and may answer,
 * and has the database remember it.
 */
export async function keyCopyFindings(cli: Cli): Promise<Finding[]> {
  const state = await cli.call('key_file.get', {});
  const { kek_id, copy_kept, copy_answered_at } = state.copy_kept === null ? await asked(cli, state) : state;
  if (copy_kept === null) {
    return [
      notice(
        `Nobody has said whether a copy of the key file (key ${kek_id}) lies on another machine. ${WITHOUT}`,
        'writ key-file copied, or writ key-file copied --no',
      ),
    ];
  }
  const day = copy_answered_at?.slice(0, 10) ?? '';
  if (copy_kept) return [ok(`A copy of the key file (key ${kek_id}) lies on another machine, as was said on ${day}.`)];
  return [
    notice(
      `There is no copy of the key file (key ${kek_id}) on another machine, as was said on ${day}. ${WITHOUT}`,
      `Copy ${keyFileOf(cli)} to a machine or a password manager that does not stand or fall with this one, closed to others. Then: writ key-file copied`,
    ),
  ];
}

const WITHOUT =
  'Without that file root credentials, signing keys, passwords and client secrets are lost; a backup does not have it.';

type State = OutputOf<'key_file.get'>;

/** Asks, where somebody is there who may answer; the state as it is then. */
async function asked(cli: Cli, state: State): Promise<State> {
  const { prompt, globals, config } = cli;
  if (!prompt.asks || globals.json === true || config.token !== undefined) return state;
  const { role } = await cli.call('me.get', {});
  if (!isAtLeast(role, 'admin')) return state;
  prompt.say(
    `The database is sealed with the key in ${keyFileOf(cli)}. ${WITHOUT} A copy on the same machine or disk is no copy.`,
  );
  const answer = await prompt.line('Is there a copy of it on another machine? [yes/no/later]', (line) =>
    ANSWER.test(line) ? undefined : 'Answer with yes, no or later.',
  );
  if (/^l/i.test(answer)) return state;
  return await cli.call('key_file.put', { kek_id: state.kek_id, copy_kept: /^y/i.test(answer) });
}

const ANSWER = /^(y|yes|n|no|l|later)$/i;

/** The file as a broker that was started from here would have it; another machine's is only named. */
function keyFileOf({ config }: Cli): string {
  return `the broker's key file (${config.broker.keyFile}, if it runs here)`;
}
