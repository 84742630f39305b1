import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { etcd, Server, TINE_DRIVERS } from '../support/index.ts';
import { type GatewayStep, gatewayScript } from './gateway-script.ts';
import { type GatewayAnswer, GatewayTarget } from './gateway-target.ts';

/** A reply of one of two servers. `none`: the reason why there is no reply. */
type Answered = GatewayAnswer | { readonly none: string };

for (const driver of TINE_DRIVERS.slice(0, 1)) {
  test(`${driver.name}: the gateway gives the same replies as etcd's, to valid and invalid requests`, async (context) => {
    const reference = await Server.start({ driver: etcd });
    context.after(() => reference.remove());
    const subject = await Server.start({ driver });
    context.after(() => subject.remove());
    const etcdTarget = new GatewayTarget(reference.port);
    const tineTarget = new GatewayTarget(subject.port);
    const differences: string[] = [];
    for (const step of gatewayScript) {
      const [expected, actual] = await Promise.all([answerOf(etcdTarget, step), answerOf(tineTarget, step)]);
      const isAnswered = !('none' in expected) && !('none' in actual);
      if (isAnswered && isDeepStrictEqual(withTextOf(expected, actual), actual)) continue;
      differences.push(
        JSON.stringify(step).slice(0, 500),
        `  etcd: ${JSON.stringify(expected)}`,
        `  tine: ${JSON.stringify(actual)}`,
      );
    }
    assert.equal(differences.length, 0, differences.join('\n'));
  });
}

/** How Go begins its texts about JSON that it cannot read. */
const unreadable = /^(?:proto:|invalid character |unexpected EOF)/;

/**
 * etcd's reply, with tine's text where etcd reports JSON that it cannot read. All the rest must be
 * equal.
 */
function withTextOf(expected: GatewayAnswer, { lines: actual }: GatewayAnswer): GatewayAnswer {
  const lines = expected.lines.map((line, index) => {
    const { message } = (line ?? {}) as { message?: unknown };
    if (typeof message !== 'string' || !unreadable.test(message)) return line;
    const { message: own } = (actual[index] ?? {}) as { message?: unknown };
    return { ...(line as object), message: typeof own === 'string' && own !== '' ? own : message };
  });
  return { ...expected, lines };
}

/** A server that does not reply differs from one that does. */
async function answerOf(target: GatewayTarget, step: GatewayStep): Promise<Answered> {
  try {
    return await target.run(step);
  } catch (error) {
    return { none: (error as Error).message };
  }
}
