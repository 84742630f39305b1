/** MySQL's server, which no stable release of Debian has. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { provideUnstable, unstableCommand, unstableRoot } from './unstable-package.ts';

const packageName = 'mysql-server-core';
const root = unstableRoot(packageName);
const instead = 'name a running one in TINE_TEST_MYSQL_URL, or leave it out with TINE_TEST_DRIVERS';

export function mysqlIsHere(): boolean {
  return existsSync(root);
}

/** The command that runs `mysqld`, its first arguments included. */
export function mysqldCommand(): readonly string[] {
  return [
    ...unstableCommand(packageName, 'usr/sbin/mysqld'),
    '--no-defaults',
    `--basedir=${join(root, 'usr')}`,
    `--lc-messages-dir=${join(root, 'usr/share/mysql')}`,
    `--character-sets-dir=${join(root, 'usr/share/mysql/charsets')}`,
    `--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
  ];
}

/**
 * Unpacks MySQL unless it is already here.
 *
 * @throws Error of one line with the command or setting to use, where MySQL cannot be downloaded.
 */
export function provideMysql(signal: AbortSignal): Promise<void> {
  return provideUnstable(packageName, instead, signal);
}
