import { lockedTransaction } from '../drivers/offline.ts';
import { offlineAccess } from '../drivers/open-offline.ts';
import { releaseToKine } from '../transfer/release-to-kine.ts';
import type { Command } from './command.ts';

/** `tine release [DSN]`: returns a database to kine. Refused while tine serves it. */
export const release: Command = {
  kind: 'configured',
  operands: 'endpoint',
  run: async ({ config }) => {
    const access = await offlineAccess(config.endpoint);
    const report = await lockedTransaction(access, releaseToKine);
    const verdict = report.length === 0 ? 'is a database of kine already; nothing to do' : 'returned to kine';
    process.stdout.write([`${access.name}: ${verdict}`, ...report.map((line) => `  ${line}`), ''].join('\n'));
    return 0;
  },
};
