import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { etcd, Server, TINE_DRIVERS } from '../support/index.ts';
import { type Answered, isOlderDifference } from './gateway-differences.ts';
import { type GatewayStep, gatewayScript } from './gateway-script.ts';
import { GatewayTarget } from './gateway-target.ts';
import { etcdVersion } from './reference.ts';

for (const driver of TINE_DRIVERS.slice(0, 1)) {
  test(`${driver.name}: the gateway answers as etcd's, to good requests and bad ones`, async (context) => {
    const reference = await Server.start({ driver: etcd });
    context.after(() => reference.remove());
    const version = await etcdVersion(reference);
    const subject = await Server.start({ driver });
    context.after(() => subject.remove());
    const expected = new GatewayTarget(reference.port);
    const actual = new GatewayTarget(subject.port);
    const differences: string[] = [];
    for (const step of gatewayScript) {
      const [older, newer] = await Promise.all([answerOf(expected, step), answerOf(actual, step)]);
      const isAnswered = !('none' in older);
      if (isAnswered && isDeepStrictEqual(older, newer)) continue;
      if (isOlderDifference(version, step, { older, newer })) continue;
      differences.push(
        JSON.stringify(step).slice(0, 500),
        `  etcd ${version}: ${JSON.stringify(older)}`,
        `  tine: ${JSON.stringify(newer)}`,
      );
    }
    assert.equal(differences.length, 0, differences.join('\n'));
  });
}

/** A server that does not answer differs from one that does. */
async function answerOf(target: GatewayTarget, step: GatewayStep): Promise<Answered> {
  try {
    return await target.run(step);
  } catch (error) {
    return { none: (error as Error).message };
  }
}
