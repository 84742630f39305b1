import type { Draw } from './draw.ts';
import { isList, isMessage, LeaseReference, type Message, RevisionReference, type Value } from './message.ts';
import { deleteRange, put, range } from './script-kv.ts';

const depthMax = 3;

export function txn(draw: Draw): Message {
  const request = txnAt(draw, 1);
  return deletesFromKeyOn(request) ? withoutIgnores(request) : request;
}

/**
 * etcd does not detect that a delete from a key on (`\0`) overlaps a put of the same transaction. A
 * put that keeps the value or lease of a key just deleted then ends the etcd process, 3.7 included.
 */
function deletesFromKeyOn(value: Value): boolean {
  if (isList(value)) return value.some(deletesFromKeyOn);
  if (!isMessage(value)) return false;
  const { request_delete_range: deleted } = value;
  const isFromKeyOn =
    isMessage(deleted) && Buffer.isBuffer(deleted.range_end) && deleted.range_end.equals(Buffer.of(0));
  return isFromKeyOn || Object.values(value).some(deletesFromKeyOn);
}

function withoutIgnores(value: Message): Message {
  const { ignore_value: _value, ignore_lease: _lease, ...rest } = value;
  const strip = (inner: Value): Value => {
    if (isList(inner)) return inner.map(strip);
    return isMessage(inner) ? withoutIgnores(inner) : inner;
  };
  return Object.fromEntries(Object.entries(rest).map(([field, inner]) => [field, strip(inner)]));
}

function txnAt(draw: Draw, depth: number): Message {
  const { random } = draw;
  const operations = () =>
    Array.from(
      {
        length: random.weighted([
          [1, 0],
          [4, 1],
          [3, 2],
          [2, 4],
        ]),
      },
      () => operation(draw, depth),
    );
  return {
    compare: Array.from(
      {
        length: random.weighted([
          [2, 0],
          [5, 1],
          [2, 2],
        ]),
      },
      () => compare(draw),
    ),
    success: operations(),
    failure: operations(),
  };
}

function operation(draw: Draw, depth: number): Message {
  return draw.random.weighted<() => Message>([
    [5, () => ({ request_put: put(draw) })],
    [4, () => ({ request_range: range(draw) })],
    [2, () => ({ request_delete_range: deleteRange(draw) })],
    [depth < depthMax ? 3 : 0, () => ({ request_txn: txnAt(draw, depth + 1) })],
  ])();
}

const targetUnions = ['version', 'create_revision', 'mod_revision', 'value', 'lease'] as const;

/**
 * Every target with every operator, of one key or a range. Now and then the value belongs to
 * another target, or is missing.
 */
export function compare(draw: Draw): Message {
  const { random } = draw;
  const target = random.below(targetUnions.length);
  const union = targetUnions[random.chance(90) ? target : random.below(targetUnions.length)];
  return {
    ...(random.chance(25) ? draw.keyRange() : { key: draw.key() }),
    result: random.below(4),
    target,
    ...(union !== undefined && random.chance(95) && { [union]: comparand(draw, union) }),
    ...(target === 4 && random.chance(20) && chosenLease(draw)),
  };
}

function comparand(draw: Draw, union: (typeof targetUnions)[number]): Value {
  switch (union) {
    case 'version':
      return draw.random.below(4);
    case 'value':
      return draw.value();
    case 'lease':
      return draw.random.chance(50) ? 0 : draw.namedLeaseId();
    default:
      return draw.random.chance(30) ? 0 : new RevisionReference('current', -draw.random.below(60));
  }
}

/** Ids that servers choose are compared only for equality, because their order differs. */
function chosenLease(draw: Draw): Message {
  const alias = draw.aliases.at(-1);
  return alias === undefined ? {} : { lease: new LeaseReference(alias), result: draw.random.pick([0, 3]) };
}
