/**
 * A real browser for tests and screenshots: the Chromium of an npm package, without a flag that would weaken it (the package's own list
 * switches web security off). Elsewhere than on Linux for x64, an installed Chrome.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { pinnedNode } from '../support/broker-process.ts';
import { root } from '../support/sources.ts';

let opening: Promise<Browser> | undefined;

/** The browser of this process: started once, ended with it. */
export function openBrowser(): Promise<Browser> {
  opening ??= launch();
  return opening;
}

async function launch(): Promise<Browser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return await installedChrome();
  const place = await unpacked();
  const env = {
    ...process.env,
    FONTCONFIG_PATH: join(place, 'fonts'),
    ...(!hasLibrary('libnss3.so') && { LD_LIBRARY_PATH: join(place, 'al2023', 'lib') }),
  };
  return await chromium.launch({ executablePath: join(place, 'chromium'), args: ['--no-sandbox'], env });
}

async function installedChrome(): Promise<Browser> {
  try {
    return await chromium.launch({ channel: 'chrome' });
  } catch (cause) {
    const machine = `${process.platform} on ${process.arch}`;
    throw new Error(`The tests of the page need Google Chrome on ${machine}: install it, then run them again.`, {
      cause,
    });
  }
}

/** Unpacks the browser once, and answers its folder. Another process that does it at the same time does no harm. */
async function unpacked(): Promise<string> {
  const manifest = join(import.meta.dirname, 'node_modules', '@sparticuz', 'chromium', 'package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { readonly version: string };
  const place = join(root, 'node_modules', '.cache', `chromium-${version}`);
  if (existsSync(place)) return place;
  await mkdir(dirname(place), { recursive: true });
  const unfinished = await mkdtemp(`${place}-`);
  try {
    await promisify(execFile)(pinnedNode(), ['--input-type=module', '-e', UNPACK], {
      cwd: import.meta.dirname,
      env: { ...process.env, TMPDIR: unfinished },
    });
    await writeFile(join(unfinished, 'fonts', 'fonts.conf'), fontsAt(place));
    await rename(unfinished, place).catch((error: unknown) => {
      if (!existsSync(place)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return place;
}

/** The package unpacks to the folder of temporary files, which is fixed when it is loaded: hence a process of its own. */
const UNPACK = `
  import { createRequire } from 'node:module';
  import { dirname, join } from 'node:path';
  import chromium, { inflate } from '@sparticuz/chromium';
  await chromium.executablePath();
  const file = createRequire(join(process.cwd(), 'x')).resolve('@sparticuz/chromium');
  await inflate(join(dirname(dirname(file)), 'bin', 'al2023.tar.br'));
`;

/** The package's own list of font folders names those of another place; without a font the page has no text. */
function fontsAt(place: string): string {
  const alias = (name: string, font: string): string =>
    `<alias binding="same"><family>${name}</family><prefer><family>${font}</family></prefer></alias>`;
  const families = [
    ...['sans-serif', 'system-ui', 'ui-sans-serif'].map((name) => alias(name, 'Open Sans')),
    ...['monospace', 'ui-monospace'].map((name) => alias(name, 'DejaVu Sans Mono')),
  ];
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(place, 'fonts', 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(place, 'fonts', 'cache')}</cachedir>
  ${families.join('\n  ')}
</fontconfig>
`;
}

function hasLibrary(name: string): boolean {
  const { stdout } = spawnSync('ldconfig', ['-p'], { encoding: 'utf8' });
  return (stdout ?? '').includes(name);
}
