import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, test } from 'node:test';
import { type Dsn, dsnText, parseDsn, type RemoteDsn } from '../../../../src/config/database/database-dsn.ts';

function serverOf(text: string): RemoteDsn {
  const { dsn } = parseDsn(text);
  assert.ok(dsn.kind !== 'sqlite', text);
  return dsn;
}

/** The error in an address, in one line. */
function complaint(text: string): string {
  try {
    parseDsn(text);
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.doesNotMatch(error.message, /\n/, text);
    return error.message;
  }
  assert.fail(`${text} was read`);
}

const prefer = { mode: 'prefer', caFile: undefined, certFile: undefined, keyFile: undefined } as const;

const postgres = (parts: Partial<RemoteDsn> = {}): RemoteDsn => ({
  kind: 'postgres',
  hosts: [{ host: 'h', port: 5432 }],
  user: 'postgres',
  password: undefined,
  database: 'kubernetes',
  tls: prefer,
  connectTimeoutMs: 5000,
  ...parts,
});

const mysql = (parts: Partial<RemoteDsn> = {}): RemoteDsn => ({
  ...postgres({ kind: 'mysql', hosts: [{ host: 'h', port: 3306 }], user: 'root', tls: undefined }),
  ...parts,
});

function readsAll(cases: Readonly<Record<string, RemoteDsn>>): void {
  for (const [text, dsn] of Object.entries(cases)) assert.deepEqual(serverOf(text), dsn, text);
}

function refusesAll(cases: Readonly<Record<string, RegExp>>): void {
  for (const [text, message] of Object.entries(cases)) assert.match(complaint(text), message, text);
}

