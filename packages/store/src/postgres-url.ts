import { nearest, WritError } from '@writ/core';

/** Where one server of a Postgres listens. */
export interface PostgresHost {
  /** A name or an address; or, beginning with `/`, the folder of its socket. */
  readonly host: string;
  readonly port: number;
}

/** libpq's `sslmode`. */
export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

/** What `DATABASE_URL` says. */
export interface PostgresUrl {
  /** The first that is a primary is used. */
  readonly hosts: readonly PostgresHost[];
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly sslmode: SslMode;
  /** TLS from the first byte, without being asked for (`sslnegotiation=direct`). */
  readonly direct: boolean;
  /** Paths of PEM files; `system` for what this machine trusts. */
  readonly rootCertificate?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly keyPassword?: string;
  /** Milliseconds for each host. */
  readonly connectTimeout: number;
  readonly applicationName: string;
  /** Command-line options for the server: `-c name=value`. */
  readonly options?: string;
}

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

const oneOf =
  (...values: readonly string[]) =>
  (value: string): boolean =>
    values.includes(value);
const any = (value: string): boolean => value !== '';

/** The parameters of libpq that Writ takes, with their values and what is told of others. Some only allow what Writ does anyway. */
const PARAMETERS: Readonly<Record<string, readonly [check: (value: string) => boolean, right: string]>> = {
  host: [any, 'a host, or several with commas between them'],
  port: [(value) => value.split(',').every(isPort), 'a port from 1 to 65535, or one for each host'],
  user: [any, 'a user name'],
  password: [any, 'a password'],
  dbname: [any, 'the name of a database'],
  sslmode: [oneOf(...SSL_MODES), SSL_MODES.join(', ')],
  ssl: [oneOf('true'), 'true, which is sslmode=require'],
  sslrootcert: [any, 'the path of a PEM file, or system'],
  sslcert: [any, 'the path of a PEM file'],
  sslkey: [any, 'the path of a PEM file'],
  sslpassword: [any, 'the password of sslkey'],
  sslnegotiation: [oneOf('postgres', 'direct'), 'postgres or direct'],
  sslsni: [oneOf('1'), '1'],
  sslcompression: [oneOf('0'), '0'],
  connect_timeout: [(value) => /^[1-9]\d{0,2}$/.test(value), 'a number of seconds from 1 to 999'],
  application_name: [any, 'a name'],
  fallback_application_name: [any, 'a name'],
  options: [any, 'options for the server, such as -c name=value'],
  target_session_attrs: [oneOf('any', 'read-write', 'primary'), 'read-write or primary: Writ writes'],
  load_balance_hosts: [oneOf('disable'), 'disable: Writ uses the primary alone'],
  client_encoding: [(value) => oneOf('utf8', 'utf-8', 'auto')(value.toLowerCase()), 'UTF8'],
  gssencmode: [oneOf('disable', 'prefer'), 'disable or prefer: Writ encrypts by TLS alone'],
  channel_binding: [
    oneOf('disable', 'prefer'),
    'disable or prefer: Writ does not bind channels, and sslmode=verify-full keeps out anybody who stands between',
  ],
};

/** Parameters of libpq and of other drivers that people meet here, and what to do instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  passfile: 'write the password into the URL',
  service: 'write what the service says into the URL',
  hostaddr: 'write the address as the host',
  schema: "Writ's tables are in the schema public; give Writ a database of its own",
  pgbouncer: 'leave it out: Writ notices a pooler by itself',
  connection_limit: 'leave it out',
  pool_timeout: 'leave it out',
  search_path: "Writ's tables are in the schema public; give Writ a database of its own",
};

/**
 * Reads a Postgres URL as libpq does: several hosts, folders of sockets, TLS by `sslmode` (default `prefer`), parameters that override
 * what stands before them. Throws `WritError` (`unavailable`) with a sentence, without the password, that names what is wrong.
 */
export function parsePostgresUrl(text: string): PostgresUrl {
  const [, authority = '', path = '', query = ''] =
    /^postgres(?:ql)?:\/\/([^/?]*)(\/[^?]*)?(?:\?(.*))?$/s.exec(text) ?? [];
  if (!/^postgres(ql)?:\/\//.test(text)) {
    throw wrong('is not a Postgres URL: it must look like postgres://user:password@host:5432/database.');
  }
  const at = authority.lastIndexOf('@');
  // What stands before an @ there may be part of a password: it is neither read nor repeated.
  if (path.includes('@') || (at < 0 && query.split('&')[0]?.includes('@'))) throw wrong(ENCODE);
  const [user, password] = at < 0 ? [] : pairOf(authority.slice(0, at));
  const given = parametersOf(query);
  const database = given.get('dbname') ?? decoded(path.slice(1));
  const { sslmode, ...tls } = tlsOf(given);
  return {
    hosts: given.has('host') ? hostsOf(given) : authorityHosts(authority.slice(at + 1), given.get('port')),
    ...present('user', given.get('user') ?? user),
    ...present('password', given.get('password') ?? password),
    ...present('database', database),
    sslmode,
    ...tls,
    connectTimeout: Number(given.get('connect_timeout') ?? 5) * 1000,
    applicationName: given.get('application_name') ?? given.get('fallback_application_name') ?? 'writ',
    ...present('options', given.get('options')),
  };
}

