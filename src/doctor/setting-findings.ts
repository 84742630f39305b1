/** The settings of a database server that decide whether acknowledged writes survive. */
import type { Config } from '../config/config.ts';
import type { ServerDetails } from '../drivers/storage-facts.ts';
import { doctorLimits } from './doctor-limits.ts';
import { advice, type Finding, ok, problem } from './finding.ts';

/** What tine needs of the server, by its own options. */
export type ServerNeeds = Pick<Config, 'datastore' | 'maxRequestBytes'>;

/** A setting that is wrong. Undefined: it is right, or the server does not have it. */
type Rule = (settings: ReadonlyMap<string, string>, needs: ServerNeeds) => Finding | undefined;

const subject = 'settings';

export function settingFindings({ product, settings }: ServerDetails, needs: ServerNeeds): readonly Finding[] {
  const rules = product === 'Postgres' ? postgresRules : mysqlRules;
  const findings = rules.flatMap((rule) => rule(settings, needs) ?? []);
  return findings.length > 0 ? findings : [ok(subject, 'acknowledged writes survive a crash of the server')];
}

const postgresRules: readonly Rule[] = [
  (settings) =>
    isOff(settings, 'fsync')
      ? problem(subject, 'fsync = off: a crash of the machine can destroy the database; set it to on')
      : undefined,
  (settings) =>
    isOff(settings, 'full_page_writes')
      ? problem(subject, 'full_page_writes = off: a crash of the machine can damage pages; set it to on')
      : undefined,
  (settings) =>
    isOff(settings, 'synchronous_commit')
      ? advice(
          subject,
          'synchronous_commit = off for this user: tine sets it to on for itself, but other programs lose writes; set it to on',
        )
      : undefined,
];

const mysqlRules: readonly Rule[] = [
  (settings) => {
    const flush = settings.get('innodb_flush_log_at_trx_commit');
    if (flush === undefined || flush === '1') return undefined;
    return problem(
      subject,
      `innodb_flush_log_at_trx_commit = ${flush}: a crash of the machine loses the last second's writes; set it to 1`,
    );
  },
  (settings) => {
    const sync = settings.get('sync_binlog');
    if (isOff(settings, 'log_bin') || sync === undefined || sync === '1') return undefined;
    return problem(
      subject,
      `sync_binlog = ${sync} with a binary log: a crash of the machine can take back acknowledged writes; set it to 1`,
    );
  },
  (settings) =>
    isOff(settings, 'innodb_doublewrite')
      ? advice(subject, 'innodb_doublewrite = OFF: a crash of the machine can damage pages; set it to ON')
      : undefined,
  (settings, { maxRequestBytes }) => {
    const most = Number(settings.get('max_allowed_packet'));
    const needed = packetBytes(maxRequestBytes);
    if (most >= needed) return undefined;
    return problem(
      subject,
      `max_allowed_packet = ${most}: the largest requests fail; set it to ${needed} or more, or lower --max-request-bytes`,
    );
  },
  (settings) => {
    const size = clusterSize(settings);
    if (size === 0 || size >= doctorLimits.galeraNodesMin) return undefined;
    return advice(
      subject,
      `wsrep_cluster_size = ${size}: the cluster stops when one more node fails; start the missing nodes`,
    );
  },
  (settings) => {
    const seconds = Number(settings.get('innodb_lock_wait_timeout'));
    if (clusterSize(settings) === 0 || !(seconds > doctorLimits.galeraLockSecondsMax)) return undefined;
    return advice(
      subject,
      `innodb_lock_wait_timeout = ${seconds}: a node may stop for ${seconds} s when instances write through several nodes; set it to ${doctorLimits.galeraLockSecondsMax} on every node`,
    );
  },
];

/** A statement contains bytes as two hexadecimal digits each. */
const packetBytes = (requestBytes: number): number => requestBytes * 2 + 64 * 1024;

/** The nodes of the Galera cluster that the server is part of. 0: of none. */
function clusterSize(settings: ReadonlyMap<string, string>): number {
  return isOff(settings, 'wsrep_on') ? 0 : Number(settings.get('wsrep_cluster_size') ?? 0);
}

/** Whether a setting is off. False if the server does not have it. */
function isOff(settings: ReadonlyMap<string, string>, name: string): boolean {
  return ['off', '0'].includes(settings.get(name)?.toLowerCase() ?? '');
}
