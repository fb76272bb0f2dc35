import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { defined, isLoopbackHost, isLoopbackUrl, nearest } from '@writ/core';
import { isAddressRange } from '@writ/gateway';
import { z } from 'zod';
import { StartError } from './start-error.ts';

/** `text`: lines for people, one for each call too. `json`: one object a line. */
export type LogFormat = 'text' | 'json';

/** The settings from the environment: the only file of this app that reads `process.env`. */
export interface ServerConfig {
  /** Postgres; absent: the embedded database in `dataDir`. */
  readonly databaseUrl?: string;
  readonly dataDir: string;
  readonly keyFile: string;
  /** The folder for the backups that the broker makes by itself; absent: it makes none. */
  readonly backupDir?: string;
  /** The issuer: an origin, without a trailing slash. */
  readonly publicUrl: string;
  readonly publicUrlIsLoopback: boolean;
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** `gw.example.com`: `{connection}.gw.example.com` is the gateway too. */
  readonly gatewayDomain?: string;
  /** `host:port` */
  readonly privateUpstreams: readonly string[];
  /** Addresses and CIDRs whose `X-Forwarded-For` and `Forwarded` are believed. */
  readonly trustedProxies: readonly string[];
  readonly setupToken?: string;
  /** The mail server, with the password in it, and what mails are from; absent: no mail is sent. */
  readonly mail?: { readonly smtpUrl: string; readonly from: string };
  /** True when proofs of possession must carry a nonce of ours. */
  readonly dpopNonces?: boolean;
  /** How the log is written, where that is set: lines for people, or JSON. */
  readonly log?: LogFormat;
  /** Warnings about settings that have no effect, or should not stay as they are. */
  readonly warnings: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const isHost = (text: string): boolean => isIP(text) !== 0 || HOST_NAME.test(text);

/** The form of each setting; the message completes the sentence "NAME is "value"; it must be ...". */
const settings = {
  DATABASE_URL: z.string().refine(isPostgresUrl, 'a Postgres URL such as postgres://user:password@host:5432/writ'),
  WRIT_DATA_DIR: z.string().refine(isPath, 'the path of a folder'),
  WRIT_KEY_FILE: z.string().refine(isPath, 'the path of a file'),
  WRIT_BACKUP_DIR: z.string().refine(isPath, 'the path of a folder, or off'),
  WRIT_PUBLIC_URL: z
    .string()
    .refine(isPublicUrl, 'an https origin without a path, or plain http on loopback, such as http://localhost:8700'),
  WRIT_HOST: z.string().refine(isHost, 'an IP address or a host name to listen on, such as 127.0.0.1'),
  WRIT_PORT: z.string().refine(isPort, 'a port from 1 to 65535'),
  WRIT_TLS_CERT: z.string().refine(isPath, 'the path of a PEM file'),
  WRIT_TLS_KEY: z.string().refine(isPath, 'the path of a PEM file'),
  WRIT_GATEWAY_DOMAIN: z.string().refine((text) => HOST_NAME.test(text), 'a host name such as gw.example.com'),
  WRIT_PRIVATE_UPSTREAMS: z
    .string()
    .refine((text) => listOf(text).every(isHostAndPort), 'host:port pairs separated by commas'),
  WRIT_TRUSTED_PROXIES: z
    .string()
    .refine(
      (text) => listOf(text).every(isAddressRange),
      'addresses or CIDRs such as 10.0.0.0/8, separated by commas, and not all there are',
    ),
  WRIT_DPOP_NONCES: z.enum(['off', 'required'], 'off or required'),
  WRIT_PLAIN_HTTP: z.literal('published-on-loopback', 'published-on-loopback, or unset'),
  WRIT_LOG: z.enum(['text', 'json'], 'text or json'),
  WRIT_SMTP_URL: z.string().refine(isSmtpUrl, 'a URL such as smtps://user:password@mail.example.com:465'),
  WRIT_MAIL_FROM: z.email('a mail address such as writ@example.com'),
  WRIT_SETUP_TOKEN: z.string().regex(/^[\x21-\x7e]{8,200}$/, '8 to 200 printable characters without spaces'),
} as const;
type Setting = keyof typeof settings;

/** Their values are never repeated in a sentence. */
const SECRET: readonly Setting[] = ['DATABASE_URL', 'WRIT_SETUP_TOKEN', 'WRIT_SMTP_URL'];

/** Other programs of the product read these. */
const OTHERS = ['WRIT_URL', 'WRIT_TOKEN', 'WRIT_CONFIG_DIR'];

/** Reads and checks the broker's settings; an empty one counts as unset. Throws a `StartError` for the first that is wrong. */
export function readConfig(env: Environment = process.env): ServerConfig {
  const given = (name: Setting): string | undefined => settingOf(env, name);
  // Settings that this start would not use are checked too: a wrong one is a mistake in any case.
  for (const name of Object.keys(settings)) given(name as Setting);
  const port = Number(given('WRIT_PORT') ?? 8700);
  const tls = tlsOf(given('WRIT_TLS_CERT'), given('WRIT_TLS_KEY'));
  const publicUrl = new URL(given('WRIT_PUBLIC_URL') ?? `${tls ? 'https' : 'http'}://localhost:${port}`).origin;
  checkTlsAgainst(publicUrl, tls !== undefined);
  const log = logFormat(env);
  const host = given('WRIT_HOST') ?? '127.0.0.1';
  const isPlain = tls === undefined && publicUrl.startsWith('http:') && !isLoopbackHost(host);
  if (isPlain && given('WRIT_PLAIN_HTTP') === undefined) throw plainHttp(host);
  const databaseUrl = given('DATABASE_URL');
  const gatewayDomain = given('WRIT_GATEWAY_DOMAIN')?.toLowerCase();
  const dataDir = pathOf(given('WRIT_DATA_DIR')) ?? join(baseFolder(env['XDG_DATA_HOME'], '.local/share'), 'writ');
  const backupDir = backupDirOf(given('WRIT_BACKUP_DIR'), { databaseUrl, dataDir });
  const setupToken = given('WRIT_SETUP_TOKEN');
  const mail = mailOf(given('WRIT_SMTP_URL'), given('WRIT_MAIL_FROM'));
  return {
    ...defined({ databaseUrl, backupDir }),
    dataDir,
    keyFile: pathOf(given('WRIT_KEY_FILE')) ?? join(baseFolder(env['XDG_CONFIG_HOME'], '.config'), 'writ', 'key'),
    publicUrl,
    publicUrlIsLoopback: isLoopbackUrl(publicUrl),
    host,
    port,
    ...defined({ tls, log, gatewayDomain }),
    privateUpstreams: listOf(given('WRIT_PRIVATE_UPSTREAMS') ?? ''),
    trustedProxies: listOf(given('WRIT_TRUSTED_PROXIES') ?? ''),
    dpopNonces: given('WRIT_DPOP_NONCES') === 'required',
    ...defined({ setupToken, mail }),
    warnings: [...unknownSettings(env), ...(isPlain ? [PLAIN] : [])],
  };
}

/** How the log is to be written, where the environment says so; a wrong value is `readConfig`'s to refuse. */
export function logFormat(env: Environment = process.env): LogFormat | undefined {
  const format = env['WRIT_LOG']?.trim();
  return format === 'text' || format === 'json' ? format : undefined;
}

const PLAIN =
  "Writ listens on more than this machine's loopback, over plain http, because WRIT_PLAIN_HTTP says that the port is published on loopback alone. Anybody else who reaches it reads tokens and passwords on the way.";

function plainHttp(host: string): StartError {
  return new StartError(
    `WRIT_HOST is "${host}", so that other machines could reach Writ, and over plain http anybody on the way reads tokens and passwords. Set WRIT_TLS_CERT and WRIT_TLS_KEY; or set WRIT_PUBLIC_URL to the https address of the proxy in front of Writ; or, where the port is published on loopback alone, as docker-compose.yml does, set WRIT_PLAIN_HTTP=published-on-loopback.`,
  );
}

function settingOf(env: Environment, name: Setting): string | undefined {
  const text = env[name]?.trim();
  if (text === undefined || text === '') return undefined;
  const parsed = settings[name].safeParse(text);
  if (parsed.success) return parsed.data;
  const shown = SECRET.includes(name) ? `${name} is not right` : `${name} is "${text}"`;
  throw new StartError(`${shown}; it must be ${parsed.error.issues[0]?.message ?? 'something else'}.`);
}

function tlsOf(certFile: string | undefined, keyFile: string | undefined): ServerConfig['tls'] {
  if (certFile !== undefined && keyFile !== undefined)
    return { certFile: resolve(certFile), keyFile: resolve(keyFile) };
  if (certFile === undefined && keyFile === undefined) return undefined;
  const [has, lacks] = certFile === undefined ? ['WRIT_TLS_KEY', 'WRIT_TLS_CERT'] : ['WRIT_TLS_CERT', 'WRIT_TLS_KEY'];
  throw new StartError(`${has} is set, but ${lacks} is not; set both to serve https, or neither.`);
}

function mailOf(smtpUrl: string | undefined, from: string | undefined): ServerConfig['mail'] {
  if (smtpUrl !== undefined && from !== undefined) return { smtpUrl, from };
  if (smtpUrl === undefined && from === undefined) return undefined;
  const [has, lacks] =
    smtpUrl === undefined ? ['WRIT_MAIL_FROM', 'WRIT_SMTP_URL'] : ['WRIT_SMTP_URL', 'WRIT_MAIL_FROM'];
  throw new StartError(`${has} is set, but ${lacks} is not; set both to send mail, or neither.`);
}

/** Beside the embedded database by default: that is no place of its own, but there is one. On Postgres only where it is set. */
function backupDirOf(
  given: string | undefined,
  { databaseUrl, dataDir }: { readonly databaseUrl: string | undefined; readonly dataDir: string },
): string | undefined {
  if (given === 'off') return undefined;
  if (given === undefined) return databaseUrl === undefined ? `${dataDir}.backups` : undefined;
  const folder = resolve(given);
  if (databaseUrl === undefined && `${folder}/`.startsWith(`${dataDir}/`))
    throw new StartError(
      `WRIT_BACKUP_DIR is "${given}", which lies in the data folder ${dataDir} and would be lost with it; name a folder outside, at best on another disk.`,
    );
  return folder;
}

function checkTlsAgainst(publicUrl: string, tls: boolean): void {
  if (tls && publicUrl.startsWith('http:')) {
    throw new StartError(`WRIT_PUBLIC_URL is "${publicUrl}", but a certificate is set; write it with https.`);
  }
}

function unknownSettings(env: Environment): string[] {
  const known = Object.keys(settings);
  return Object.keys(env)
    .filter((name) => name.startsWith('WRIT_') && !name.startsWith('WRIT_TEST_'))
    .filter((name) => !known.includes(name) && !OTHERS.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      return `${name} is not a setting of Writ and was ignored${meant === undefined ? '' : `; did you mean ${meant}?`}`;
    });
}

function baseFolder(given: string | undefined, fallback: string): string {
  return given !== undefined && isAbsolute(given) ? given : resolve(homedir(), fallback);
}

/** A relative path begins at the folder in which the process was started. */
function pathOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : resolve(text);
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function isPath(text: string): boolean {
  return !text.includes('\0') && !text.startsWith('~');
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function isHostAndPort(text: string): boolean {
  const [, host = '', port = ''] = /^(\[[0-9a-f:.]+\]|[^:]+):(\d+)$/i.exec(text) ?? [];
  return isHost(host.replace(/^\[(.*)\]$/, '$1')) && isPort(port);
}

function isPostgresUrl(text: string): boolean {
  // A URL with several hosts is not one that `URL` can read; the store explains what is wrong with it.
  return /^postgres(ql)?:\/\//.test(text);
}

function isSmtpUrl(text: string): boolean {
  return URL.canParse(text) && /^smtps?:$/.test(new URL(text).protocol) && new URL(text).hostname !== '';
}

function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(text);
  const bare = pathname === '/' && `${search}${hash}${username}${password}` === '';
  return bare && (protocol === 'https:' || (protocol === 'http:' && isLoopbackUrl(text)));
}
