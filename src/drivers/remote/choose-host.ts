/** Which of several hosts is used: a decision without side effects. */
import type { DatabaseHost } from '../../config/database/database-dsn.ts';
import type { NodeState } from './engine.ts';

/** A host as it was found. */
export interface CheckedHost {
  readonly host: DatabaseHost;
  /** Undefined: it did not answer, or refused the connection. */
  readonly state: NodeState | undefined;
  /** Since when it has answered that it serves. */
  readonly servesForMs: number;
}

export interface CurrentChoice {
  readonly host: DatabaseHost;
  /** As it was known last; undefined: it has never answered. */
  readonly state: NodeState | undefined;
  /** Whether it is still used if nothing better is found. */
  readonly isLost: boolean;
}

/**
 * The host to use from now on; undefined: none serves. `hosts` in the order of preference.
 *
 * A host with a higher term is always right. Otherwise a host is left only when it is lost, or for one that holds the same data at every moment, as nodes of one
 * Galera cluster do: two servers that both take writes and are not one cluster hold different data.
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
  if (current === undefined || current.isLost) return best(newest)?.host;
  const kept = serving.find(({ host }) => host === current.host);
  const known = kept?.state ?? current.state;
  // It is taken for well until it is lost, whatever one look says.
  if (known === undefined || known.refusal !== undefined) return current.host;
  if (termMax > known.term) return best(newest)?.host;
  if (kept === undefined) return current.host;
  const same = newest.filter(
    ({ host, state, servesForMs }) =>
      host === current.host || (state?.dataId === known.dataId && servesForMs >= servesForMsMin),
  );
  return best(same)?.host ?? current.host;
}
