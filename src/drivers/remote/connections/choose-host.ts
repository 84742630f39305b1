/** Decides which of several hosts is used. Has no side effects. */
import type { DatabaseHost } from '../../../config/database/database-dsn.ts';
import type { NodeState } from '../engine.ts';

/** A host and the result of its last check. */
export interface CheckedHost {
  readonly host: DatabaseHost;
  /** Undefined: the host did not answer, or refused the connection. */
  readonly state: NodeState | undefined;
  /** How long the host has answered that it serves and is not stalled, in ms. */
  readonly servesForMs: number;
}

export interface CurrentChoice {
  readonly host: DatabaseHost;
  /** Its last known state. Undefined: it has never answered. */
  readonly state: NodeState | undefined;
  /** Whether the host is lost. It stays in use if no other host serves. */
  readonly isLost: boolean;
  /** Whether reads on the host have waited for some time. */
  readonly isStalled: boolean;
}

/**
 * The host to use from now on. Undefined: no host serves. `hosts` are in the order of preference.
 *
 * A host with a higher term always wins. Otherwise the current host is left if it is lost, or if it
 * is stalled or less preferred than a host that holds the same data at every moment, as the nodes
 * of one Galera cluster do. Two servers that accept writes and are not one cluster hold different
 * data.
 */
export function chooseHost(
  hosts: readonly CheckedHost[],
  current: CurrentChoice | undefined,
  servesForMsMin: number,
): DatabaseHost | undefined {
  const serving = hosts.filter(({ state }) => state !== undefined && state.refusal === undefined);
  const termMax = Math.max(...serving.map(({ state }) => state?.term ?? 0));
  const newest = serving.filter(({ state }) => state?.term === termMax);
  const best = (among: readonly CheckedHost[]): CheckedHost | undefined =>
    among.find(({ state }) => state?.isDegraded === false) ?? among[0];
  const bestNewest = best(newest.filter(({ state }) => state?.isStalled === false)) ?? best(newest);
  if (current === undefined || current.isLost) return bestNewest?.host;
  const kept = serving.find(({ host }) => host === current.host);
  const known = kept?.state ?? current.state;
  // The current host stays until it is lost; one failed check does not count.
  if (known === undefined || known.refusal !== undefined) return current.host;
  if (termMax > known.term) return bestNewest?.host;
  if (kept === undefined) return current.host;
  const same = newest.filter(({ host, state, servesForMs }) =>
    host === current.host ? !current.isStalled : state?.dataId === known.dataId && servesForMs >= servesForMsMin,
  );
  return best(same)?.host ?? current.host;
}
