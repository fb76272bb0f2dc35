import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { WritError } from '@writ/core';

/** How often a holder shows that it lives, and how long another host takes its word for it, in milliseconds. */
const BEAT = 5_000;
const SILENCE = 20_000;

interface Holder {
  readonly pid: number;
  /** When the process started, as the system tells it: a process id is used again, this pair is not. */
  readonly started: string;
  readonly host: string;
}

/**
 * Takes the lock file at `path` for this process, also from a holder that has died, and returns how to release it. It is released
 * by itself when the process exits. Throws `WritError` (`unavailable`) naming the holder and the folder.
 *
 * The embedded database has no lock of its own: a second process opens the same files and what it writes is silently lost.
 */
export function takeLock(path: string, { now }: { readonly now: () => number }): () => void {
  const own: Holder = { pid: process.pid, started: startOf(process.pid) ?? '', host: hostname() };
  const text = JSON.stringify(own);
  if (!create(path, text)) takeOver(path, text, now);
  const beat = setInterval(() => touch(path, text, now), BEAT);
  beat.unref();
  const release = (): void => {
    clearInterval(beat);
    process.off('exit', release);
    if (read(path) === text) rmSync(path, { force: true });
  };
  process.once('exit', release);
  return release;
}

function create(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw refusal(`The data folder ${dirname(path)} cannot be written to: ${codeOf(error)}.`, error);
  }
}

/**
 * Replaces a dead holder's lock. Of several that find the same dead holder, the one that makes the second file decides; it looks
 * again before it writes, and the others are refused.
 */
function takeOver(path: string, text: string, now: () => number): void {
  refuseIfHeld(path, now);
  const turn = `${path}.turn`;
  if (!create(turn, text)) {
    if (!isSilent(turn, now)) throw refusal(`Another process is just opening ${dirname(path)}. Try again in a moment.`);
    rmSync(turn, { force: true });
    if (!create(turn, text)) throw refusal(`Another process is just opening ${dirname(path)}. Try again in a moment.`);
  }
  try {
    refuseIfHeld(path, now);
    writeFileSync(`${path}.next`, text, { mode: 0o600 });
    renameSync(`${path}.next`, path);
  } finally {
    rmSync(turn, { force: true });
  }
}

function refuseIfHeld(path: string, now: () => number): void {
  const text = read(path);
  if (text === undefined) return;
  const holder = parse(text);
  if (!isHeld(path, holder, now)) return;
  const who = holder
    ? `process ${holder.pid}${holder.host === hostname() ? '' : ` on ${holder.host}`}`
    : 'another process';
  throw refusal(
    `The data folder ${dirname(path)} is in use by ${who}. Stop it first, or set WRIT_DATA_DIR to another folder.`,
  );
}

/** A process of this host is asked for; of another (a container on the same volume) only its beat is seen. A half-written file counts as held while fresh. */
function isHeld(path: string, holder: Holder | undefined, now: () => number): boolean {
  if (holder?.host === hostname() && startOf(holder.pid) !== undefined && startOf(holder.pid) === holder.started)
    return true;
  if (holder?.host === hostname()) return false;
  return !isSilent(path, now);
}

function isSilent(path: string, now: () => number): boolean {
  try {
    return now() - statSync(path).mtimeMs > SILENCE;
  } catch {
    return true;
  }
}

function touch(path: string, text: string, now: () => number): void {
  const seconds = now() / 1000;
  try {
    if (read(path) === text) utimesSync(path, seconds, seconds);
  } catch {
    // The folder may be full or gone; the database itself will say so.
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, started, host } = JSON.parse(text);
    return Number.isInteger(pid) && pid > 0 ? { pid, started: String(started), host: String(host) } : undefined;
  } catch {
    return undefined;
  }
}

/** When a process started, in the system's own terms; undefined when there is no such process. */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return startByPs(pid);
  try {
    // Field 22 of proc(5)'s stat, counted after the name, which is in parentheses and may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function refusal(detail: string, cause?: unknown): WritError {
  return new WritError('unavailable', { detail, cause });
}
