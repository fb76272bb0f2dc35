import { describe, expect, test } from 'vitest';
import { hostText, parsePostgresUrl, placeText } from './postgres-url.ts';

const PASSWORD = 'hunter2-not-a-real-password';

const PLAIN = { sslmode: 'prefer', direct: false, connectTimeout: 5000, applicationName: 'writ' };
const one = { hosts: [{ host: 'h', port: 5432 }], database: 'd' };

describe('a Postgres URL means what libpq makes of it:', () => {
  test.each<[string, object]>([
    ['postgres://u:p@h/d', { ...one, user: 'u', password: 'p' }],
    ['postgresql://h/d', one],
    ['postgres://h', { hosts: [{ host: 'h', port: 5432 }] }],
    ['postgres:///d', { hosts: [{ host: 'localhost', port: 5432 }], database: 'd' }],
    ['postgres://h:6432/d', { ...one, hosts: [{ host: 'h', port: 6432 }] }],
    ['postgres://h:/d', one],
    ['postgres://[::1]:6432/d', { ...one, hosts: [{ host: '::1', port: 6432 }] }],
    ['postgres://[fe80::1]/d', { ...one, hosts: [{ host: 'fe80::1', port: 5432 }] }],
    ['postgres://u:p%40%2F%3A%25@h/d', { ...one, user: 'u', password: 'p@/:%' }],
    ['postgres://u:a@b@h/d', { ...one, user: 'u', password: 'a@b' }],
    ['postgres://u:a:b@h/d', { ...one, user: 'u', password: 'a:b' }],
    ['postgres://u:a#b@h/d', { ...one, user: 'u', password: 'a#b' }],
    ['postgres://h/my%20database', { ...one, database: 'my database' }],
    [
      'postgres://a:1,b:2/d',
      {
        ...one,
        hosts: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
      },
    ],
    [
      'postgres://a,b/d?port=6432',
      {
        ...one,
        hosts: [
          { host: 'a', port: 6432 },
          { host: 'b', port: 6432 },
        ],
      },
    ],
    [
      'postgres://a,b/d',
      {
        ...one,
        hosts: [
          { host: 'a', port: 5432 },
          { host: 'b', port: 5432 },
        ],
      },
    ],
    [
      'postgres:///d?host=a,b&port=1,2',
      {
        ...one,
        hosts: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
      },
    ],
    ['postgres:///d?host=/var/run/postgresql', { ...one, hosts: [{ host: '/var/run/postgresql', port: 5432 }] }],
    ['postgres://%2Fvar%2Frun%2Fpg:6432/d', { ...one, hosts: [{ host: '/var/run/pg', port: 6432 }] }],
    ['postgres://h/x?dbname=d&user=u&password=p', { ...one, user: 'u', password: 'p' }],
    ['postgres://h/d?sslmode=verify-full', { ...one, sslmode: 'verify-full' }],
    ['postgres://h/d?ssl=true', { ...one, sslmode: 'require' }],
    ['postgres://h/d?sslrootcert=system', { ...one, sslmode: 'verify-full', rootCertificate: 'system' }],
    [
      'postgres://h/d?sslmode=verify-ca&sslrootcert=/r.pem&sslcert=/c.pem&sslkey=/k.pem',
      { ...one, sslmode: 'verify-ca', rootCertificate: '/r.pem', certificate: '/c.pem', key: '/k.pem' },
    ],
    ['postgres://h/d?sslmode=require&sslnegotiation=direct', { ...one, sslmode: 'require', direct: true }],
    ['postgres://h/d?connect_timeout=20&application_name=x', { ...one, connectTimeout: 20_000, applicationName: 'x' }],
    ['postgres://h/d?options=-c%20geqo%3Doff', { ...one, options: '-c geqo=off' }],
    ['postgres://h/d?target_session_attrs=read-write&gssencmode=prefer&channel_binding=prefer', one],
  ])('%s', (text, wanted) => {
    expect(parsePostgresUrl(text)).toEqual({ ...PLAIN, ...wanted });
  });
});

