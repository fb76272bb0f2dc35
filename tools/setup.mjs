/**
 * Makes a checkout ready to run: dependencies by the tested pnpm, then the build.
 * Plain JavaScript for Node 20 without dependencies, because it runs before anything is installed.
 * Does nothing, in a few milliseconds, when nothing changed since it last succeeded.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { Refusal } from './refusal.mjs';

const PNPM = 'pnpm@12.21.0';
/** The root of the checkout. */
export const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const installMark = join(modules, '.writ-installed');
const buildMark = join(modules, '.writ-built');
/** What drives a browser: a project of its own, which only the tests and the screenshots need. */
const BROWSER_PROJECT = '@writ/browser-tests';
const browserMark = join(modules, '.writ-browser-installed');
/** The programs, each in one file. */
export const commandLine = join(root, 'apps', 'cli', 'dist', 'writ.js');
export const server = join(root, 'apps', 'server', 'dist', 'writ-server.js');
/** What the broker begins a new embedded database with. */
const newDatabase = join(root, 'apps', 'server', 'dist', 'postgres.tar.gz');
/** The admin page. */
const page = join(root, 'apps', 'web', 'dist', 'page', 'index.html');

/**
 * Installs and builds what changed; with `browser`, what drives a browser as well. Throws a `Refusal` with one sentence (and the tool's
 * output) when it cannot.
 */
export async function setUp({ build = true, browser = false } = {}) {
  if (isReady({ build, browser })) return;
  await withLock(join(root, '.setup.lock'), async () => {
    if (!isInstalled(browser)) await install(browser);
    if (build && !isBuilt()) await compile();
  });
}

/** The Node that runs Writ: the pinned one, else the caller's own where that is new enough. */
export function projectNode() {
  const pinned = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(pinned)) return pinned;
  if (isOwnNode()) return process.execPath;
  throw new Refusal(
    `Writ needs Node 24; this is ${process.version}, and the npm package "node" has none for this machine.`,
  );
}

/** Tells whether the Node of this very process is new enough to run Writ. */
export function isOwnNode() {
  return Number(process.versions.node.split('.')[0]) >= 24;
}

function isReady({ build, browser }) {
  return isInstalled(browser) && (!build || isBuilt());
}

function isInstalled(browser) {
  return readMark(browser ? browserMark : installMark) === manifestsDigest();
}

function isBuilt() {
  const hasOutput = (folder) => existsSync(join(root, folder, 'dist', '.tsbuildinfo'));
  return (
    readMark(buildMark) === sourcesDigest() &&
    builtFolders().every(hasOutput) &&
    [commandLine, server, newDatabase, page].every((file) => existsSync(file))
  );
}

async function install(browser) {
  say('Installing dependencies (about half a minute the first time) ...');
  const only = browser ? [] : ['--filter', `!${BROWSER_PROJECT}`];
  const args = ['--yes', PNPM, 'install', '--frozen-lockfile', ...only];
  await runQuietly('npx', args, 'The dependencies could not be installed');
  mkdirSync(modules, { recursive: true });
  for (const mark of browser ? [installMark, browserMark] : [installMark]) writeFileSync(mark, manifestsDigest());
}

async function compile() {
  say('Building ...');
  const digest = sourcesDigest();
  const tsc = join(modules, 'typescript', 'bin', 'tsc');
  await runQuietly(projectNode(), [tsc, '-b', 'tsconfig.build.json'], 'The build failed');
  await runQuietly(projectNode(), [join(root, 'tools', 'bundle.ts')], 'The programs could not be built');
  writeFileSync(buildMark, digest);
}

function runQuietly(command, args, failure) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, CI: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => reject(new Refusal(`${failure}: "${command}" did not start (${error.message}).`)));
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Refusal(`${failure}; its output is above.`, output)),
    );
  });
}

function manifestsDigest() {
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', join('test', 'browser', 'package.json')];
  for (const folder of projectFolders()) files.push(join(folder, 'package.json'));
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${PNPM}`);
  for (const file of files) hash.update(`\n${file}\n`).update(readIfThere(join(root, file)));
  return hash.digest('hex');
}

/** Paths, sizes and times of every source: cheap, and any edit changes it. */
function sourcesDigest() {
  const hash = createHash('sha256').update(readMark(installMark));
  for (const name of ['tsconfig.base.json', 'tsconfig.build.json', 'tools/bundle.ts']) addFile(hash, join(root, name));
  for (const folder of projectFolders()) {
    addFile(hash, join(root, folder, 'tsconfig.json'));
    for (const name of ['index.html', 'vite.config.ts']) addFile(hash, join(root, folder, name));
    for (const name of ['src', 'tools', 'public']) addTree(hash, join(root, folder, name));
  }
  return hash.digest('hex');
}

function builtFolders() {
  return JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8')).references.map(({ path }) => path);
}

function projectFolders() {
  return ['packages', 'apps'].flatMap((group) =>
    existsSync(join(root, group))
      ? readdirSync(join(root, group))
          .sort()
          .map((name) => join(group, name))
      : [],
  );
}

function addTree(hash, folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) addTree(hash, path);
    else addFile(hash, path);
  }
}

function addFile(hash, path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat) hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`);
}

function readMark(path) {
  return readIfThere(path).toString();
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
}

function say(line) {
  process.stderr.write(`writ: ${line}\n`);
}
