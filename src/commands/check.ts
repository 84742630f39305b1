import { requireFile } from '../config/dsn.ts';
import { inspectFile } from '../drivers/sqlite/offline-file.ts';
import { checkDatabase } from '../transfer/check-database.ts';
import type { Command } from './command.ts';

/** `tine check [FILE]`: tests a database, also while it is served. A line for each finding; status 1 if there is one. */
export const check: Command = {
  kind: 'configured',
  operandCountMax: 1,
  run: async ({ config, operands }) => {
    const path = operands[0] ?? requireFile(config.endpoint).path;
    const { findings, summary } = inspectFile(path, checkDatabase);
    for (const finding of findings) process.stdout.write(`${path}: ${finding}\n`);
    if (findings.length === 0) process.stdout.write(`${path}: sound: ${summary}\n`);
    return findings.length === 0 ? 0 : 1;
  },
};
