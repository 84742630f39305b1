import { requireFile } from '../config/dsn.ts';
import { ownFile } from '../drivers/sqlite/offline-file.ts';
import { releaseToKine } from '../transfer/release-to-kine.ts';
import type { Command } from './command.ts';

/** `tine release [FILE]`: hands a database back to kine. Refused while anyone has it open. */
export const release: Command = {
  kind: 'configured',
  operandCountMax: 1,
  run: async ({ config, operands }) => {
    const path = operands[0] ?? requireFile(config.endpoint).path;
    const report = ownFile(path, releaseToKine);
    const verdict = report.length === 0 ? "is kine's already, nothing to do" : 'handed back to kine';
    process.stdout.write([`${path}: ${verdict}`, ...report.map((line) => `  ${line}`), ''].join('\n'));
    return 0;
  },
};
