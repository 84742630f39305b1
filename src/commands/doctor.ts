import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { offlineAccess } from '../drivers/open-offline.ts';
import type { Command } from './command.ts';

/**
 * `tine doctor [DSN]`: examines a database and what it depends on, also while it is served. Prints
 * a line for each finding; status 1 if one is a problem.
 */
export const doctor: Command = {
  kind: 'configured',
  operands: 'endpoint',
  run: async (loaded) => {
    const access = await offlineAccess(loaded.config.endpoint);
    const findings = await examine(access, loaded);
    process.stdout.write(`${access.name}\n${findings.map(line).join('')}${verdict(findings)}\n`);
    return countOf('problem', findings) === 0 ? 0 : 1;
  },
};

const line = ({ level, subject, text }: Finding): string => `${level.padEnd(9)}${subject}: ${text}\n`;

function verdict(findings: readonly Finding[]): string {
  const problems = countOf('problem', findings);
  const advised = countOf('advice', findings);
  const found = problems === 0 ? 'no problem' : problems === 1 ? '1 problem' : `${problems} problems`;
  return advised === 0 ? found : `${found}, ${advised} with advice`;
}

function countOf(level: Finding['level'], findings: readonly Finding[]): number {
  return findings.filter((finding) => finding.level === level).length;
}
