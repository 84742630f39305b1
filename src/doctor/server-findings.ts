/** The server of a database: its hosts, version, settings, connections and clock. */
import type { HostState, ServerDetails, ServerStorage } from '../drivers/storage-facts.ts';
import { doctorLimits } from './doctor-limits.ts';
import { advice, type Finding, ok, problem } from './finding.ts';
import { type ServerNeeds, settingFindings } from './setting-findings.ts';

export function serverFindings({ hosts, details }: ServerStorage, needs: ServerNeeds): readonly Finding[] {
  const servingCount = hosts.filter(({ refusal }) => refusal === undefined).length;
  const hostFindings = hosts.map((host) => hostFinding(host, { isNeeded: servingCount === 0 }));
  return details === undefined ? hostFindings : [...hostFindings, ...detailFindings(details, needs)];
}

function hostFinding(
  { name, refusal, isReachable, isDegraded, isStalled }: HostState,
  { isNeeded }: { readonly isNeeded: boolean },
): Finding {
  if (isStalled) return problem('host', `${name} does not apply the writes of its cluster; see its error log`);
  if (isDegraded) return advice('host', `${name} serves, but sends its data to another node; it may be slow`);
  if (refusal === undefined) return ok('host', `${name} accepts writes`);
  if (!isReachable)
    return problem('host', `${name} cannot be reached: ${refusal}; start it, or remove it from the list`);
  if (!isNeeded) return ok('host', `${name} is not used now: ${refusal}`);
  return problem('host', `${name} accepts no writes: ${refusal}; add the host that accepts writes`);
}

function detailFindings(details: ServerDetails, needs: ServerNeeds): readonly Finding[] {
  return [
    versionFinding(details),
    ...settingFindings(details, needs),
    connectionFinding(details, needs),
    roundTripFinding(details.roundTripMs),
    clockFinding(details.clockAheadMs),
  ];
}

function versionFinding({ product, version, isSupported }: ServerDetails): Finding {
  if (isSupported) return ok('version', `${product} ${version}`);
  return problem(
    'version',
    `${product} ${version} is too old; use Postgres 12, MySQL 8.0.14 or MariaDB 10.5, or a newer one`,
  );
}

function connectionFinding({ connections: { max, used } }: ServerDetails, { datastore }: ServerNeeds): Finding {
  const left = Math.max(0, max - used);
  const text = `${left} of ${max} are free; an instance uses up to ${datastore.maxOpenConnections}`;
  if (left >= datastore.maxOpenConnections) return ok('connections', text);
  return advice('connections', `${text}; raise max_connections, or lower --datastore-max-open-connections`);
}

function roundTripFinding(roundTripMs: number): Finding {
  const text = `${roundTripMs.toFixed(2)} ms (median of 20)`;
  if (roundTripMs <= doctorLimits.roundTripMsMax) return ok('round trip', text);
  return advice('round trip', `${text}: each write takes one or two round trips; run tine near the database`);
}

function clockFinding(aheadMs: number): Finding {
  const apart = `${(Math.abs(aheadMs) / 1000).toFixed(1)} s`;
  if (Math.abs(aheadMs) <= doctorLimits.clockApartMsMax)
    return ok('clock', `differs by ${apart} from the clock of the database`);
  const side = aheadMs > 0 ? 'behind' : 'ahead of';
  return advice('clock', `this machine is ${apart} ${side} the database; synchronize both (NTP)`);
}
