/** Reads the facts about the hosts of an endpoint, and about the first one that serves. */
import pino from 'pino';
import type { DatabaseHost, RemoteDsn } from '../../config/database/database-dsn.ts';
import type { OfflineDatabase } from '../offline.ts';
import type { HostState, ServerDescription, ServerDetails, ServerStorage } from '../storage-facts.ts';
import { hostText } from './connections/host-text.ts';
import type { Node } from './engine.ts';
import { withReplyTimeout } from './reply-timeout.ts';
import { ServerClock } from './server-clock.ts';

const roundTripCount = 20;

/** What each kind of server provides for this. */
export interface DescribedServer {
  readonly dsn: RemoteDsn;
  /** Opens a connection that reads the state of a host. It accepts any host, in any state. */
  openNode(host: DatabaseHost): Promise<Node>;
  describe(database: OfflineDatabase): Promise<ServerDescription>;
  /** The clock of the server as an SQL expression, in ms since 1970. */
  readonly nowMs: string;
  /** Converts an error of the database to `DriverError`. */
  classifyError(error: unknown): Error;
}

/** `withDatabase` connects to the first host that answers and accepts writes. */
export async function serverStorage(
  server: DescribedServer,
  withDatabase: (use: (database: OfflineDatabase) => Promise<ServerDetails>) => Promise<ServerDetails>,
): Promise<ServerStorage> {
  const hosts = await Promise.all(server.dsn.hosts.map((host) => hostState(server, host)));
  // Without a reachable host, the attempt to connect reports the reason in one line.
  const isWorthwhile = hosts.some(({ refusal }) => refusal === undefined) || hosts.every((host) => !host.isReachable);
  return {
    kind: 'server',
    hosts,
    details: isWorthwhile ? await withDatabase((own) => details(server, own)) : undefined,
  };
}

async function hostState(server: DescribedServer, host: DatabaseHost): Promise<HostState> {
  const name = hostText(host);
  try {
    const node = await server.openNode(host);
    try {
      const { refusal, isDegraded, isStalled } = await withReplyTimeout(node.state(), () => node.abandon());
      return { name, refusal, isReachable: true, isDegraded, isStalled };
    } finally {
      node.abandon();
    }
  } catch (error) {
    const refusal = server.classifyError(error).message;
    return { name, refusal, isReachable: false, isDegraded: false, isStalled: false };
  }
}

async function details(server: DescribedServer, database: OfflineDatabase): Promise<ServerDetails> {
  const description = await server.describe(database);
  const clock = new ServerClock(pino({ enabled: false }));
  await clock.read(async () => (await database.value(`SELECT ${server.nowMs}`)) as number);
  return {
    ...description,
    roundTripMs: await medianRoundTripMs(database),
    clockAheadMs: clock.nowMs() - Date.now(),
  };
}

async function medianRoundTripMs(database: OfflineDatabase): Promise<number> {
  const times: number[] = [];
  while (times.length < roundTripCount) {
    const startMs = performance.now();
    await database.value('SELECT 1');
    times.push(performance.now() - startMs);
  }
  return times.sort((a, b) => a - b)[roundTripCount / 2] as number;
}
