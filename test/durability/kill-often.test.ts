import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { numberFromEnvironment } from '../parity/random.ts';
import { type EtcdClient, FILE_DRIVERS, ownServer, RpcError, runTine, sleep, withPrefix } from '../support/index.ts';

/** 1,000 kills take about half an hour. */
const killCount = numberFromEnvironment('TINE_TEST_KILLS', 5);
const writerCount = 24;
/**
 * The time for which writers write before a kill. It varies, so that kills hit all of the server's
 * background work, such as copying its WAL.
 */
const lifeMsMin = 100;
const lifeMsMax = 500;
/** Kills between two checks of the file. */
const killsPerCheck = 10;
const valueBytes = 2_000;

interface Writer {
  readonly key: string;
  /**
   * The last put that was started, and the last put that is known to be stored. Each value contains
   * the number of its put.
   */
  begun: number;
  acknowledged: number;
  revision: number;
}

const textOf = (number: number): string => `${number}`.padEnd(valueBytes, '.');

async function writeUntilGone(client: EtcdClient, writer: Writer): Promise<void> {
  for (;;) {
    writer.begun += 1;
    const number = writer.begun;
    try {
      const { header } = await client.put({ key: writer.key, value: textOf(number) });
      writer.acknowledged = number;
      writer.revision = header.revision;
    } catch (error) {
      assert.ok(error instanceof RpcError, String(error));
      return;
    }
  }
}

/**
 * Checks that the stored value is from the last acknowledged put, or from the one put in doubt. The
 * put is no longer in doubt then.
 */
async function checkStored(client: EtcdClient, writers: readonly Writer[]): Promise<void> {
  const { kvs } = await client.range(withPrefix('k/'));
  const stored = new Map(kvs.map((kv) => [kv.key.toString(), kv]));
  for (const writer of writers) {
    const { key, begun, acknowledged, revision } = writer;
    const kv = stored.get(key);
    const number = Number(kv?.value.toString().replaceAll('.', '') ?? 0);
    assert.ok(number === acknowledged || number === begun, `${key}: ${number} is stored, ${acknowledged} was answered`);
    assert.equal(kv?.value.toString() ?? textOf(0), textOf(number), `${key} has its whole value`);
    if (number === acknowledged) assert.equal(kv?.mod_revision ?? 0, revision, `${key} has the revision of its answer`);
    writer.acknowledged = number;
    writer.revision = kv?.mod_revision ?? 0;
  }
}

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: ${killCount} kill -9 under load lose no acknowledged put, and tine check finds no damage`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const writers = Array.from({ length: writerCount }, (_, index): Writer => {
      return { key: `k/${index}`, begun: 0, acknowledged: 0, revision: 0 };
    });
    const check = () => {
      const { status, stdout, stderr } = runTine(['check', join(server.dataDirectory, 'state.db')]);
      assert.equal(status, 0, `${stdout}${stderr}`);
    };
    for (let kill = 1; kill <= killCount; kill += 1) {
      const writing = writers.map((writer) => writeUntilGone(client, writer));
      await sleep(lifeMsMin + ((kill * 37) % (lifeMsMax - lifeMsMin)));
      await server.kill();
      await Promise.all(writing);
      if (kill % killsPerCheck === 0 || kill === killCount) check();
      await server.start();
      client.reconnect();
      await checkStored(client, writers);
    }
    const putCount = writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
    context.diagnostic(`${killCount} kills, some ${putCount} puts`);
    assert.ok(putCount > killCount, 'there was a load');
  });
}
