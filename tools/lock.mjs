/** One set-up at a time in a checkout: a file that holds the id of the process that works. */
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `work` while holding the file at `path`; waits for another holder, and takes over from one that has died. */
export async function withLock(path, work) {
  let said = false;
  while (!tryTake(path)) {
    const holder = readHolder(path);
    if (holder === undefined) continue;
    if (!isAlive(holder)) {
      takeAway(path, holder);
      continue;
    }
    if (!said) process.stderr.write(`writ: Waiting for the set-up that process ${holder} runs in this checkout ...\n`);
    said = true;
    await sleep(100);
  }
  const free = () => rmSync(path, { force: true });
  process.once('exit', free);
  try {
    return await work();
  } finally {
    process.off('exit', free);
    free();
  }
}

function tryTake(path) {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The holder's process id; 0 for a file nobody ever wrote to; undefined when it has gone, or is being written. */
function readHolder(path) {
  try {
    const text = readFileSync(path, 'utf8');
    if (text !== '') return Number(text);
    return Date.now() - statSync(path).mtimeMs > 2000 ? 0 : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moved aside before it is removed: of two that saw the same dead holder, only one moves that file. */
function takeAway(path, holder) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    const moved = Number(readFileSync(aside, 'utf8'));
    if (moved !== holder && isAlive(moved)) renameSync(aside, path);
    else rmSync(aside, { force: true });
  } catch {
    // Another process was faster; the loop looks again.
  }
}
