import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CliConfig } from '../../config.ts';
import { placeProblem } from '../../input/private-file.ts';
import { type Finding, notice, ok, wrong } from './finding.ts';

/** Looks at this machine's files, as a broker started from this environment would use them. */
export async function machineFindings({ broker, configDir }: CliConfig): Promise<Finding[]> {
  const places = [await keyFileFinding(broker.keyFile), await dataFinding(broker), await sessionFinding(configDir)];
  return places.filter((finding) => finding !== undefined);
}

async function keyFileFinding(path: string): Promise<Finding> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    return notice(`There is no key file at ${path} on this machine; that is right where the broker runs elsewhere.`);
  const tree = await workTreeOf(path);
  if (tree !== undefined)
    return wrong(`The key file ${path} lies in the work tree ${tree}.`, 'Move it out, and set WRIT_KEY_FILE.');
  const problem = await placeProblem(path, 'The key file');
  if (problem !== undefined) return wrong(problem);
  return ok(`The key file ${path} is closed to others. Anybody who can run commands as this user can still read it.`);
}

async function dataFinding(broker: CliConfig['broker']): Promise<Finding | undefined> {
  if (broker.usesPostgres) return ok('DATABASE_URL is set: a broker started here uses Postgres.');
  const found = await stat(broker.dataDir).catch(() => undefined);
  if (found === undefined) return undefined;
  const tree = await workTreeOf(broker.dataDir);
  if (tree !== undefined) {
    return wrong(
      `The data folder ${broker.dataDir} lies in the work tree ${tree}, where agents work.`,
      'Move it out, and set WRIT_DATA_DIR.',
    );
  }
  const problem = await placeProblem(broker.dataDir, 'The data folder');
  if (problem !== undefined) return wrong(problem);
  return ok(`The embedded database is in ${broker.dataDir}, closed to others.`);
}

async function sessionFinding(configDir: string): Promise<Finding | undefined> {
  const path = join(configDir, 'sessions.json');
  const problem = await placeProblem(path, 'The file of stored sessions');
  return problem === undefined
    ? undefined
    : wrong(problem, 'Sign out with `writ logout` too: somebody may have read it.');
}

async function workTreeOf(path: string): Promise<string | undefined> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (await stat(join(folder, '.git')).catch(() => undefined)) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
