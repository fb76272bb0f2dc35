/** What a start of the broker would fail by, found before anything is installed or built for it. Plain JavaScript for Node 20. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Refusal } from './refusal.mjs';

/** Looks at port, host and folder as this environment names them. Throws a `Refusal`; the broker judges all its settings itself. */
export async function preflight(env = process.env) {
  const given = (name) => env[name]?.trim() || undefined;
  await checkListening(given('WRIT_HOST') ?? '127.0.0.1', given('WRIT_PORT') ?? '8700');
  if (given('DATABASE_URL') === undefined) checkFolder(resolve(given('WRIT_DATA_DIR') ?? defaultFolder(env)));
}

function defaultFolder({ XDG_DATA_HOME: base }) {
  return join(base && isAbsolute(base) ? base : join(homedir(), '.local', 'share'), 'writ');
}

function checkListening(host, text) {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535)
    throw new Refusal(`WRIT_PORT is "${text}"; it must be a port from 1 to 65535.`);
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', ({ code }) => fail(new Refusal(listenSentence(code, { host, port }))));
    server.listen({ host, port }, () => server.close(() => done()));
  });
}

/** The broker's own sentences, from the one file of it that needs no build. */
function listenSentence(code, { host, port }) {
  const file = new URL('../apps/server/src/listen-errors.json', import.meta.url);
  const sentences = JSON.parse(readFileSync(file, 'utf8'));
  const values = { host, port, code };
  return (sentences[code] ?? sentences.other).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** The nearest folder that is there: whether the rest of the path can be made in it. */
function checkFolder(folder) {
  for (let place = folder; ; place = dirname(place)) {
    const found = statOf(place);
    if (found === undefined && place !== dirname(place)) continue;
    if (!found?.isDirectory())
      throw new Refusal(
        `The data folder ${folder} cannot be there: ${place} is not a folder. Set WRIT_DATA_DIR to another.`,
      );
    if (!isWritable(place))
      throw new Refusal(
        `This user may not write to ${place}, where the data folder ${folder} is to be. Set WRIT_DATA_DIR to another.`,
      );
    return;
  }
}

/** Undefined where nothing is there, also below what is no folder. */
function statOf(path) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
