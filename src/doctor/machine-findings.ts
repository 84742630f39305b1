import { doctorLimits } from './doctor-limits.ts';
import { advice, type Finding, ok } from './finding.ts';

export interface MachineFacts {
  /** For example `24.1.0`. */
  readonly nodeVersion: string;
  /** The limit of open files of a process. Undefined: unknown, or without a limit. */
  readonly openFilesMax: number | undefined;
}

/** The machine and the limits that a tine started from the same shell would have. */
export function machineFindings({ nodeVersion, openFilesMax }: MachineFacts): readonly Finding[] {
  return [nodeFinding(nodeVersion), openFilesFinding(openFilesMax)];
}

export function machineFacts(): MachineFacts {
  const { report, versions } = process;
  // The report would otherwise look up the names of all addresses. The types lack the setting.
  Object.assign(report, { excludeNetwork: true });
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { hard?: number | string } } };
  // Node raises the soft limit to the hard limit when it starts.
  const hard = userLimits?.open_files?.hard;
  return { nodeVersion: versions.node, openFilesMax: typeof hard === 'number' ? hard : undefined };
}

function nodeFinding(version: string): Finding {
  if (Number.parseInt(version, 10) >= doctorLimits.nodeMajor) return ok('Node', version);
  return advice('Node', `${version} works, but tine is developed with ${doctorLimits.nodeMajor}; install this version`);
}

function openFilesFinding(most: number | undefined): Finding {
  const where = 'for programs started from here';
  if (most === undefined) return ok('open files', `no limit ${where}`);
  if (most >= doctorLimits.openFilesMin) return ok('open files', `up to ${most} ${where}`);
  return advice(
    'open files',
    `up to ${most} ${where}; each client connection takes one: raise the limit (LimitNOFILE=65536 in a systemd unit, ulimit -n in a shell)`,
  );
}
