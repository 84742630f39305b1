import { spawn } from 'node:child_process';
import { chownSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import pg from 'pg';
import { childEnvironment } from './child-environment.ts';
import { exitOf } from './exit.ts';
import { freePort } from './free-port.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { waitFor } from './wait.ts';

export interface PgbouncerOptions {
  /** The program with its first arguments. */
  readonly command: readonly string[];
  /** The Postgres behind the pooler, with the user and password that the pooler connects as. */
  readonly serverUrl: string;
  /** Sessions of the server for each user and database. */
  readonly poolSize: number;
  /** Each server connection is assigned for a transaction, or for a whole client connection. */
  readonly mode?: 'transaction' | 'session';
  /** More lines of the pooler's configuration. */
  readonly settings?: readonly string[];
}

/** pgbouncer refuses to run as root. */
const nobody = { uid: 65_534, gid: 65_534 };

/**
 * Starts a pgbouncer on 127.0.0.1, which ends with the test. Returns its port. Users may connect
 * through it without a password.
 */
export async function startPgbouncer(context: TestContext, options: PgbouncerOptions): Promise<number> {
  const { serverUrl, poolSize, mode = 'transaction', settings = [] } = options;
  const server = new URL(serverUrl);
  const port = await freePort();
  const directory = temporaryDirectory();
  const users = join(directory, 'users.txt');
  writeFileSync(users, `"${server.username}" "${decodeURIComponent(server.password)}"\n`);
  const configuration = join(directory, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `* = host=${server.hostname} port=${server.port}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = trust',
    `auth_file = ${users}`,
    `pool_mode = ${mode}`,
    `default_pool_size = ${poolSize}`,
    'max_client_conn = 500',
    // The pooler soon searches again for a database that was missing.
    'server_login_retry = 0.2',
    'logfile =',
    ...settings,
  ];
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const path of [directory, users, configuration]) chownSync(path, nobody.uid, nobody.gid);
  const [program = '', ...commandArguments] = [...options.command, configuration];
  const child = spawn(program, commandArguments, {
    ...(isRoot ? nobody : {}),
    cwd: '/',
    stdio: 'ignore',
    env: childEnvironment({ LC_ALL: 'C' }),
  });
  const exit = exitOf(child);
  context.after(async () => {
    child.kill('SIGKILL');
    await exit;
    await rm(directory, { recursive: true, force: true });
  });
  const connectionString = pooledUrl(serverUrl, port, 'postgres');
  await waitFor('pgbouncer to connect', () => connects(connectionString));
  return port;
}

/** The address of a database through the pooler. */
export function pooledUrl(serverUrl: string, port: number, database: string): string {
  const url = new URL(serverUrl);
  url.port = `${port}`;
  url.pathname = `/${database}`;
  return url.href;
}

async function connects(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    await client.end();
    return true;
  } catch {
    return false;
  }
}
