import assert from 'node:assert/strict';
import { test } from 'node:test';
import { http } from '../../support/http.ts';
import { ANY_DRIVER, type EtcdClient, suite } from '../../support/index.ts';
import { onThisMachine } from '../../support/slowness.ts';

const bodyLength = 4 * 1024 * 1024 - 1024;

/** `start`, as many times `piece` as fit into 4 MiB, and `end`. */
function filled(start: string, piece: string, end: string): string {
  return start + piece.repeat(Math.floor((bodyLength - start.length - end.length) / piece.length)) + end;
}

/** Expensive JSON: each attack causes another kind of work. */
const attacks: readonly { readonly what: string; readonly path?: string; readonly body: string }[] = [
  { what: 'a number of 4 million digits', body: filled('{"key":"YQ==","limit":1', '0', '1}') },
  { what: 'a million unknown fields', body: filled('{', '"a":1,', '"b":2}') },
  { what: 'a million strings', body: filled('{"a":[', '"\\n",', '""]}') },
  { what: 'a million comparisons', path: '/v3/kv/txn', body: filled('{"compare":[', '{},', '{}]}') },
  { what: 'a million URLs', path: '/v3/cluster/member/add', body: filled('{"peerURLs":[', '"",', '""]}') },
  { what: 'brackets', body: '['.repeat(bodyLength) },
  { what: 'deep lists', body: filled('{"a":[', `${'['.repeat(5_000)}${']'.repeat(5_000)},`, '[]]}') },
  { what: 'line breaks before an error', body: filled('{', '\n', '"key":5}') },
  { what: 'base64 with line breaks only', body: filled('{"key":"', '\\n', '"}') },
  { what: 'a name of escaped quotes only', path: '/v3/auth/role/add', body: filled('{"name":"', '\\"', '"}') },
];

/** The times of gets, longest first: on the attacked server, and alternately on another server. */
interface GetTimes {
  readonly attacked: readonly number[];
  readonly other: readonly number[];
}

/**
 * Sends the attack again and again while 300 gets are timed: the p99 of fewer would be one slow
 * get.
 */
async function getTimes(
  clients: Record<keyof GetTimes, EtcdClient>,
  attack: () => Promise<unknown>,
): Promise<GetTimes> {
  const times = { attacked: [] as number[], other: [] as number[] };
  let isOver = false;
  const attacks = (async () => {
    while (!isOver) await attack();
  })();
  while (times.attacked.length < 300) {
    for (const name of ['attacked', 'other'] as const) {
      const started = performance.now();
      await clients[name].range({ key: 'k' });
      times[name].push(performance.now() - started);
    }
  }
  isOver = true;
  await attacks;
  for (const each of Object.values(times)) each.sort((one, another) => another - one);
  return times;
}

function percentile99(times: readonly number[]): number {
  return times[Math.floor(times.length / 100)] ?? Number.NaN;
}

for (const driver of ANY_DRIVER) {
  const shared = suite(driver);
  const otherSuite = suite(driver);

  for (const { what, path = '/v3/kv/range', body } of attacks) {
    test(`${driver.name}: other clients are served while one client sends 4 MiB of JSON repeatedly: ${what}`, async () => {
      const { server, client } = shared;
      // A request that is refused early may not be sent completely.
      const send = () => http({ port: server.port, path, method: 'POST', body }).catch(() => undefined);
      const { attacked, other } = await getTimes({ attacked: client, other: otherSuite.client }, send);
      const usual = percentile99(other);
      const found = percentile99(attacked);
      assert(
        found < onThisMachine(20) + 3 * usual,
        `p99 of ${attacked.length} gets: ${found} ms, elsewhere ${usual} ms`,
      );
      const [slowest = Number.NaN] = attacked;
      const [slowestOther = Number.NaN] = other;
      assert(slowest < onThisMachine(200) + 3 * slowestOther, `${slowest} ms, elsewhere ${slowestOther} ms`);
    });
  }
}
