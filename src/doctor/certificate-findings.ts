/** Certificates that have ended or will end soon. */
import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { readCertificates } from '../config/pem-files.ts';
import { doctorLimits } from './doctor-limits.ts';
import { advice, type Finding, ok, problem } from './finding.ts';

const subject = 'certificate';
const dayMs = 24 * 3_600_000;

/** The certificates in the files of the options: for clients and for the database. */
export function certificateFindings(config: Config, nowMs: number): readonly Finding[] {
  return certificateFiles(config).flatMap((file) => fileFindings(file, nowMs));
}

interface CertificateFile {
  readonly path: string;
  /** A bundle of authorities often contains some that have ended. The rest of them still work. */
  readonly isBundle: boolean;
}

function certificateFiles({ tls, endpoint }: Config): readonly CertificateFile[] {
  const database = endpoint.kind === 'sqlite' ? undefined : endpoint.tls;
  // A generated certificate does not exist before the first start.
  const own = tls === undefined || (tls.pair.kind === 'generated' && !existsSync(tls.pair.certFile)) ? undefined : tls;
  return [
    ...filesOf(false, own?.pair.certFile, database?.certFile),
    ...filesOf(true, tls?.clients?.authoritiesFile, database?.caFile),
  ];
}

function filesOf(isBundle: boolean, ...paths: readonly (string | undefined)[]): readonly CertificateFile[] {
  return paths.flatMap((path) => (path === undefined ? [] : [{ path, isBundle }]));
}

function fileFindings({ path, isBundle }: CertificateFile, nowMs: number): readonly Finding[] {
  const certificates = readCertificates(path);
  const findings = certificates.flatMap(({ subject: holder, validFromDate, validToDate }) => {
    const name = `${path} (${holder.replaceAll('\n', ', ')})`;
    const [fromMs, toMs] = [validFromDate.getTime(), validToDate.getTime()];
    if (nowMs > toMs) return (isBundle ? advice : problem)(subject, `${name} expired on ${day(toMs)}; replace it`);
    if (nowMs < fromMs) return problem(subject, `${name} is not valid before ${day(fromMs)}; check the clock`);
    if (toMs - nowMs >= doctorLimits.certificateEndsMsMin) return [];
    const days = Math.floor((toMs - nowMs) / dayMs);
    return advice(subject, `${name} expires in ${days} days, on ${day(toMs)}; replace it before that`);
  });
  if (findings.length > 0) return findings;
  const firstEndMs = Math.min(...certificates.map(({ validToDate }) => validToDate.getTime()));
  return [ok(subject, `${path} is valid until ${day(firstEndMs)}`)];
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
