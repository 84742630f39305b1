import { offlineAccess } from '../drivers/open-offline.ts';
import { withProgress } from '../transfer/copy/progress.ts';
import { repairDatabase } from '../transfer/repair-database.ts';
import type { Command } from './command.ts';

/**
 * `tine repair [DSN]`: repairs what `tine check` reports, where possible. Status 1 if something is
 * left.
 */
export const repair: Command = {
  kind: 'configured',
  operands: 'endpoint',
  run: async ({ config }) => {
    const access = await offlineAccess(config.endpoint);
    const { done, left } = await withProgress((progress) => repairDatabase(access, progress));
    const verdict =
      left.length > 0 ? 'not everything can be repaired' : done.length > 0 ? 'repaired' : 'no faults; nothing to do';
    const lines = [verdict, ...left].map((line) => `${access.name}: ${line}`);
    process.stdout.write([...lines, ...done.map((line) => `  ${line}`), ''].join('\n'));
    return left.length === 0 ? 0 : 1;
  },
};
