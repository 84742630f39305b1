import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ANY_DRIVER, suite, waitFor, within } from '../../support/index.ts';

function post(path: string, message: object, fields = ''): string {
  const body = JSON.stringify(message);
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
}

const base64 = (value: string) => Buffer.from(value).toString('base64');

/** All replies until the server closes the connection. */
async function answersTo(port: number, ...parts: readonly string[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  for (const part of parts) await new Promise((resolve) => socket.write(part, resolve));
  return await within(10_000, 'the end of the connection', text(socket));
}

for (const driver of ANY_DRIVER) {
  const shared = suite(driver);

  test(`${driver.name}: pipelined HTTP/1.1 requests are executed and answered one after the other`, async () => {
    const values = Array.from({ length: 500 }, (_, index) => `value ${index}`);
    const puts = values.map((value) =>
      post('/v3/kv/put', { key: base64('pipelined'), value: base64(value), prev_kv: true }),
    );
    const last = 'GET /version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const answers = await answersTo(shared.server.port, `${puts.join('')}${last}`);
    assert.equal(answers.match(/HTTP\/1\.1 200 OK/g)?.length, values.length + 1);
    const previous = [...answers.matchAll(/"prev_kv":\{[^}]*"value":"([^"]*)"/g)].map(([, value]) =>
      Buffer.from(value as string, 'base64').toString(),
    );
    assert.deepEqual(previous, values.slice(0, -1), 'each finds what the one before it has put');
    assert.match(answers, /"etcdserver":/);
  });

  test(`${driver.name}: a request behind a watch on the same connection is executed after the watch ends`, async () => {
    const { server, client } = shared;
    const socket = connect({ port: server.port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk;
    });
    const watch = post('/v3/watch', { create_request: { key: base64('watched') } });
    socket.write(watch + post('/v3/kv/put', { key: base64('after the watch'), value: base64('x') }));
    await waitFor('the watch', () => received.includes('"created":true'));
    await client.put({ key: 'watched', value: 'y' });
    await waitFor('the event', () => received.includes(base64('watched')));
    assert.equal((await client.range({ key: 'after the watch' })).kvs.length, 0);
    socket.destroy();
  });

  test(`${driver.name}: split headers and a chunked body of single bytes are read, and so is the next request`, async () => {
    const body = JSON.stringify({ key: base64('chunked'), value: base64('v'.repeat(1_000)) });
    const chunks = [...body].map((character) => `1\r\n${character}\r\n`).join('');
    const head = 'POST /v3/kv/put HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r';
    const range = post('/v3/kv/range', { key: base64('chunked') }, 'Connection: close\r\n');
    const answers = await answersTo(shared.server.port, head, `\n${chunks}0\r\n\r\n${range}`);
    assert.equal(answers.match(/HTTP\/1\.1 200 OK/g)?.length, 2);
    assert.match(answers, new RegExp(base64('v'.repeat(1_000))));
  });
}
