import assert from 'node:assert/strict';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { DRIVERS, suite } from '../../support/index.ts';

// Nothing here depends on the database.
for (const driver of DRIVERS.slice(0, 1)) {
  const shared = suite(driver, { arguments: ['--host-whitelist', 'localhost,127.0.0.1,good.example'] });

  /** fetch does not allow another Host header. */
  async function askAs(host: string): Promise<{ readonly status: number | undefined; readonly body: string }> {
    const answer = Promise.withResolvers<{ readonly status: number | undefined; readonly body: string }>();
    const asked = request(
      { port: shared.server.port, host: '127.0.0.1', path: '/version', headers: { host } },
      (reply) => text(reply).then((body) => answer.resolve({ status: reply.statusCode, body }), answer.reject),
    );
    asked.on('error', answer.reject);
    asked.end();
    return answer.promise;
  }

  test(`${driver.name}: an HTTP request to an allowed host name is answered, with and without a port`, async () => {
    for (const host of ['localhost', 'localhost:2379', 'good.example:1']) {
      assert.equal((await askAs(host)).status, 200, host);
    }
  });

  test(`${driver.name}: an HTTP request to another host name returns 421 with advice on how to allow the name`, async () => {
    for (const [host, name] of [
      ['evil.example:2379', 'evil.example'],
      ['[::1]:2379', '::1'],
      ['10.0.0.1', '10.0.0.1'],
    ] as const) {
      const { status, body } = await askAs(host);
      assert.equal(status, 421, host);
      assert.ok(body.includes(`--host-whitelist "${name}"`), body);
    }
  });

  test(`${driver.name}: gRPC requests ignore the host whitelist`, async () => {
    await shared.client.put({ key: shared.prefix(), value: 'x' });
  });
}
