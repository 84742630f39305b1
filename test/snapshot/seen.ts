import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { etcdctl } from '../support/etcdctl.ts';
import { type EtcdClient, temporaryDirectory } from '../support/index.ts';

/** Everything that a client can read, and the history from a revision on. Writes the key `end`. */
export async function seen(client: EtcdClient, { fromRevision }: { readonly fromRevision: number }) {
  const { header, kvs } = await client.range({ key: '\0', range_end: '\0' });
  const { leases } = await client.leaseLeases({});
  const watch = client.watch();
  await watch.create({ key: '\0', range_end: '\0', start_revision: fromRevision, prev_kv: true });
  await client.put({ key: 'end' });
  const messages = await watch.until(({ events }) => events.at(-1)?.kv.key.toString() === 'end');
  watch.close();
  const ttls = await Promise.all(
    leases.map(async ({ ID }) => {
      const { grantedTTL, keys } = await client.leaseTimeToLive({ ID, keys: true });
      return { ID, grantedTTL, keys: keys.map((key) => key.toString()).sort() };
    }),
  );
  return {
    revision: header.revision,
    kvs,
    leases: ttls.sort((a, b) => (a.ID < b.ID ? -1 : 1)),
    events: messages.flatMap(({ events }) => events),
  };
}

/** A snapshot that etcdctl saved. It is removed after the test. */
export async function savedSnapshot(
  context: TestContext,
  address: string,
  options: readonly string[] = [],
): Promise<string> {
  const path = join(ownDirectory(context), 'snapshot.db');
  const { status, stdout, stderr } = await etcdctl(address, [...options, 'snapshot', 'save', path]);
  if (status !== 0) throw new Error(`etcdctl snapshot save: ${stdout}${stderr}`);
  return path;
}

/** A directory that is removed after the test. */
export function ownDirectory(context: TestContext): string {
  const directory = temporaryDirectory();
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
