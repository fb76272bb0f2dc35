import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Services } from '@writ/broker';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { securityHeaders } from './reply.ts';

/** Where the build puts the page, seen from the broker's one file and from this one. */
const FOLDERS = ['../../web/dist/page', '../../../web/dist/page'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** What stands in the built document where each answer has a nonce of its own. */
const NONCE_PLACE = 'WRIT-NONCE';

/** What only programs ask for: there, a browser too is told of an error as a problem. */
const FOR_PROGRAMS = /^\/(?:api|oauth|gateway|\.well-known|assets|healthz|readyz)(?:\/|$)/;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** One file that the page loads, in the encodings that the build wrote. */
interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly encodings: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

interface Build {
  readonly document: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

/**
 * The admin page: one document at every address that a person opens, and the files that it loads. Both methods answer undefined where the
 * request is a program's, or where the page was not built.
 */
export interface WebPage {
  document(c: Context): Promise<Response | undefined>;
  asset(c: Context): Promise<Response | undefined>;
}

/** Makes what serves the page. It is read when it is first asked for, all at once, so that a build beside a running broker mixes nothing. */
export function createWebPage({ config, randomBytes }: Services, folders = FOLDERS): WebPage {
  const { publicUrl } = config;
  const always = securityHeaders(config);
  let reading: Promise<Build | undefined> | undefined;
  const read = (): Promise<Build | undefined> => {
    reading ??= firstBuild(folders);
    return reading;
  };
  return {
    document: async (c) => {
      if (!isPerson(c)) return undefined;
      const build = await read();
      if (build === undefined) return undefined;
      const asked = new URL(c.req.url);
      // Passkeys and the cookie belong to one name: `127.0.0.1` and `localhost` are two.
      if (c.req.header('host') !== new URL(publicUrl).host)
        return goOnAt(always, `${publicUrl}${asked.pathname}${asked.search}`);
      return documentWith(always, build.document, Buffer.from(randomBytes(16)).toString('base64url'));
    },
    asset: async (c) => {
      if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return undefined;
      const asset = (await read())?.assets.get(c.req.path);
      return asset && answerAsset(c, always, asset);
    },
  };
}

/** Tells a person's browser, which asks for HTML by name, from a program that follows a link. */
function isPerson({ req }: Context): boolean {
  const isRead = req.method === 'GET' || req.method === 'HEAD';
  return isRead && !FOR_PROGRAMS.test(req.path) && (req.header('accept') ?? '').includes('text/html');
}

type Headers = Readonly<Record<string, string>>;

function goOnAt(always: Headers, location: string): Response {
  return new Response(null, { status: 307, headers: { ...always, location } });
}

/** The policy: everything of the page is a file of this origin; the one exception are style elements with this answer's nonce. */
function documentWith(always: Headers, document: string, nonce: string): Response {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'none'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return new Response(document.replaceAll(NONCE_PLACE, nonce), {
    headers: {
      ...always,
      'content-security-policy': policy.join('; '),
      'content-type': 'text/html; charset=utf-8',
      vary: 'accept',
    },
  });
}

/** The names under `/assets` change with their content, so those files are kept for good; the others are asked for again. */
function answerAsset(c: Context, always: Headers, { type, etag, encodings }: Asset): Response {
  const encoding = accepts(c, {
    header: 'Accept-Encoding',
    supports: [...encodings.keys()],
    default: 'identity',
  });
  const headers = {
    ...always,
    'cache-control': c.req.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-type': type,
    etag,
    vary: 'accept-encoding',
  };
  if (c.req.header('if-none-match') === etag) return new Response(null, { status: 304, headers });
  const isPlain = encoding === 'identity';
  return new Response(encodings.get(encoding), {
    headers: isPlain ? headers : { ...headers, 'content-encoding': encoding },
  });
}

async function firstBuild(folders: readonly string[]): Promise<Build | undefined> {
  for (const folder of folders) {
    const document = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined);
    if (document !== undefined) return { document, assets: await readAssets(folder) };
  }
  return undefined;
}

async function readAssets(folder: string): Promise<ReadonlyMap<string, Asset>> {
  const names = (await readdir(folder, { recursive: true })).map((name) => name.replaceAll('\\', '/'));
  const found = names.flatMap((name) => {
    const type = TYPES[extname(name)];
    return type === undefined ? [] : [{ name, type }];
  });
  const read = async ({ name, type }: { name: string; type: string }): Promise<[string, Asset]> => {
    const plain = await readFile(join(folder, name));
    const encodings = new Map([['identity', new Uint8Array(plain)]]);
    for (const [encoding, ending] of [
      ['br', '.br'],
      ['gzip', '.gz'],
    ] as const)
      if (names.includes(`${name}${ending}`))
        encodings.set(encoding, new Uint8Array(await readFile(join(folder, `${name}${ending}`))));
    return [`/${name}`, { type, etag: `"${createHash('sha256').update(plain).digest('base64url')}"`, encodings }];
  };
  return new Map(await Promise.all(found.map(read)));
}
