import { VERSION } from '@writ/core';
import { Command } from 'commander';
import type { CliFactory } from './cli.ts';
import { accessCommands } from './commands/access.ts';
import { peopleCommands } from './commands/people.ts';
import { connectionCommands } from './commands/providers.ts';
import { watchCommands } from './commands/watch.ts';

const EXAMPLES = `
First steps, each explained by its own --help:
  writ user setup              make the first owner, with the printed link
  writ connect                 hand over a root credential, see its reach
  writ client create my-agent  make a client for an agent or a job
  writ grant my-agent 'acme/staging/*:read' 'acme/staging/domain*'
  writ token my-agent --task "add a custom domain to staging"
  writ explain --client my-agent --connection acme --query '{ me { id } }'
  writ audit verify            prove that the log is whole

Exit codes: 0 done, 1 refused or failed, 2 wrong use, 3 not signed in, 4 no broker reached.

Environment:
  WRIT_URL         the broker
  WRIT_CONFIG_DIR  where sessions are stored (default ~/.config/writ)
  WRIT_TOKEN       an access token of an automation client, to use in the
                   place of a session`;

/** Builds the whole command line. Nothing is read or sent before an action runs. */
export function createProgram(makeCli: CliFactory): Command {
  const program = new Command('writ')
    .description('Writ holds root credentials and hands out scoped, short-lived access tokens.')
    .version(VERSION, '--version', 'print the version')
    .option('--url <url>', 'the broker (default: the one last signed in at, else http://localhost:8700)')
    .option('--json', "print the API's own JSON")
    .option('--stdin', 'take what would be asked (passwords, tokens, secrets) from standard input, one a line')
    .option('-y, --yes', 'answer every question for a yes with yes')
    .addHelpText('after', EXAMPLES);
  for (const commands of [peopleCommands, connectionCommands, accessCommands, watchCommands]) {
    for (const command of commands(makeCli)) program.addCommand(command);
  }
  return program;
}
