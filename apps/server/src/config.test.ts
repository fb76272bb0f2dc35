import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const home = { HOME: '/nowhere' };

test('without settings: embedded, loopback, port 8700, files where XDG puts them', () => {
  expect(readConfig({ XDG_DATA_HOME: '/data', XDG_CONFIG_HOME: '/config' })).toEqual({
    dataDir: '/data/writ',
    backupDir: '/data/writ.backups',
    keyFile: '/config/writ/key',
    publicUrl: 'http://localhost:8700',
    publicUrlIsLoopback: true,
    host: '127.0.0.1',
    port: 8700,
    privateUpstreams: [],
    trustedProxies: [],
    dpopNonces: false,
    warnings: [],
  });
});

test('every setting is taken; an empty one counts as unset', () => {
  const config = readConfig({
    ...home,
    DATABASE_URL: 'postgres://u:p@db:5432/writ',
    WRIT_PUBLIC_URL: 'https://Writ.example.com/',
    WRIT_HOST: '0.0.0.0',
    WRIT_PORT: '443',
    WRIT_TLS_CERT: '/tls/cert.pem',
    WRIT_TLS_KEY: '/tls/key.pem',
    WRIT_GATEWAY_DOMAIN: 'GW.example.com',
    WRIT_PRIVATE_UPSTREAMS: '10.0.0.1:80, [::1]:8080,internal:9000',
    WRIT_TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::1',
    WRIT_SETUP_TOKEN: '',
  });
  expect(config).toMatchObject({
    publicUrl: 'https://writ.example.com',
    publicUrlIsLoopback: false,
    tls: { certFile: '/tls/cert.pem', keyFile: '/tls/key.pem' },
    gatewayDomain: 'gw.example.com',
    privateUpstreams: ['10.0.0.1:80', '[::1]:8080', 'internal:9000'],
    trustedProxies: ['10.0.0.0/8', '2001:db8::1'],
  });
  expect(config).not.toHaveProperty('setupToken');
});

test('backups go beside the embedded database, elsewhere where it is set, nowhere where it is off; on Postgres only where it is set', () => {
  const backupDir = (more: object) => readConfig({ ...home, WRIT_DATA_DIR: '/d/writ', ...more }).backupDir;
  const DATABASE_URL = 'postgres://u:p@db:5432/writ';
  expect(backupDir({})).toBe('/d/writ.backups');
  expect(backupDir({ WRIT_BACKUP_DIR: '/d/writ-elsewhere' })).toBe('/d/writ-elsewhere');
  expect(backupDir({ WRIT_BACKUP_DIR: 'off' })).toBeUndefined();
  expect(backupDir({ DATABASE_URL })).toBeUndefined();
  expect(backupDir({ DATABASE_URL, WRIT_BACKUP_DIR: '/b' })).toBe('/b');
  for (const inside of ['/d/writ', '/d/writ/backups'])
    expect(() => backupDir({ WRIT_BACKUP_DIR: inside })).toThrow(/lies in the data folder \/d\/writ and would be lost/);
});

test('mail needs the server and the address that it is from; the password in it is never told', () => {
  const [WRIT_SMTP_URL, WRIT_MAIL_FROM] = ['smtps://writ:not-a-secret@mail.example.com:465', 'writ@example.com'];
  expect(readConfig({ ...home, WRIT_SMTP_URL, WRIT_MAIL_FROM }).mail).toEqual({
    smtpUrl: WRIT_SMTP_URL,
    from: WRIT_MAIL_FROM,
  });
  expect(readConfig(home)).not.toHaveProperty('mail');
  expect(() => readConfig({ ...home, WRIT_SMTP_URL })).toThrow('WRIT_SMTP_URL is set, but WRIT_MAIL_FROM is not');
  for (const wrong of ['mail.example.com', 'https://u:not-a-secret@mail.example.com', 'smtp:not-a-secret']) {
    const read = () => readConfig({ ...home, WRIT_SMTP_URL: wrong, WRIT_MAIL_FROM });
    expect(read).toThrow(/^WRIT_SMTP_URL is not right; it must be a URL such as smtps/);
    expect(read).not.toThrow(/not-a-secret/);
  }
});

test('the public URL follows the port and the certificate where it is not set', () => {
  expect(readConfig({ ...home, WRIT_PORT: '9000' }).publicUrl).toBe('http://localhost:9000');
  expect(readConfig({ ...home, WRIT_TLS_CERT: '/c', WRIT_TLS_KEY: '/k' }).publicUrl).toBe('https://localhost:8700');
});

test('a setting that is misspelt is said, not passed over', () => {
  expect(
    readConfig({ ...home, WRIT_URL: 'http://localhost', WRIT_TOKEN: 'x', WRIT_CONFIG_DIR: '/c' }).warnings,
  ).toEqual([]);
  expect(readConfig({ ...home, WRIT_SESSION: 'x' }).warnings).toHaveLength(1);
  expect(readConfig({ ...home, WRIT_PUBLIC_ULR: 'https://x' }).warnings).toEqual([
    'WRIT_PUBLIC_ULR is not a setting of Writ and was ignored; did you mean WRIT_PUBLIC_URL?',
  ]);
});

