import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { metricValue } from '../../support/exposition.ts';
import { ANY_DRIVER, suite, waitFor, within } from '../../support/index.ts';
import { scrape } from '../../support/scrape.ts';

/** The reply to a client that closes its side right after its request. */
async function answerTo(port: number, request: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(request);
  const answer = await within(10_000, 'the end of the connection', text(socket));
  socket.destroy();
  return answer;
}

for (const driver of ANY_DRIVER) {
  const shared = suite(driver);

  for (const [path, expected] of [
    ['/health', /"health":"true"/],
    ['/metrics', /etcd_server_has_leader 1/],
    ['/readyz', /ok\n/],
    ['/nowhere', /404 page not found/],
  ] as const) {
    test(`${driver.name}: ${path} is answered although the client has closed its side of the connection`, async () => {
      const answer = await answerTo(shared.server.port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 \d\d\d /);
      assert.match(answer, expected);
    });
  }

  test(`${driver.name}: a gateway watch ends when its client closes its side of the connection`, async () => {
    const watchers = async () => metricValue(await scrape(shared.server), 'etcd_debugging_mvcc_watcher_total');
    const body = JSON.stringify({ create_request: { key: 'YQ==' } });
    const socket = connect({ port: shared.server.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.resume();
    const head = `POST /v3/watch HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`;
    socket.write(head + body);
    await waitFor('a watcher', async () => (await watchers()) === 1);
    socket.end();
    await waitFor('no watcher', async () => (await watchers()) === 0);
    socket.destroy();
  });
}
