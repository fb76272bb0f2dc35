import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A token as the agent finds it. */
export interface Found {
  /** From the checkout's root. */
  readonly path: string;
  /** The line it stands in. */
  readonly text: string;
  readonly token: string;
}

/** Makes a checkout with a root credential in an unrelated file, looks through it as the agent does, and removes it again. */
export async function findToken(token: string): Promise<Found> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-demo-checkout-'));
  const files = {
    'src/bookings.ts': 'export const bookings: readonly string[] = [];\n',
    'scripts/domains/.env': `RAILWAY_API_TOKEN=${token}\n`,
    'README.md': '# rentals\n',
  };
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return await search(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function search(folder: string): Promise<Found> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const text = (await readFile(path, 'utf8')).split('\n').find((line) => line.includes('TOKEN'));
    if (text !== undefined) return { path: path.slice(folder.length + 1), text, token: text.split('=')[1] ?? '' };
  }
  throw new Error('The checkout holds no token.');
}
