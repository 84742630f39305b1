import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type Driver, EtcdClient, etcd, RpcError, Server, TINE_DRIVERS } from '../support/index.ts';
import { chosenSeed, numberFromEnvironment, Random } from './random.ts';
import { type AuthStep, generateAuthScript } from './script-auth.ts';

/** A step takes a millisecond or two. */
const stepCountDefault = 1000;
const shownDifferenceCountMax = 5;

/** Passwords are checked with every request, and none needs protection. */
const settings = ['--bcrypt-cost', '4'];

/** Ids of the server, random values and times. */
const unequalFields = new Set([
  ...['cluster_id', 'member_id', 'raft_term', 'token', 'TTL', 'ID', 'name', 'peerURLs', 'clientURLs', 'leader'],
  ...['version', 'dbSize', 'dbSizeInUse', 'dbSizeQuota', 'raftIndex', 'raftTerm', 'raftAppliedIndex', 'storageVersion'],
]);

/** Fields of alarms, which etcd keeps in a Go map. */
const unorderedFields = new Set(['alarms', 'errors']);

const seed = chosenSeed();
const stepCount = numberFromEnvironment('TINE_TEST_STEPS', stepCountDefault);

for (const driver of TINE_DRIVERS.slice(0, 1)) {
  test(`tine on ${driver.name}: every call about users, roles and permissions gets etcd's reply`, async (context) => {
    const repeat = `TINE_TEST_SEED=${seed} TINE_TEST_STEPS=${stepCount}`;
    context.diagnostic(repeat);
    const script = generateAuthScript(new Random(seed), stepCount);
    const [expected, actual] = await Promise.all([outcomes(etcd, script), outcomes(driver, script)]);
    const differing = script
      .map((step, index) => ({ step, index }))
      .filter(({ index }) => !isEqual(expected[index], actual[index]));
    if (differing.length === 0) return;
    const shown = differing
      .slice(0, shownDifferenceCountMax)
      .map(
        ({ step, index }) =>
          `step ${index}: ${step.user ?? 'nobody'} calls ${step.method} ${JSON.stringify(step.request)}\n` +
          `  etcd: ${JSON.stringify(expected[index])}\n  tine: ${JSON.stringify(actual[index])}`,
      );
    throw new Error([`${repeat}: ${differing.length} differences`, ...shown].join('\n'));
  });
}

/**
 * tine checks permissions before alarms; etcd refuses a request under an alarm before it checks the
 * caller.
 */
function isEqual(expected: unknown, actual: unknown): boolean {
  if (isDeepStrictEqual(expected, actual)) return true;
  return refusedUnderAlarm.test(String(expected)) && refusedToCaller.test(String(actual));
}

const refusedUnderAlarm = /: etcdserver: (mvcc: database space exceeded|corrupt cluster)$/;
const refusedToCaller = /: etcdserver: (permission denied|user name is empty|user name not found|invalid auth token)$/;

async function outcomes(driver: Driver, script: readonly AuthStep[]): Promise<unknown[]> {
  const server = await Server.start({ driver, arguments: settings });
  const callers = new Callers(server.address);
  try {
    const found: unknown[] = [];
    for (const step of script) found.push(await callers.outcome(step));
    return found;
  } finally {
    callers.close();
    await server.remove();
  }
}

/** Clients with the last token that each received. */
class Callers {
  readonly #address: string;
  readonly #clients = new Map<string | undefined, EtcdClient>();

  constructor(address: string) {
    this.#address = address;
  }

  async outcome({ user, service, method, request }: AuthStep): Promise<unknown> {
    try {
      const reply = await this.#client(user).call(`etcdserverpb.${service}`, method, request);
      if (method === 'Authenticate') this.#remember(user, (reply as { readonly token: string }).token);
      return comparable(reply);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      return error.message;
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
  }

  #client(user: string | undefined): EtcdClient {
    const client = this.#clients.get(user) ?? new EtcdClient(this.#address);
    this.#clients.set(user, client);
    return client;
  }

  #remember(user: string | undefined, token: string): void {
    this.#clients.get(user)?.close();
    this.#clients.set(user, new EtcdClient(this.#address, { token }));
  }
}

/** A reply as plain data, without the values that are never equal. */
function comparable(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (Buffer.isBuffer(value)) return value.toString('latin1');
  // Go's protobuf prints messages with one or two spaces, depending on the build.
  if (typeof value === 'string') return value.replace(/ +/g, ' ');
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([field]) => !unequalFields.has(field));
  return Object.fromEntries(
    kept.map(([field, inner]) => [field, unorderedFields.has(field) ? sorted(comparable(inner)) : comparable(inner)]),
  );
}

function sorted(list: unknown): unknown {
  return (list as unknown[]).toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}
