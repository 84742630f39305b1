import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auth } from '../../support/auth.ts';
import { DRIVERS, suite } from '../../support/index.ts';

const changingMs = 1_500;
const changerCount = 40;
const callerCount = 10;

for (const driver of DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: while auth is disabled, changes to users and roles do not make other calls fail`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    const end = performance.now() + changingMs;
    const during = async (work: (turn: number) => Promise<unknown>) => {
      for (let turn = 0; performance.now() < end; turn += 1) await work(turn);
    };
    await Promise.all([
      ...Array.from({ length: changerCount }, (_, changer) =>
        during((turn) => auth(client, 'RoleAdd', { name: `${changer}-${turn}` })),
      ),
      ...Array.from({ length: callerCount }, (_, caller) =>
        during(async (turn) => {
          await client.put({ key: `${prefix}${caller}`, value: `${turn}` });
          assert.equal((await client.range({ key: `${prefix}${caller}` })).kvs[0]?.value.toString(), `${turn}`);
        }),
      ),
    ]);
  });
}
