import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FILE_DRIVERS, ownServer, temporaryDirectory } from '../../support/index.ts';

/** Runs in the server before tine. At the end it writes the names of loaded modules to a file. */
const listModules = `
  const { writeFileSync } = process.getBuiltinModule('node:fs');
  const { _cache } = process.getBuiltinModule('node:module');
  process.once('exit', () => {
    const builtIn = process.moduleLoadList.map((name) => name.replace('NativeModule ', 'node:'));
    writeFileSync(process.env.MODULES_FILE, [...builtIn, ...Object.keys(_cache)].join('\\n'));
  });
`;

/** Modules that take 5 to 70 ms of a start, and that most servers never need. */
const unneeded =
  /^node:(https|tls|zlib|fs\/promises)$|\/node_modules\/(knex|lodash|pg|mysql2|jose|ws|@node-rs|prom-client|croner|@aws-sdk|@smithy|@opentelemetry|@grpc)\//;

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: a first start and a put load no modules of other databases, TLS, passwords or tracing`, async (context) => {
    const directory = temporaryDirectory();
    const hook = join(directory, 'list-modules.mjs');
    const modulesFile = join(directory, 'modules');
    writeFileSync(hook, listModules);
    const environment = { NODE_OPTIONS: `--import=${hook}`, MODULES_FILE: modulesFile };
    const { server, client } = await ownServer(context, { driver, environment });
    await client.put({ key: 'a' });
    await server.stop();
    const modules = readFileSync(modulesFile, 'utf8').split('\n');
    assert.ok(modules.some((name) => name.includes('/node_modules/better-sqlite3/')));
    const loaded = modules.filter((name) => unneeded.test(name));
    assert.deepEqual(loaded, []);
  });
}
