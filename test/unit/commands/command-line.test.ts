import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, openSync, statSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { createServer, type Server as NetServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { repositoryRoot, temporaryDirectory, within } from '../../support/index.ts';
import { tamper, tineFile } from '../transfer/tine-file.ts';

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Started {
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs tine until it ends by itself. */
async function run({ args, environment = {} }: Started): Promise<Ended> {
  const child = spawn(process.execPath, [join(repositoryRoot, 'src', 'main.ts'), ...args], {
    cwd: temporaryDirectory(),
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  try {
    return { status: await within(20_000, `tine ${args.join(' ')} to end`, closed), ...output };
  } finally {
    child.kill('SIGKILL');
  }
}

/** tine ends with a status and one line on standard error. */
async function refused(started: Started, status: 1 | 2, line: RegExp): Promise<void> {
  const ended = await run(started);
  assert.equal(ended.status, status, ended.stderr);
  assert.match(ended.stderr, /^tine: [^\n]+\n$/);
  assert.match(ended.stderr, line);
  assert.equal(ended.stdout, '');
}

describe('usage', () => {
  test('--help prints every command and option, even with other errors', async () => {
    for (const args of [['--help'], ['-h'], ['help'], ['--help', '--frobnicate'], ['check', '--help']]) {
      const { status, stdout, stderr } = await run({ args, environment: { TINE_MAX_TXN_OPS: 'many' } });
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
      assert.match(stdout, /tine check \[DSN\][\s\S]*--data-dir DIR/);
    }
  });

  test('--version prints the versions', async () => {
    const { status, stdout } = await run({ args: ['--version'] });
    assert.equal(status, 0);
    assert.match(stdout, /^tine \d+\.\d+\.\d+\netcd API 3\.7\.\d+\nnode \d+/);
  });

  test('a wrong command line gives one line and status 2', async () => {
    await refused({ args: ['--data-dri', '/x'] }, 2, /unknown flag --data-dri; did you mean --data-dir\?/);
    await refused(
      { args: ['--data-dir', '/x', '--endpoint', '/y'] },
      2,
      /--data-dir and --endpoint are the same setting/,
    );
    await refused({ args: ['chek'] }, 2, /unknown command "chek"; did you mean check\?/);
    await refused({ args: ['check', 'a', 'b'] }, 2, /check does not accept the argument "b"/);
    // Names that every object of JavaScript has.
    await refused({ args: ['constructor'] }, 2, /unknown command "constructor"/);
    await refused({ args: ['snapshot', 'constructor'] }, 2, /write tine snapshot save/);
    await refused({ args: ['snapshot', 'toString', 'x'] }, 2, /write tine snapshot save/);
    const bump = ['--bump-revision', '1', '--mark-compacted'];
    await refused({ args: ['snapshot', 'save', 'x', ...bump] }, 2, /--bump-revision belongs to tine snapshot restore,/);
    await refused(
      { args: ['snapshot', 'restore', 'x', '-w', 'json'] },
      2,
      /--w belongs to tine snapshot list and status/,
    );
    await refused(
      { args: ['snapshot', 'status', 'x', '-w', 'table'] },
      2,
      /"table" is not supported; use simple or json/,
    );
    await refused({ args: ['completion', 'constructor'] }, 2, /write tine completion SHELL/);
    await refused(
      { args: [], environment: { ETCD_MAX_TXN_OPS: '0' } },
      2,
      /ETCD_MAX_TXN_OPS: "0" is not a whole number/,
    );
    await refused(
      { args: ['--endpoint', 'mysql://me:s3cret@udp(h)/'] },
      2,
      /--endpoint: the network of the address is neither tcp nor unix/,
    );
  });
});

describe('start', () => {
  const anyPort = ['--listen-client-urls', 'http://127.0.0.1:0'];

  test('a port in use is reported in one line', async () => {
    const taken = createServer();
    const port = await listen(taken);
    try {
      const args = ['--listen-client-urls', `http://127.0.0.1:${port}`, '--log-level', 'error'];
      await refused({ args }, 1, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: .+; .+`));
    } finally {
      taken.close();
    }
  });

  test('a file that is not a database is refused', async () => {
    const path = join(temporaryDirectory(), 'notes');
    writeFileSync(path, 'notes, and nothing else. '.repeat(200));
    await refused({ args: [...anyPort, '--endpoint', path] }, 1, /notes: not a SQLite database; .+/);
  });

  test('a file in place of a directory is refused', async () => {
    const path = join(temporaryDirectory(), 'file');
    writeFileSync(path, '');
    await refused({ args: [...anyPort, '--data-dir', path] }, 1, /file\/state\.db: .+; .+/);
  });

  test('a database of a newer tine is refused', async () => {
    const path = await tineFile();
    tamper(path, "INSERT INTO tine_migrations (name, batch) VALUES ('999-later', 9)");
    await refused(
      { args: [...anyPort, '--endpoint', path] },
      1,
      /was written by a newer tine \(it has 999-later\); .+/,
    );
  });

  test('a database with a corrupt page is refused', async () => {
    const path = await tineFile();
    tamper(path, 'PRAGMA wal_checkpoint(TRUNCATE)');
    const file = openSync(path, 'r+');
    // Overwrites all but the first page, which has the header.
    writeSync(file, Buffer.alloc(statSync(path).size - 4096, 0xa5), 0, statSync(path).size - 4096, 4096);
    closeSync(file);
    await refused({ args: [...anyPort, '--endpoint', path] }, 1, /state\.db: .*(damaged|malformed).*`tine check`/);
  });
});

describe('check and release', () => {
  test('check reports a sound database, or the damage with status 1', async () => {
    const path = await tineFile();
    assert.deepEqual(await run({ args: ['check', path] }), {
      status: 0,
      stdout: `${path}: no faults: 2 keys in 6 rows, revision 6; it is a database of tine\n`,
      stderr: '',
    });
    tamper(path, "DELETE FROM kine_current WHERE name = 'a'");
    const { status, stdout } = await run({ args: ['check', '--endpoint', path] });
    assert.equal(status, 1);
    assert.match(stdout, /^\S+: the index kine_current lacks 1 keys [^\n]+\n$/);
  });

  test('release reports what it did, and the second time that nothing is left to do', async () => {
    const path = await tineFile();
    const { status, stdout } = await run({ args: ['release', path] });
    assert.equal(status, 0);
    assert.match(stdout, /: returned to kine\n {2}rows given the previous value, as kine stores it: 2\n/);
    assert.match((await run({ args: ['release', path] })).stdout, /: is a database of kine already; nothing to do\n$/);
  });

  test('a missing file is not created', async () => {
    await refused({ args: ['check', '/nowhere/state.db'] }, 1, /\/nowhere\/state\.db: no such file/);
    await refused({ args: ['release', '/nowhere/state.db'] }, 1, /\/nowhere\/state\.db: no such file/);
  });

  test('a directory in place of a database is named as one', async () => {
    const directory = temporaryDirectory();
    const line = /^tine: \S+: a directory; name a file in it/;
    await refused({ args: ['--endpoint', directory] }, 1, line);
    await refused({ args: ['check', directory] }, 1, line);
    await refused({ args: ['doctor', directory] }, 1, line);
  });

  test('a file that the system does not let tine examine is reported in one line', async () => {
    const directory = temporaryDirectory();
    const tooLong = join(directory, 'x'.repeat(300));
    const loop = join(directory, 'loop');
    symlinkSync(loop, loop);
    await refused({ args: ['check', tooLong] }, 1, /^tine: \S+: ENAMETOOLONG/);
    await refused({ args: ['snapshot', 'save', 's.db', '--endpoint', tooLong] }, 1, /^tine: \S+: ENAMETOOLONG/);
    await refused({ args: ['snapshot', 'status', tooLong] }, 1, /^tine: \S+: ENAMETOOLONG/);
    await refused({ args: ['snapshot', 'status', loop] }, 1, /^tine: \S+: ELOOP/);
  });
});

function listen(server: NetServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
