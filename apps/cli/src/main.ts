import { type Command, CommanderError } from 'commander';
import type { Globals } from './cli.ts';
import { readConfig } from './config.ts';
import { createCli } from './create-cli.ts';
import { EXIT, failureOf } from './failure.ts';
import { createOutput } from './output/output.ts';
import { createProgram } from './program.ts';

/** Runs one command; the exit code is the process's. */
async function main(): Promise<void> {
  const config = readConfig();
  const { stdin, stdout, stderr } = process;
  const runtime = { config, stdin, stdout, stderr, fetch: globalThis.fetch, now: Date.now };
  const program = createProgram(() => createCli(runtime, program.opts<Globals>()));
  for (const command of [program, ...below(program)]) {
    command.exitOverride().configureOutput({ outputError: quiet }).configureHelp({ subcommandTerm });
  }
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = error instanceof CommanderError ? wrongUse(error) : fail(error, program.opts<Globals>());
  }
}

function below(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...below(child)]);
}

/** The name and what it takes; its options are its own --help's. */
function subcommandTerm(command: Command): string {
  const taken = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [command.name(), ...taken].join(' ');
}

function quiet(): void {
  // What commander says of wrong use is said once, in `wrongUse`, as every other failure is.
}

function wrongUse(error: CommanderError): number {
  if (error.exitCode === 0) return EXIT.ok;
  const out = createOutput(process.stdout, process.stderr);
  const sentence = error.message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/\.$/, '');
  if (error.code !== 'commander.help') {
    out.remark(`writ: ${sentence}. Add --help to see how it is used.`);
  }
  return EXIT.usage;
}

function fail(error: unknown, { json }: Globals): number {
  const out = createOutput(process.stdout, process.stderr);
  const failure = failureOf(error);
  if (json === true) out.json({ error: { detail: failure.message, ...failure.problem, exit_code: failure.exit } });
  out.remark([`writ: ${failure.message}`, ...failure.lines.map((line) => `  ${line}`)].join('\n'));
  return failure.exit;
}

// A reader that has seen enough (`writ audit export | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
await main();
