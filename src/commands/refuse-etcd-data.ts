import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Dsn } from '../config/database/database-dsn.ts';
import { StartError } from '../errors.ts';

/**
 * Refuses a data directory of etcd without tine's database. If etcd's unit file or manifest starts
 * tine there, the keyspace would be empty, and a Kubernetes cluster would act on it.
 *
 * @throws StartError when the new database would be in an etcd data directory
 */
export function refuseEtcdData(endpoint: Dsn): void {
  if (endpoint.kind !== 'sqlite' || existsSync(endpoint.path)) return;
  const directory = dirname(endpoint.path);
  const database = join(directory, 'member', 'snap', 'db');
  if (!existsSync(database)) return;
  throw new StartError(
    `${directory} contains the data of an etcd, which tine cannot serve in place; copy it first, with \`tine copy --from\` the running etcd ` +
      `or \`tine snapshot restore ${database}\`, or use another --data-dir`,
  );
}