const ENCODE =
  'cannot be read: a character of the password or user that has a meaning in a URL must be percent-encoded (@ is %40, / is %2F, : is %3A, ? is %3F, % is %25).';

function tlsOf(given: ReadonlyMap<string, string>) {
  const rootCertificate = given.get('sslrootcert');
  const fallback = rootCertificate === 'system' ? 'verify-full' : 'prefer';
  const asked = given.get('sslmode') ?? (given.has('ssl') ? 'require' : fallback);
  const sslmode = SSL_MODES.find((mode) => mode === asked) ?? 'prefer';
  const direct = given.get('sslnegotiation') === 'direct';
  if (rootCertificate === 'system' && sslmode !== 'verify-full') {
    throw wrong(`has sslrootcert=system with sslmode=${sslmode}; that needs sslmode=verify-full.`);
  }
  if (direct && !['require', 'verify-ca', 'verify-full'].includes(sslmode)) {
    throw wrong(`has sslnegotiation=direct with sslmode=${sslmode}; that needs sslmode=require or better.`);
  }
  if (given.has('sslcert') !== given.has('sslkey')) {
    throw wrong('has one of sslcert and sslkey; a certificate of Writ needs both.');
  }
  return {
    sslmode,
    direct,
    ...present('rootCertificate', rootCertificate),
    ...present('certificate', given.get('sslcert')),
    ...present('key', given.get('sslkey')),
    ...present('keyPassword', given.get('sslpassword')),
  };
}

function parametersOf(query: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const part of query.split('&').filter((piece) => piece !== '')) {
    const [name, value] = pairOf(part, '=');
    const known = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (known === undefined) throw query.includes('@') ? wrong(ENCODE) : unknown(name);
    if (given.has(name)) throw wrong(`has the parameter ${name} twice; write it once.`);
    const [check, right] = known;
    // What was given is not repeated: it may be part of a password that was not encoded.
    if (value === undefined || !check(value)) throw wrong(`has a wrong value of ${name}; it must be ${right}.`);
    given.set(name, value);
  }
  return given;
}

function unknown(name: string): WritError {
  // Longer names, and those with odd characters, may be part of a password that was not encoded.
  if (!/^\w{1,40}$/.test(name)) return wrong(ENCODE);
  const instead = Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined;
  const meant = nearest(name, Object.keys(PARAMETERS));
  const hint = instead ?? (meant === undefined ? 'leave it out' : `did you mean ${meant}?`);
  return wrong(`has the parameter ${name}, which Writ does not take; ${hint}${hint.endsWith('?') ? '' : '.'}`);
}

function authorityHosts(text: string, ports: string | undefined): readonly PostgresHost[] {
  const all = text.split(',').map((part) => {
    const [, name = '', port] = /^(\[[^\]]*\]|[^:]*)(?::([^:]*))?$/.exec(part) ?? [];
    if (part !== '' && name === '' && port === undefined) throw wrong(ENCODE);
    if (port !== undefined && port !== '' && !isPort(port)) {
      throw wrong('has a port that is none: it must be a number from 1 to 65535, and a : in a password is %3A.');
    }
    return { host: decoded(name.replace(/^\[(.*)\]$/, '$1')), port: port === '' ? undefined : port };
  });
  return joined(
    all.map(({ host }) => host),
    ports?.split(',') ?? all.map(({ port }) => port ?? '5432'),
  );
}

function hostsOf(given: ReadonlyMap<string, string>): readonly PostgresHost[] {
  return joined((given.get('host') ?? '').split(','), (given.get('port') ?? '5432').split(','));
}

/** The port of a host: a single port is for every host. */
function joined(hosts: readonly string[], ports: readonly string[]): readonly PostgresHost[] {
  if (ports.length > 1 && ports.length !== hosts.length) {
    throw wrong(`has ${hosts.length} hosts and ${ports.length} ports; give one port for all, or one for each.`);
  }
  return hosts.map((host, index) => {
    const name = host === '' ? 'localhost' : host;
    if (!/^(\/[^\0]*|[\w.:%-]+)$/.test(name)) throw wrong(ENCODE);
    return { host: name, port: Number(ports[ports.length === 1 ? 0 : index]) };
  });
}

function pairOf(text: string, separator = ':'): [string, string | undefined] {
  const at = text.indexOf(separator);
  if (at < 0) return [decoded(text), undefined];
  return [decoded(text.slice(0, at)), decoded(text.slice(at + 1))];
}

function decoded(text: string): string {
  try {
    const plain = decodeURIComponent(text);
    if (!plain.includes('\0')) return plain;
  } catch {
    // The problem is told below.
  }
  throw wrong(ENCODE);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function present<K extends string>(name: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined || value === '' ? {} : ({ [name]: value } as { readonly [P in K]?: string });
}

function wrong(what: string): WritError {
  return new WritError('unavailable', { detail: `DATABASE_URL ${what}` });
}

/** A host in words fit for a sentence and a log. */
export function hostText({ host, port }: PostgresHost): string {
  if (host.startsWith('/')) return `the socket ${host}/.s.PGSQL.${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The database in words fit for a sentence and a log: hosts and name, never a user or a password. */
export function placeText({ hosts, database }: Pick<PostgresUrl, 'hosts' | 'database'>): string {
  const name = database ?? '';
  if (hosts.some(({ host }) => host.startsWith('/'))) return `${name} at ${hosts.map(hostText).join(', ')}`;
  return `${hosts.map(hostText).join(',')}/${name}`;
}
