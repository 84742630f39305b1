import { LEASES_EXTENDED_AT, SET_LEASES_EXTENDED_AT } from '../../sql/statements/clock-statements.ts';
import { EXTEND_LEASES } from '../../sql/statements/write-statements.ts';
import { change, type Program, row } from '../program.ts';

/** Earlier than any time of any clock. */
const beforeAll = Number.MIN_SAFE_INTEGER;

/**
 * Restarts the TTLs of leases at the start of an instance, as etcd does after an election, because
 * clients could not renew their leases meanwhile. Deadlines from another clock (a restored
 * snapshot, an older tine) are overwritten.
 *
 * While other instances run, clients could renew. Then a TTL is restarted once after each renewal:
 * the instance may have ended before it wrote a later one. Without this bound, no lease would end
 * while one instance starts again and again.
 */
export function* restartTtls({
  leaseNowMs,
  othersRun,
}: {
  readonly leaseNowMs: number;
  readonly othersRun: boolean;
}): Program<void> {
  const extendedAtMs = othersRun ? yield* row(LEASES_EXTENDED_AT) : undefined;
  yield* change(EXTEND_LEASES, leaseNowMs, extendedAtMs ?? beforeAll);
  yield* change(SET_LEASES_EXTENDED_AT, leaseNowMs);
}
