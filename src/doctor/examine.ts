/** The examination of `tine doctor`: of machine, options, storage and store. */
import type { LoadedConfig } from '../config/load-config.ts';
import type { OfflineAccess } from '../drivers/offline.ts';
import type { ServerStorage, StorageFacts } from '../drivers/storage-facts.ts';
import { StartError } from '../errors.ts';
import { within } from '../kit/within.ts';
import { certificateFindings } from './certificate-findings.ts';
import { doctorLimits } from './doctor-limits.ts';
import { fileFindings } from './file-findings.ts';
import { advice, type Finding } from './finding.ts';
import { machineFacts, machineFindings } from './machine-findings.ts';
import { serverFindings } from './server-findings.ts';
import { storeFindings } from './store-findings.ts';

/**
 * Examines a database and what it depends on. Writes nothing to the database.
 *
 * @throws StartError if the database cannot be reached, or the examination takes too long.
 */
export function examine(access: OfflineAccess, loaded: LoadedConfig): Promise<readonly Finding[]> {
  return withinTime(access.name, findings(access, loaded));
}

async function findings(access: OfflineAccess, { config, notes }: LoadedConfig): Promise<readonly Finding[]> {
  const storage = await access.storage();
  const context = { quotaBytes: config.quotaBackendBytes, nowMs: databaseNowMs(storage) };
  return [
    ...machineFindings(machineFacts()),
    ...notes.map((note) => advice('options', note)),
    ...certificateFindings(config, Date.now()),
    ...(storage.kind === 'file' ? fileFindings(storage) : serverFindings(storage, config)),
    ...(isReadable(storage) ? await access.readSnapshot((database) => storeFindings(database, context)) : []),
  ];
}

function databaseNowMs(storage: StorageFacts): number {
  return Date.now() + (storage.kind === 'server' ? (storage.details?.clockAheadMs ?? 0) : 0);
}

/**
 * Whether the contents can be read. To open a database of which files are missing would create new
 * ones while others use the old ones.
 */
function isReadable(storage: StorageFacts): boolean {
  return storage.kind === 'file' ? storage.missing.length === 0 : isServed(storage);
}

const isServed = ({ details }: ServerStorage): boolean => details !== undefined;

function withinTime<Result>(name: string, work: Promise<Result>): Promise<Result> {
  const ms = doctorLimits.examinationMsMax;
  return within(ms, work, () => {
    throw new StartError(`${name}: the examination did not end within ${ms / 1000} s; see whether the database hangs`);
  });
}
