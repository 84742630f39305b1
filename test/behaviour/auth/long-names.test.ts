import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../../src/limits.ts';
import { auth, enableAuth } from '../../support/auth.ts';
import { metricValue } from '../../support/exposition.ts';
import { failureOf, ownServer, type Server, TINE_DRIVERS } from '../../support/index.ts';
import { scrape } from '../../support/scrape.ts';

const MiB = 1024 * 1024;

async function residentBytes(server: Server): Promise<number> {
  return metricValue(await scrape(server), 'process_resident_memory_bytes') ?? Number.NaN;
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: login attempts with unknown user names of 1.9 MiB leave nothing in memory`, async (context) => {
    const { server, client } = await ownServer(context, { driver, arguments: ['--bcrypt-cost', '4'] });
    await enableAuth(client);
    const logIn = async (index: number) => {
      const name = `${index}-${'n'.repeat(1.9 * MiB)}`;
      const { details } = await failureOf(auth(client, 'Authenticate', { name, password: 'p' }));
      assert.match(details, /authentication failed, invalid user ID or password/);
    };
    for (let index = 0; index < 20; index += 1) await logIn(index);
    const atRest = await residentBytes(server);
    for (let index = 20; index < 80; index += 1) await logIn(index);
    const grownBytes = (await residentBytes(server)) - atRest;
    assert(grownBytes < 64 * MiB, `${Math.round(grownBytes / MiB)} MiB more`);
  });

  test(`${driver.name}: role names of 1.4 MiB that are refused produce only a few short log lines`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const name = '//a:'.repeat(350_000);
    const startMs = performance.now();
    for (let index = 0; index < 30; index += 1) {
      await assert.rejects(auth(client, 'RoleGrantPermission', { name: `${index}${name}`, perm: { key: 'k' } }));
    }
    const lines = server
      .log()
      .split('\n')
      .filter((line) => line.includes('was refused'));
    const intervals = 1 + Math.floor((performance.now() - startMs) / limits.sparseLogIntervalMs);
    assert.ok(lines.length >= 10 && lines.length <= 10 * intervals, `${lines.length} lines in ${intervals} intervals`);
    for (const line of lines) assert(line.length < 2_000, `${line.length} characters`);
  });
}
