import { offlineAccess } from '../drivers/open-offline.ts';
import { checkDatabase } from '../transfer/check-database.ts';
import { withProgress } from '../transfer/copy/progress.ts';
import type { Command } from './command.ts';

/**
 * `tine check [DSN]`: tests a database, also while it is served. Prints a line for each finding;
 * status 1 if there is one.
 */
export const check: Command = {
  kind: 'configured',
  operands: 'endpoint',
  run: async ({ config }) => {
    const { name, readSnapshot } = await offlineAccess(config.endpoint);
    const { findings, summary } = await withProgress((progress) =>
      readSnapshot((database) => checkDatabase(database, progress)),
    );
    for (const finding of findings) process.stdout.write(`${name}: ${finding}\n`);
    if (findings.length === 0) process.stdout.write(`${name}: no faults: ${summary}\n`);
    return findings.length === 0 ? 0 : 1;
  },
};