describe('a URL that means nothing is refused with a sentence that names what is wrong, without the password:', () => {
  test.each<[string, RegExp]>([
    ['', /is not a Postgres URL: it must look like/],
    ['localhost', /is not a Postgres URL/],
    [`mysql://u:${PASSWORD}@h/d`, /is not a Postgres URL/],
    [`u:${PASSWORD}@h/d`, /is not a Postgres URL/],
    [`postgres://u:${PASSWORD}%@h/d`, /must be percent-encoded/],
    [`postgres://u:${PASSWORD}/@h/d`, /must be percent-encoded|a port that is none/],
    [`postgres://u:${PASSWORD}?@h/d`, /must be percent-encoded|a port that is none/],
    [`postgres://u/${PASSWORD}@h/d`, /must be percent-encoded/],
    [`postgres://u@s:1/${PASSWORD}@h/d`, /must be percent-encoded/],
    [`postgres://u:x?y&${PASSWORD}@h/d`, /must be percent-encoded/],
    [`postgres://u:x?${PASSWORD}&y@h/d`, /must be percent-encoded/],
    [`postgres://u:${PASSWORD}@h:port/d`, /a port that is none/],
    [`postgres://u:${PASSWORD}@h:70000/d`, /a port that is none/],
    [`postgres://u:${PASSWORD}@h h/d`, /percent-encoded/],
    [`postgres://u:${PASSWORD}@a,b,c/d?port=1,2`, /has 3 hosts and 2 ports/],
    [
      `postgres://u:${PASSWORD}@h/d?sslmod=require`,
      /the parameter sslmod, which Writ does not take; did you mean sslmode\?/,
    ],
    [`postgres://u:${PASSWORD}@h/d?sslmode=on`, /a wrong value of sslmode; it must be disable, allow, prefer, require/],
    [`postgres://u:${PASSWORD}@h/d?sslmode=require&sslmode=disable`, /the parameter sslmode twice/],
    [
      `postgres://u:${PASSWORD}@h/d?target_session_attrs=standby`,
      /target_session_attrs; it must be read-write or primary/,
    ],
    [`postgres://u:${PASSWORD}@h/d?channel_binding=require`, /channel_binding; .*sslmode=verify-full/],
    [`postgres://u:${PASSWORD}@h/d?passfile=/x`, /passfile, .*write the password into the URL/],
    [`postgres://u:${PASSWORD}@h/d?schema=writ`, /the schema public/],
    [`postgres://u:${PASSWORD}@h/d?frobnicate=1`, /the parameter frobnicate, which Writ does not take; leave it out/],
    [`postgres://u:${PASSWORD}@h/d?constructor=1`, /the parameter constructor/],
    [`postgres://u:x?${PASSWORD}!=@h/d`, /percent-encoded|a port that is none/],
    [`postgres://u:${PASSWORD}@h/d?sslrootcert=system&sslmode=require`, /needs sslmode=verify-full/],
    [`postgres://u:${PASSWORD}@h/d?sslnegotiation=direct`, /needs sslmode=require/],
    [`postgres://u:${PASSWORD}@h/d?sslcert=/c`, /one of sslcert and sslkey/],
    [`postgres://u:${PASSWORD}@h/d?connect_timeout=0`, /a wrong value of connect_timeout/],
  ])('%s', (text, wanted) => {
    const refusal = (): unknown => parsePostgresUrl(text);
    expect(refusal).toThrow(wanted);
    expect(refusal).not.toThrow(PASSWORD);
  });
});

test('the place is told without user and password', () => {
  const place = (text: string): string => placeText(parsePostgresUrl(text));
  expect(place(`postgres://u:${PASSWORD}@a:1,[::1]:2/d`)).toBe('a:1,[::1]:2/d');
  expect(place('postgres:///d?host=/var/run/postgresql')).toBe('d at the socket /var/run/postgresql/.s.PGSQL.5432');
  expect(hostText({ host: 'h', port: 5 })).toBe('h:5');
});
