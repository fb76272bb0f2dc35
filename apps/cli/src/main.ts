import { type Command, CommanderError, Help, type Option } from 'commander';
import type { Globals } from './cli.ts';
import { readConfig } from './config.ts';
import { createCli } from './create-cli.ts';
import { EXIT, type Failure, failureOf, usage } from './failure.ts';
import { processJob } from './input/process-job.ts';
import { asCalled } from './output/as-called.ts';
import { helpText } from './output/help.ts';
import { createOutput, widthOf } from './output/output.ts';
import { createProgram } from './program.ts';

/** Runs one command; the exit code is the process's. */
async function main(): Promise<void> {
  const config = readConfig();
  const { stdin, stdout, stderr } = process;
  const runtime = { config, stdin, stdout, stderr, fetch: globalThis.fetch, job: processJob, now: Date.now };
  const program = createProgram(() => createCli(runtime, program.opts<Globals>()));
  const output = {
    outputError: quiet,
    writeOut: (text: string) => void stdout.write(helpText(text, { program: config.program, width: widthOf(stdout) })),
    writeErr: (text: string) => void stderr.write(helpText(text, { program: config.program, width: widthOf(stderr) })),
    getOutHelpWidth: () => widthOf(stdout),
    getErrHelpWidth: () => widthOf(stderr),
  };
  for (const command of [program, ...below(program)]) {
    command
      .exitOverride()
      .configureOutput(output)
      .configureHelp({
        subcommandTerm,
        commandUsage,
        optionDescription,
        showGlobalOptions: command.commands.length === 0,
      });
  }
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = fail(error, config.program);
  }
}

function below(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...below(child)]);
}

/** The longest form of a command in a list: a longer one would leave no room to say what it does. */
const LONGEST_TERM = 28;

/** The name and its arguments; the options are in its own --help. */
function subcommandTerm(command: Command): string {
  const taken = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  const term = [command.name(), ...taken].join(' ');
  return term.length <= LONGEST_TERM ? term : command.name();
}

function optionDescription(option: Option): string {
  const text = new Help().optionDescription(option);
  return option.mandatory ? `${text} (required)` : text;
}

/** The usage line shows the required options, so that nothing required looks optional. */
function commandUsage(command: Command): string {
  const required = command.options.filter(({ mandatory }) => mandatory).map(({ flags }) => `${flags} `);
  return new Help().commandUsage(command).replace('[options]', `${required.join('')}[options]`);
}

function quiet(): void {
  // commander's own message is left out: `fail` tells every failure, once.
}

/** A refusal of commander as a failure like every other; undefined where the user asked for help or the version. */
function wrongUse(error: CommanderError): Failure | undefined {
  if (error.exitCode === 0) return undefined;
  if (isHelp(error)) return usage('Say which command; those there are stand above.');
  const sentence = error.message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/ \(Did you mean (.*)\?\)$/, '. Did you mean $1?')
    .replace(/[.?]?$/, (end) => (end === '?' ? '?' : '.'));
  return usage(`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)} Add --help to see how it is used.`);
}

function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help';
}

function fail(error: unknown, called: string): number {
  const failure = error instanceof CommanderError ? wrongUse(error) : failureOf(error);
  if (failure === undefined) return EXIT.ok;
  // Read from the arguments, not from commander, which may have stopped before it came to the option.
  const isJson = process.argv.includes('--json');
  // The help that was shown says it all.
  if (isHelp(error) && !isJson) return failure.exit;
  const out = createOutput(process.stdout, process.stderr, called);
  if (isJson) {
    out.json({ error: { detail: asCalled(failure.message, called), ...failure.problem, exit_code: failure.exit } });
  }
  out.remark([`writ: ${failure.message}`, ...failure.lines.map((line) => `  ${line}`)].join('\n'));
  return failure.exit;
}

// A reader that ends early (`writ audit export | head`) is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
await main();
