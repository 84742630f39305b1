import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import pg from 'pg';
import type { Driver } from './drivers.ts';

/**
 * A database for one test with roles that have their own settings. Everything is removed after the
 * test.
 */
export interface RolesDatabase {
  readonly name: string;
  /** A connection to the database as its server's own user. */
  readonly administrator: pg.Client;
  /**
   * Creates a role with all rights in the database and these settings. Returns a driver for this
   * role, through another port if given.
   */
  role(settings?: Readonly<Record<string, string>>, port?: number): Promise<RoleDriver>;
}

export interface RoleDriver extends Driver {
  readonly user: string;
  readonly password: string;
  /** The value for `--endpoint`. Parameters have the form `?name=value`. */
  readonly url: (parameters?: string) => string;
}

/** On the Postgres at the URL. */
export async function rolesDatabase(context: TestContext, serverUrl: string): Promise<RolesDatabase> {
  const name = `tine_roles_${randomBytes(6).toString('hex')}`;
  const server = await connected(new URL('/postgres', serverUrl).href);
  await server.query(`CREATE DATABASE ${name}`);
  const administrator = await connected(new URL(`/${name}`, serverUrl).href);
  const users: string[] = [];
  context.after(async () => {
    await administrator.end();
    await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
    for (const user of users) await server.query(`DROP ROLE ${user}`);
    await server.end();
  });
  return {
    name,
    administrator,
    role: async (settings = {}, port) => {
      const user = `${name}_${users.length}`;
      const password = randomBytes(8).toString('hex');
      await server.query(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
      users.push(user);
      await administrator.query(`GRANT ALL ON DATABASE ${name} TO ${user}`);
      await administrator.query(`GRANT ALL ON SCHEMA public TO ${user}`);
      for (const [setting, value] of Object.entries(settings))
        await server.query(`ALTER ROLE ${user} SET ${setting} = ${value}`);
      const url = new URL(serverUrl);
      url.username = user;
      url.password = password;
      url.pathname = `/${name}`;
      if (port !== undefined) url.port = `${port}`;
      return roleDriver(url.href, { user, password });
    },
  };
}

function roleDriver(address: string, account: { readonly user: string; readonly password: string }): RoleDriver {
  return {
    name: 'postgres',
    kind: 'tine',
    dialect: 'postgres',
    isFile: false,
    ...account,
    url: (parameters = '') => address + parameters,
    storageArguments: () => ['--endpoint', address],
    dropStorage: async () => {},
  };
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  return client;
}
