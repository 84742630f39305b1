/** The files of a SQLite database and their disk. */
import { isOpenToEveryUser, isReplaceableByEveryUser, octal } from '../drivers/sqlite/file/file-modes.ts';
import type { FileState, FileStorage, FileSystem, SyncTimes } from '../drivers/storage-facts.ts';
import { bytesText } from '../kit/amount-text.ts';
import { limits } from '../limits.ts';
import { doctorLimits } from './doctor-limits.ts';
import { advice, type Finding, ok, problem } from './finding.ts';

export function fileFindings(storage: FileStorage): readonly Finding[] {
  const { files, directory, fileSystem, freeBytes, sync, missing } = storage;
  return [
    ...missing.map((path) =>
      problem(
        'files',
        `${path} is missing while the database is open: tine refuses writes; put the same file back, or run etcdctl snapshot save before you stop tine`,
      ),
    ),
    fileSystemFinding(fileSystem),
    freeSpaceFinding(freeBytes, databaseBytes(storage)),
    syncFinding(sync, directory.path),
    ...logFindings(files),
    modesFinding(files, directory),
  ];
}

/** The database, without its log. */
function databaseBytes({ files }: FileStorage): number {
  return files[0]?.bytes ?? 0;
}

function fileSystemFinding({ name, kind }: FileSystem): Finding {
  switch (kind) {
    case 'disk':
      return ok('file system', name);
    case 'network':
      return problem('file system', `${name}: SQLite's locks are not reliable over a network; use a local disk`);
    case 'memory':
      return advice(
        'file system',
        `${name} stores files in memory: a restart of the machine loses all data; use a disk`,
      );
    case 'container':
      return advice('file system', `${name}: the data is removed together with the container; mount a volume`);
  }
}

function freeSpaceFinding(freeBytes: number, bytes: number): Finding {
  const text = `${bytesText(freeBytes)} free`;
  if (freeBytes < doctorLimits.freeBytesMin)
    return problem('space', `${text}: writes will soon be refused; free some space`);
  if (freeBytes >= bytes) return ok('space', text);
  return advice(
    'space',
    `${text}, less than the size of the database: no space for a copy or for VACUUM; free some space`,
  );
}

function syncFinding(sync: SyncTimes | undefined, directory: string): Finding {
  if (sync === undefined)
    return advice('disk sync', `not measured: cannot write in ${directory}; run this as the user of tine`);
  const text = `${sync.medianMs.toFixed(2)} ms (median of 20), slowest ${sync.slowestMs.toFixed(2)} ms`;
  if (sync.medianMs <= doctorLimits.syncMsMax) return ok('disk sync', text);
  return advice('disk sync', `${text}: each commit waits for a sync; use a faster disk, or one with less load`);
}

function logFindings(files: readonly FileState[]): readonly Finding[] {
  const log = files.find(({ path }) => path.endsWith('-wal'));
  if (log === undefined) return [];
  const text = `${bytesText(log.bytes)} in ${log.path}`;
  // One batch may pass the bound before the log starts again.
  if (log.bytes <= limits.walBytesMax * 2) return [ok('log', text)];
  return [
    advice('log', `${text}: a long read of another program keeps SQLite from starting the log again; end this program`),
  ];
}

function modesFinding(files: readonly FileState[], directory: FileState): Finding {
  const open = files.find(({ mode }) => isOpenToEveryUser(mode));
  if (open !== undefined)
    return problem('file modes', `${open.path} has mode ${octal(open.mode)}: every local user can open it; chmod 600`);
  if (isReplaceableByEveryUser(directory.mode)) {
    return problem(
      'file modes',
      `${directory.path} has mode ${octal(directory.mode)}: every local user can replace files in it; chmod 700`,
    );
  }
  return ok('file modes', files.map(({ mode }) => octal(mode)).join(', '));
}
