import { SETUP_LIFE } from '@writ/broker';
import { inert, type Secret } from '@writ/core';
import { pino } from 'pino';
import { runAdmin } from './admin.ts';
import { isSameDisk } from './backups.ts';
import { compose } from './compose.ts';
import { logFormat, readConfig, type ServerConfig } from './config.ts';
import { isTerminalThere, startedOnTerminal } from './hangup.ts';
import { createLog } from './logger.ts';
import { isStillToBeSetUp, openSetupLink, type RunningBroker, run } from './run.ts';
import { checkListening } from './serve.ts';
import { StartError } from './start-error.ts';
import { forPeople } from './terminal-log.ts';

/** Lines for people on a terminal, JSON for every other reader, unless `WRIT_LOG` says which. */
const format = logFormat() ?? (process.stderr.isTTY ? 'text' : 'json');
const stderr = pino.destination({ fd: 2, sync: true });
// The reader of the output may end before the broker: a closed window, a pipe to `head`. That does not end the broker.
const ignore = (): void => undefined;
stderr.on('error', ignore);
process.stdout.on('error', ignore);
process.stderr.on('error', ignore);
const log = createLog(format === 'json' ? stderr : forPeople((text) => void stderr.write(text)));

async function main(args: readonly string[]): Promise<void> {
  const config = readConfig();
  if (args.length > 0) {
    await runAdmin(args, { config, log, print, onLost: refuse });
    return;
  }
  for (const reason of config.warnings) log.warn('setting_ignored', { reason });
  await checkListening(config);
  const composed = await compose(config, { log, onLost: refuse });
  const running = await run({ ...config, log: format }, composed).catch(async (error: unknown) => {
    await composed.close();
    throw error;
  });
  void running.over.then((why) => stopFor(why, running));
  const setup = await openSetupLink(composed.services, config.setupToken);
  await announce(config, composed.services.store);
  if (setup) announceSetup(setup.link, () => isStillToBeSetUp(composed.services));
  handleSignals(running);
}

/** Ends in order, then says why. */
async function stopFor(reason: StartError, running: RunningBroker): Promise<void> {
  log.warn('stopping', { reason: reason.message });
  await running.stop().catch(() => undefined);
  refuse(reason);
}

async function announce(config: ServerConfig, store: { readonly kind: string; readonly place: string }): Promise<void> {
  const database = store.kind === 'embedded' ? `${store.place}, the embedded database` : `Postgres, ${store.place}`;
  print(`Writ listens on ${config.publicUrl}\nIts data: ${database}`);
  if (config.backupDir !== undefined) print(`Its backups, one a day: ${config.backupDir}`);
  log.info('listening', { url: config.publicUrl, place: store.place, node: process.version });
  const { backupDir, dataDir } = config;
  if (backupDir === undefined || store.kind !== 'embedded' || !(await isSameDisk(backupDir, dataDir))) return;
  log.warn('backups_on_same_disk', {
    reason: `backups go to ${backupDir}, on the same disk as the database: copy them to another place, or set WRIT_BACKUP_DIR`,
  });
}

/** The set-up link is the last line of a start. When it has expired unused, the way to get another is told too. */
function announceSetup(link: Secret, isStillToDo: () => Promise<boolean>): void {
  print(
    `\nNobody has set Writ up yet. This link makes you its owner; it works once,\nfor 30 minutes:\n\n  ${link.expose()}\n\nOpen it in a browser, or give it to \`npx writ user setup\`. When it is lost or\ntoo old, start Writ again: that prints a new one.\n`,
  );
  const say = async (): Promise<void> => {
    if (await isStillToDo()) print('The set-up link is too old now. Start Writ again: that prints a new one.');
  };
  setTimeout(() => void say().catch(() => undefined), SETUP_LIFE).unref();
}

/** SIGHUP reads the certificate again, unless it means that the window in which the broker was started is gone. */
function handleSignals(running: RunningBroker): void {
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { reason: signal });
    running.stop().then(() => process.exit(0), crash);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));
  process.on('SIGHUP', () => {
    if (startedOnTerminal && !isTerminalThere()) stop('SIGHUP');
    else running.reload().catch(crash);
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Tells why the process ends. Of an unexpected error it tells no more than that: the log has the frames, without any value. */
function refuse(error: unknown): void {
  if (error instanceof StartError) {
    // A sentence may name a file that somebody else named.
    process.stderr.write(`writ: ${error.message.split('\n').map(inert).join('\n')}\n`);
    process.exit(1);
  }
  crash(error);
}

function crash(error: unknown): void {
  log.error('crashed', error);
  process.stderr.write('writ: Something went wrong that Writ did not expect; the log line above says where.\n');
  process.exit(1);
}

process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
main(process.argv.slice(2)).catch(refuse);
