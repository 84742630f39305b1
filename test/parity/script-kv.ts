import type { Draw } from './draw.ts';
import { type Int, type Message, RevisionReference } from './message.ts';
import { type Step, unary } from './step.ts';

/** The probability of each field depends on how useful it is for the test. */
export function range(draw: Draw): Message {
  const { random } = draw;
  return {
    ...draw.keyRange(),
    ...(random.chance(30) && {
      limit: random.weighted<Int>([
        [6, random.between(1, 8)],
        [1, 1000],
        [1, '9223372036854775807'],
        [1, -1],
      ]),
    }),
    ...(random.chance(30) && { revision: draw.revision() }),
    ...(random.chance(30) && { sort_order: random.below(3), sort_target: random.below(5) }),
    ...(random.chance(20) && { serializable: true }),
    ...(random.chance(15) && { keys_only: true }),
    ...(random.chance(12) && { count_only: true }),
    ...(random.chance(15) && revisionFilters(draw)),
  };
}

function revisionFilters(draw: Draw): Message {
  const { random } = draw;
  const bound = () => new RevisionReference('current', -random.below(200));
  return {
    ...(random.chance(40) && { min_mod_revision: bound() }),
    ...(random.chance(40) && { max_mod_revision: bound() }),
    ...(random.chance(40) && { min_create_revision: bound() }),
    ...(random.chance(40) && { max_create_revision: bound() }),
  };
}

/**
 * Mostly ranges that RangeStream answers, now and then ranges that it refuses. A sort target other
 * than the key always has an order. Without one, etcd sorts each chunk of 10 keys or more by itself
 * and continues after the last key of the sorted chunk, so that keys come twice
 * (`range-forms.test.ts` has the ranges of one chunk). No limit is negative, because etcd never
 * finishes counting then.
 */
export function rangeForStream(draw: Draw): Message {
  const { random } = draw;
  const { sort_order: order, sort_target: target, limit, ...request } = range(draw);
  return {
    ...(random.chance(70)
      ? { ...draw.keyRange(), revision: request.revision, count_only: request.count_only }
      : request),
    ...(limit !== -1 && { limit }),
    ...(random.chance(10) && order !== 0 && { sort_order: order, sort_target: target }),
  };
}

export function put(draw: Draw): Message {
  const { random } = draw;
  const ignoresValue = random.chance(10);
  const ignoresLease = random.chance(10);
  return {
    key: draw.key(),
    ...(ignoresValue ? { ignore_value: true } : { value: draw.value() }),
    ...(ignoresLease ? { ignore_lease: true } : random.chance(15) && { lease: draw.leaseId() }),
    ...(random.chance(40) && { prev_kv: true }),
  };
}

export function deleteRange(draw: Draw): Message {
  const { random } = draw;
  const target = random.chance(60) ? { key: draw.key() } : draw.keyRange();
  return { ...target, ...(random.chance(50) && { prev_kv: true }) };
}

/** Mostly a few revisions back, so that past revisions can still be read. */
export function compact(draw: Draw): Message {
  const { random } = draw;
  const revision = random.chance(75)
    ? new RevisionReference('current', -random.below(60))
    : new RevisionReference('compacted', random.between(0, 3));
  return { revision, physical: random.chance(70) };
}

/** Leases live longer than any script runs, so that none expires in it. */
const ttlSecondsMin = 1000;

export function leaseSteps(draw: Draw): Step[] {
  const { random } = draw;
  const make = random.weighted<() => Step[]>([
    [3, () => [unary('LeaseGrant', { ID: draw.namedLeaseId(), TTL: ttlSecondsMin + random.below(5000) })]],
    [1, () => [grantWithoutId(draw)]],
    [2, () => [unary('LeaseRevoke', { ID: draw.leaseId() })]],
    [3, () => [unary('LeaseTimeToLive', { ID: draw.leaseId(), keys: random.chance(70) })]],
    [1, () => [unary('LeaseLeases', {})]],
    [2, () => [{ kind: 'keepAlive', request: { ID: draw.leaseId() } }]],
    [1, shortestLease],
  ]);
  return make();
}

function grantWithoutId(draw: Draw): Step {
  const alias = `chosen-${draw.aliases.length + 1}`;
  draw.aliases.push(alias);
  return { kind: 'unary', method: 'LeaseGrant', request: { TTL: ttlSecondsMin }, alias };
}

/**
 * A time to live below the minimum is raised to the minimum. The lease is revoked at once, before
 * it can expire.
 */
function shortestLease(): Step[] {
  const id = '77777';
  return [unary('LeaseGrant', { ID: id, TTL: 1 }), unary('LeaseRevoke', { ID: id })];
}