describe('postgres', () => {
  test('hosts, ports, user, password and database are parsed', () => {
    const socket = (port = 5432) => [{ socketPath: `/var/run/postgresql/.s.PGSQL.${port}` }];
    readsAll({
      'postgres://h': postgres(),
      'postgresql://h/': postgres(),
      'POSTGRES://h:5432/kubernetes': postgres(),
      'postgres://me@h/db': postgres({ user: 'me', database: 'db' }),
      'postgres://me:@h': postgres({ user: 'me' }),
      'postgres://me:p%40ss%2F%3A%25w%c3%a9@h/my%20db': postgres({
        user: 'me',
        password: 'p@ss/:%wé',
        database: 'my db',
      }),
      'postgres://me:p@ss:w#rd@h': postgres({ user: 'me', password: 'p@ss:w#rd' }),
      'postgres://me%40cloud:pw@h': postgres({ user: 'me@cloud', password: 'pw' }),
      'postgres://h1:1,h2,h-3.example_x.org:65535/db': postgres({
        hosts: [
          { host: 'h1', port: 1 },
          { host: 'h2', port: 5432 },
          { host: 'h-3.example_x.org', port: 65_535 },
        ],
        database: 'db',
      }),
      'postgres://[::1],[fe80::1%25eth0]:5433': postgres({
        hosts: [
          { host: '::1', port: 5432 },
          { host: 'fe80::1%eth0', port: 5433 },
        ],
      }),
      'postgres:///?host=::1': postgres({ hosts: [{ host: '::1', port: 5432 }] }),
      'postgres://me@/db?host=/var/run/postgresql': postgres({ user: 'me', database: 'db', hosts: socket() }),
      'postgres://me@:5433/?host=/var/run/postgresql/': postgres({ user: 'me', hosts: socket(5433) }),
      'postgres:///?host=/var/run/postgresql&port=5433': postgres({ hosts: socket(5433) }),
      'postgres://%2Fvar%2Frun%2Fpostgresql:5433': postgres({ hosts: socket(5433) }),
      'postgres:///?host=h1,h2&port=1,2': postgres({
        hosts: [
          { host: 'h1', port: 1 },
          { host: 'h2', port: 2 },
        ],
      }),
      'postgres://h1,h2?port=7': postgres({
        hosts: [
          { host: 'h1', port: 7 },
          { host: 'h2', port: 7 },
        ],
      }),
      'postgres://a:b@c/d?user=me&password=p%40w&host=h&dbname=db': postgres({
        user: 'me',
        password: 'p@w',
        database: 'db',
      }),
    });
  });

  test("an empty address is kine's default", () => {
    const expected = postgres({ hosts: [{ host: 'localhost', port: 5432 }], password: 'postgres' });
    readsAll({ 'postgres://': expected, 'postgres:///': expected });
  });

  test('sslmode and its files work as in libpq, with prefer as the default', () => {
    const tls = (mode: string, files: string = ''): RemoteDsn['tls'] => serverOf(`postgres://h?${mode}${files}`).tls;
    const files = { caFile: '/ca', certFile: '/c', keyFile: '/k' };
    assert.deepEqual(tls(''), prefer);
    assert.equal(tls('sslmode=disable'), undefined);
    assert.deepEqual(tls('sslmode=allow'), prefer);
    for (const mode of ['prefer', 'require', 'verify-ca', 'verify-full'] as const) {
      assert.deepEqual(tls(`sslmode=${mode}`), { ...prefer, mode });
    }
    assert.deepEqual(tls('', '&sslrootcert=/ca&sslcert=/c&sslkey=/k'), { mode: 'verify-full', ...files });
    assert.deepEqual(tls('sslmode=verify-ca', '&sslrootcert=/ca&sslcert=/c&sslkey=/k'), {
      mode: 'verify-ca',
      ...files,
    });
    assert.deepEqual(tls('sslmode=require', '&sslrootcert=/ca'), { ...prefer, mode: 'verify-ca', caFile: '/ca' });
    assert.deepEqual(tls('sslrootcert=ca'), { ...prefer, mode: 'verify-full', caFile: resolve('ca') });
    assert.deepEqual(tls('sslrootcert=system'), { ...prefer, mode: 'verify-full' });
  });

  test('connect_timeout is in seconds and always bounded', () => {
    const timeouts = { '3': 3000, '60': 60_000, '0': 5000, '-1': 5000, '': 5000 };
    for (const [text, ms] of Object.entries(timeouts)) {
      assert.equal(serverOf(`postgres://h?connect_timeout=${text}`).connectTimeoutMs, ms, text);
    }
  });

  test("kine's default_query_exec_mode decides whether statements are prepared", () => {
    const prepares = (mode: string) => serverOf(`postgres://h?default_query_exec_mode=${mode}`).preparesStatements;
    assert.equal(serverOf('postgres://h').preparesStatements, undefined);
    assert.equal(prepares('cache_statement'), 'always');
    for (const mode of ['cache_describe', 'describe_exec', 'exec', 'simple_protocol'])
      assert.equal(prepares(mode), 'never');
    assert.match(
      complaint('postgres://h?default_query_exec_mode=simple'),
      /has an unsupported value; use one of cache_statement, .*simple_protocol$/,
    );
  });

  test('unsupported parameters are listed as ignored', () => {
    const ignored = (query: string): readonly string[] => parseDsn(`postgres://h?${query}`).ignoredParameters;
    assert.deepEqual(ignored('application_name=x&sslmode=require&pool_max_conns=5'), [
      'application_name',
      'pool_max_conns',
    ]);
    assert.deepEqual(ignored('target_session_attrs=read-write'), []);
    assert.deepEqual(ignored('target_session_attrs=standby'), ['target_session_attrs']);
  });

  test('an invalid address is refused with the reason and the correct form', () => {
    refusesAll({
      'postgres:///db': /^no host is given; write postgres:/,
      'postgres://me:pw@/db': /^no host is given/,
      'postgres://me@:5433/db': /^no host is given/,
      'postgres://h1,,h2': /^no host is given/,
      'postgres://:pw@h': /^the user is empty; write USER/,
      'postgres://h:port': /^a port is not a number from 1 to 65535; write/,
      'postgres://h:': /^a port is not a number/,
      'postgres://h:0': /^a port is not a number/,
      'postgres://h:65536': /^a port is not a number/,
      'postgres://::1:5432': /^an address cannot be parsed; .*IPv6 in brackets/,
      'postgres://[h]:5432': /^a host contains characters/,
      'postgres://h o': /^a host contains characters/,
      'postgres://tcp(h:5432)/db': /^a port is not a number|^a host contains characters/,
      'postgres://me:p/w@h/db': /^there is an @ after the host; in a password write \/ as %2F/,
      'postgres://me:p?w@h/db': /^there is an @ after the host/,
      'postgres://me:p%zzw@h/db': /^a % is not followed by .*; write % as %25$/,
      'postgres://h/a/b': /^the name of the database contains a slash/,
      'postgres://h/a%00b': /control character/,
      'postgres://m%0ae@h/': /control character/,
      'postgres://h1,h2?port=1,2,3': /^2 hosts and 3 ports are given; write one port/,
      'postgres://?host=h:1': /^the parameter host contains a port/,
      'postgres://h?sslmode=on':
        /^sslmode has an unsupported value; use one of disable, allow, prefer, require, verify-ca, verify-full$/,
      'postgres://h?sslmode=prefer&sslmode=require': /^the parameter sslmode is given twice$/,
      'postgres://h?=x': /^a parameter after the \? cannot be parsed; write NAME=VALUE$/,
      'postgres://h?sslkey=/k': /^a key for the database is given without its certificate; give both \(/,
      'postgres://h?sslcert=/c': /^a certificate for the database is given without its key; give both \(/,
      'postgres://h?sslmode=disable&sslrootcert=/ca': /^sslmode=disable encrypts nothing.*; write sslmode=verify-full$/,
      'postgres://h?sslmode=prefer&sslrootcert=/ca': /^sslmode=prefer verifies nothing.*; write sslmode=verify-full$/,
      'postgres://h?sslmode=allow&sslrootcert=/ca': /^sslmode=allow verifies nothing/,
      'postgres://h?sslmode=require&sslrootcert=system': /^sslrootcert=system verifies everything; write/,
      'postgres://h?connect_timeout=5s': /^connect_timeout is not a whole number of seconds/,
      'postgres://h?connect_timeout=61': /^connect_timeout is more than a minute/,
      'postgres://h?search_path=x': /^the parameter search_path is not supported; .*ALTER ROLE/,
      'postgres://h?options=-csearch_path%3Dx': /^the parameter options is not supported; /,
      'postgres://h?tls=true': /^the parameter tls is a parameter of MySQL; write sslmode=/,
      'postgres://h?sslpassword=x': /^the parameter sslpassword is not supported; store the key without/,
    });
  });
});

describe('mysql', () => {
  test("the form of Go's MySQL driver is accepted, with the password taken literally", () => {
    readsAll({
      'mysql://tcp(h)/': mysql(),
      'mysql://tcp(h:3306)': mysql(),
      'mysql://root@tcp(h)/kubernetes': mysql(),
      'mysql://me:pw@tcp(h:3307)/db': mysql({
        user: 'me',
        password: 'pw',
        database: 'db',
        hosts: [{ host: 'h', port: 3307 }],
      }),
      'mysql://me:p@:/?%40(x)w@tcp(h)/db': mysql({ user: 'me', password: 'p@:/?%40(x)w', database: 'db' }),
      'mysql://me@tcp(h1:1,h2:2,[::1])/': mysql({
        user: 'me',
        hosts: [
          { host: 'h1', port: 1 },
          { host: 'h2', port: 2 },
          { host: '::1', port: 3306 },
        ],
      }),
      'mysql://me@unix(/run/a b.sock)/db': mysql({
        user: 'me',
        database: 'db',
        hosts: [{ socketPath: '/run/a b.sock' }],
      }),
      'mysql://me:p/w@/db': mysql({
        user: 'me',
        password: 'p/w',
        database: 'db',
        hosts: [{ host: '127.0.0.1', port: 3306 }],
      }),
      'mysql://tcp()/': mysql({ hosts: [{ host: '127.0.0.1', port: 3306 }] }),
      'mysql:///': mysql({ hosts: [{ host: '127.0.0.1', port: 3306 }] }),
      'mysql://': mysql({ hosts: [{ socketPath: '/var/run/mysqld/mysqld.sock' }] }),
    });
  });

  test('a plain URL is percent-decoded', () => {
    readsAll({
      'mysql://h': mysql(),
      'mysql://me:p%40%2Fw@h:3307,[::1]:3308/db': mysql({
        user: 'me',
        password: 'p@/w',
        database: 'db',
        hosts: [
          { host: 'h', port: 3307 },
          { host: '::1', port: 3308 },
        ],
      }),
    });
  });

  test('tls and timeout are supported, and other parameters are listed as ignored', () => {
    const tls = (text: string): string | undefined => serverOf(`mysql://tcp(h)/?tls=${text}`).tls?.mode;
    assert.deepEqual(['true', 'TRUE', '1'].map(tls), ['verify-full', 'verify-full', 'verify-full']);
    assert.deepEqual(['skip-verify', 'preferred'].map(tls), ['require', 'prefer']);
    assert.deepEqual(['false', '0', ''].map(tls), [undefined, undefined, undefined]);
    assert.equal(serverOf('mysql://tcp(h)/?timeout=1.5s').connectTimeoutMs, 1500);
    assert.deepEqual(parseDsn('mysql://tcp(h)/db?charset=utf8&tls=true&loc=Europe%2FBerlin').ignoredParameters, [
      'charset',
      'loc',
    ]);
  });

  test('an invalid address is refused with the reason and the correct form', () => {
    refusesAll({
      'mysql://me:pw@tcp(h:99999)/': /^a port is not a number from 1 to 65535; write/,
      'mysql://me:pw@tcp(:3306)/': /^no host is given before a port; write mysql:/,
      'mysql://me:pw@unix(run/x)/': /^the path of the unix socket is not absolute; write/,
      'mysql://me:pw@unix/db': /^no host is given; write mysql:/,
      'mysql://me:pw@pipe(x)/db': /^the network of the address is neither tcp nor unix; write/,
      'mysql://:pw@tcp(h)/': /^the user is empty; write/,
      'mysql://me:pw@tcp(h)/a/b': /^the name of the database contains a slash/,
      'mysql://me:pw@tcp(h/db': /^a host contains characters that are not allowed; write/,
      'mysql://me:p/w@h/db': /^there is an @ after the host/,
      'mysql://tcp(h)/?tls=custom':
        /^the parameter tls has an unsupported value; write tls=true, .*--datastore-cafile$/,
      'mysql://tcp(h)/?sslmode=require': /^the parameter sslmode is a parameter of Postgres; write tls=true/,
      'mysql://tcp(h)/?ssl-ca=/x': /^the parameter ssl-ca is not supported; give the file in --datastore-cafile$/,
      'mysql://tcp(h)/?timeout=5': /^timeout is not a duration; write/,
      'mysql://tcp(h)/?timeout=2m': /^timeout is more than a minute/,
    });
  });
});

describe('options beside the address', () => {
  test('certificate files enable full verification, unless the address or an option says otherwise', () => {
    const files = { caFile: '/ca', certFile: '/c', keyFile: '/k' };
    const mode = (text: string, skipVerify = false): string | undefined => {
      const { dsn } = parseDsn(text, { ...files, skipVerify });
      return dsn.kind === 'sqlite' ? 'none' : dsn.tls?.mode;
    };
    assert.equal(mode('postgres://h'), 'verify-full');
    assert.equal(mode('postgres://h', true), 'require');
    assert.equal(mode('postgres://h?sslmode=require'), 'verify-ca');
    assert.equal(mode('postgres://h?sslmode=require', true), 'require');
    assert.equal(mode('mysql://tcp(h)/'), 'verify-full');
    assert.equal(mode('mysql://tcp(h)/', true), 'require');
    assert.equal(mode('mysql://tcp(h)/?tls=skip-verify'), 'require');
    assert.equal(mode('/a.db'), 'none');
    assert.throws(() => mode('mysql://tcp(h)/?tls=false'), /^Error: tls=false encrypts nothing.*; write tls=true$/);
    assert.throws(() => mode('mysql://tcp(h)/?tls=preferred'), /^Error: tls=preferred verifies nothing/);
    assert.throws(() => mode('mysql://tcp(h)/?tls=true', true), /tls=true and --datastore-skip-verify contradict/);
    assert.throws(() => mode('postgres://h?sslrootcert=/other'), /^Error: the ca file is given twice/);
    assert.equal(mode('postgres://h?sslrootcert=/ca'), 'verify-full');
  });

  test('skip-verify alone enables encryption if the server supports it', () => {
    const skip = { skipVerify: true };
    assert.deepEqual(parseDsn('mysql://tcp(h)/', skip).dsn, mysql({ tls: prefer }));
    assert.deepEqual(parseDsn('postgres://h', skip).dsn, postgres());
  });
});

describe('other texts', () => {
  test('a path is a SQLite file', () => {
    for (const text of ['/a/b.db', 'sqlite:///a/b.db', 'SQLITE:///a/b.db?_journal=WAL']) {
      assert.deepEqual(parseDsn(text).dsn, { kind: 'sqlite', path: '/a/b.db' });
    }
    assert.deepEqual(parseDsn('./a:b@c.db').dsn, { kind: 'sqlite', path: resolve('a:b@c.db') });
  });

  test('an address without a scheme is not a file', () => {
    for (const text of [
      'root:s3cret@tcp(h)/db',
      'me@unix(/x)/',
      'host=h password=s3cret',
      'postgres:/me:s3cret@h/db',
    ]) {
      assert.match(complaint(text), /^the address of a database begins with a scheme; write /);
    }
  });

  test('an unknown scheme and an etcd address are refused', () => {
    refusesAll({
      'mongo://me:s3cret@h': /^unknown database mongo:\/\/; write sqlite:\/\/\/path/,
      'mariadb://h': /write mysql:\/\//,
      'http://me:s3 cret@h:2379':
        /^"http:\/\/\*\*\*@h:2379" is the address of an etcd, but tine stores its data itself; connect/,
    });
  });
});

test('a printed address parses to the same address, without the password', () => {
  const known: Readonly<Record<string, string>> = {
    'postgres://me:pw@h1:1,[::1]/db?sslmode=disable': 'postgres://me@h1:1,[::1]:5432/db',
    'postgres://m%40e:pw@/db?host=/run/pg&port=7': 'postgres://m%40e@/db?host=/run/pg&port=7',
    'postgres:///?host=/run/pg,h&port=7,8': 'postgres://postgres@/kubernetes?host=/run/pg,h&port=7,8',
    'mysql://me:pw@tcp(h,[::1]:7)/d%20b?tls=true': 'mysql://me@tcp(h:3306,[::1]:7)/d%20b',
    'mysql://me:pw@unix(/run/x.sock)/': 'mysql://me@unix(/run/x.sock)/kubernetes',
    '/a/b.db': 'sqlite:///a/b.db',
  };
  for (const [text, shown] of Object.entries(known)) {
    assert.equal(dsnText(parseDsn(text).dsn), shown);
    const again = parseDsn(shown).dsn;
    const shape = (dsn: Dsn): unknown => ({ ...dsn, password: undefined, tls: undefined });
    assert.deepEqual(shape(again), shape(parseDsn(text).dsn));
  }
});