describe('a wrong setting is one sentence: what, where, what to do', () => {
  test.each([
    ['WRIT_PORT', 'eighty', 'WRIT_PORT is "eighty"; it must be a port from 1 to 65535.'],
    ['WRIT_PORT', '65536', /^WRIT_PORT is "65536"; it must be a port/],
    ['WRIT_PORT', '0', /it must be a port/],
    ['WRIT_HOST', 'not a host', /^WRIT_HOST is "not a host"; it must be an IP address/],
    [
      'WRIT_PUBLIC_URL',
      'http://writ.example.com',
      /it must be an https origin without a path, or plain http on loopback/,
    ],
    ['WRIT_PUBLIC_URL', 'http://localhost.example.com', /https origin/],
    ['WRIT_PUBLIC_URL', 'http://127.evil.example', /https origin/],
    ['WRIT_PUBLIC_URL', 'http://127.0.0.1.nip.io', /https origin/],
    ['WRIT_PUBLIC_URL', 'http://localhost.', /https origin/],
    ['WRIT_PUBLIC_URL', 'https://writ.example.com/path', /https origin/],
    ['WRIT_PUBLIC_URL', 'https://u:p@writ.example.com', /https origin/],
    ['WRIT_PUBLIC_URL', 'https://writ.example.com/?x', /https origin/],
    ['WRIT_PUBLIC_URL', 'ftp://writ.example.com', /https origin/],
    ['WRIT_PUBLIC_URL', 'writ', /https origin/],
    ['WRIT_GATEWAY_DOMAIN', 'https://gw.example.com', /^WRIT_GATEWAY_DOMAIN is .* a host name such as/],
    [
      'WRIT_PRIVATE_UPSTREAMS',
      '10.0.0.1',
      'WRIT_PRIVATE_UPSTREAMS is "10.0.0.1"; it must be host:port pairs separated by commas.',
    ],
    ['WRIT_PRIVATE_UPSTREAMS', '10.0.0.1:99999', /host:port pairs/],
    ['WRIT_TRUSTED_PROXIES', 'proxy.internal', /^WRIT_TRUSTED_PROXIES is .* addresses or CIDRs such as/],
    ['WRIT_TRUSTED_PROXIES', '10.0.0.1,0.0.0.0/0', /and not all there are/],
    ['WRIT_DPOP_NONCES', 'on', 'WRIT_DPOP_NONCES is "on"; it must be off or required.'],
    ['WRIT_DATA_DIR', '~/writ', /^WRIT_DATA_DIR is "~\/writ"; it must be the path of a folder/],
    ['WRIT_TLS_CERT', '/c', 'WRIT_TLS_CERT is set, but WRIT_TLS_KEY is not; set both to serve https, or neither.'],
    ['WRIT_TLS_KEY', '/k', /WRIT_TLS_KEY is set, but WRIT_TLS_CERT is not/],
  ])('%s=%s', (name, value, sentence) => {
    expect(() => readConfig({ ...home, [name]: value })).toThrow(sentence);
  });

  test('without repeating what is secret', () => {
    for (const [name, value] of [
      ['WRIT_SETUP_TOKEN', 'fake-é'],
      ['DATABASE_URL', 'mysql://u:fake@db/writ'],
    ] as const) {
      expect(() => readConfig({ ...home, [name]: value })).toThrow(`${name} is not right; it must be`);
      expect(() => readConfig({ ...home, [name]: value })).not.toThrow(/fake/);
    }
  });

  test('a certificate with a public URL of plain http', () => {
    const env = { ...home, WRIT_TLS_CERT: '/c', WRIT_TLS_KEY: '/k', WRIT_PUBLIC_URL: 'http://localhost:8700' };
    expect(() => readConfig(env)).toThrow(/a certificate is set; write it with https/);
  });
});

describe('plain http beyond loopback is refused', () => {
  test.each(['0.0.0.0', '::', '10.0.0.5', 'writ.internal', '127.evil.example', '127.999.0.1', '127.1'])(
    'on %s',
    (WRIT_HOST) => {
      expect(() => readConfig({ ...home, WRIT_HOST })).toThrow(
        /^WRIT_HOST is ".*", so that other machines could reach Writ.*WRIT_PLAIN_HTTP=published-on-loopback\.$/,
      );
      expect(() => readConfig({ ...home, WRIT_HOST, WRIT_PUBLIC_URL: 'http://127.0.0.1:8700' })).toThrow(
        'WRIT_HOST is',
      );
    },
  );

  test.each(['127.0.0.1', '127.8.0.1', 'localhost', 'LOCALHOST', '::1', '::ffff:127.0.0.1'])(
    'and not on %s',
    (WRIT_HOST) => {
      expect(readConfig({ ...home, WRIT_HOST }).warnings).toEqual([]);
    },
  );

  test('and not with a certificate, or behind an https proxy', () => {
    const tls = { WRIT_TLS_CERT: '/cert', WRIT_TLS_KEY: '/key' };
    expect(readConfig({ ...home, WRIT_HOST: '0.0.0.0', ...tls }).warnings).toEqual([]);
    const proxy = { WRIT_PUBLIC_URL: 'https://writ.example.com' };
    expect(readConfig({ ...home, WRIT_HOST: '0.0.0.0', ...proxy }).warnings).toEqual([]);
  });

  test('and where it is meant, it is warned of', () => {
    const { warnings } = readConfig({ ...home, WRIT_HOST: '0.0.0.0', WRIT_PLAIN_HTTP: 'published-on-loopback' });
    expect(warnings).toEqual([expect.stringContaining('published on loopback alone')]);
    expect(() => readConfig({ ...home, WRIT_PLAIN_HTTP: 'yes' })).toThrow(
      'WRIT_PLAIN_HTTP is "yes"; it must be published-on-loopback, or unset.',
    );
  });
});
