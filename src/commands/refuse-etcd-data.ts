import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Dsn } from '../config/database/database-dsn.ts';
import { StartError } from '../errors.ts';

/**
 * A directory with the data of an etcd and none of tine's: who starts tine by etcd's unit file or manifest there would find everything gone, and a
 * Kubernetes cluster would act on it.
 *
 * @throws StartError when the new database would lie in one
 */
export function refuseEtcdData(endpoint: Dsn): void {
  if (endpoint.kind !== 'sqlite' || existsSync(endpoint.path)) return;
  const directory = dirname(endpoint.path);
  const database = join(directory, 'member', 'snap', 'db');
  if (!existsSync(database)) return;
  throw new StartError(
    `${directory} holds the data of an etcd, which tine does not serve in place; bring it over first, with \`tine copy --from\` the running etcd ` +
      `or \`tine snapshot restore ${database}\`, or name another --data-dir`,
  );
}
