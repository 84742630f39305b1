import type { Draw } from './draw.ts';
import type { Message } from './message.ts';
import { compare } from './script-txn.ts';
import { type Step, unary } from './step.ts';

const key = Buffer.from('bad');
const empty = Buffer.alloc(0);
const operationCountMax = 128;

/** More than etcd takes into its log: 1.5 MiB with a margin for the rest of the message. */
const tooLargeBytes = 1_600_000;
/** More than the transport takes: that limit lies half a MiB higher. */
const tooLargeForTransportBytes = 2_200_000;

/** A request that every server of this API refuses, in one way, without changing anything. */
export function badRequest(draw: Draw): Step {
  const { random } = draw;
  return random.weighted<() => Step>([
    [10, () => random.pick(refusedByForm)],
    [4, () => unary('Txn', random.pick(refusedTransactions))],
    [2, () => unary('Txn', { ...random.pick(refusedTransactions), compare: [compare(draw)] })],
    [3, () => random.pick(invalidProtobuf)],
    [1, () => unary('Put', { key, value: Buffer.alloc(random.pick([tooLargeBytes, tooLargeForTransportBytes])) })],
  ])();
}

const refusedByForm: readonly Step[] = [
  unary('Range', {}),
  unary('Range', { range_end: Buffer.of(0) }),
  unary('Range', { key, sort_order: 9 }),
  unary('Range', { key, sort_target: 7, sort_order: 1 }),
  unary('Put', {}),
  unary('Put', { key: empty, value: Buffer.from('x') }),
  unary('Put', { key, value: Buffer.from('x'), ignore_value: true }),
  unary('Put', { key, lease: 1, ignore_lease: true }),
  unary('Put', { key: Buffer.from('never'), ignore_value: true }),
  unary('Put', { key: Buffer.from('never'), ignore_lease: true }),
  unary('Put', { key, lease: 31337 }),
  unary('DeleteRange', {}),
  unary('Compact', { revision: '9223372036854775807' }),
  unary('Compact', { revision: -5 }),
  unary('LeaseGrant', { ID: 31338, TTL: '9000000001' }),
  unary('LeaseRevoke', { ID: 31337 }),
  unary('LeaseRevoke', {}),
  unary('LeaseTimeToLive', { ID: 31337, keys: true }),
  { kind: 'keepAlive', request: { ID: 31337 } },
  { kind: 'rangeStream', request: {} },
  { kind: 'rangeStream', request: { key, sort_order: 2 } },
  { kind: 'rangeStream', request: { key, min_mod_revision: 1 } },
];

const putOf = (name: string): Message => ({ request_put: { key: Buffer.from(name), value: Buffer.from('x') } });
const deleteOf = (name: string, end?: string): Message => ({
  request_delete_range: { key: Buffer.from(name), ...(end !== undefined && { range_end: Buffer.from(end) }) },
});
const nested = (request: Message): Message => ({ request_txn: request });
const many = (count: number, prefix = 'many'): Message[] =>
  Array.from({ length: count }, (_, index) => putOf(`${prefix}/${index}`));

const refusedTransactions: readonly Message[] = [
  { success: [{}] },
  { success: [putOf('')] },
  { failure: [{ request_range: {} }] },
  { compare: [{ target: 0 }] },
  { success: [putOf('d'), putOf('d')] },
  { failure: [putOf('d'), putOf('d')] },
  { success: [putOf('d'), deleteOf('d')] },
  { success: [deleteOf('c', 'e'), putOf('d')] },
  { success: [nested({ success: [putOf('d')] }), nested({ failure: [putOf('d')] })] },
  { success: [nested({ success: [putOf('d')] }), putOf('d')] },
  { success: [nested({ failure: [deleteOf('c', 'e')] }), nested({ success: [putOf('d')] })] },
  { success: many(operationCountMax + 1) },
  { failure: many(operationCountMax + 1) },
  { success: [...many(operationCountMax - 1), nested({ success: many(2, 'deep') })] },
  { success: [{ request_put: { key, lease: 31337 } }], failure: [{ request_put: { key, lease: 31337 } }] },
  {
    success: [{ request_put: { key: Buffer.from('never'), ignore_value: true } }, putOf('d')],
    failure: [{ request_range: { key, revision: '9223372036854775807' } }],
  },
];

/** Bytes that are no message: cut short, an impossible field, a field of the wrong type, a number without end. */
const invalidProtobuf: readonly Step[] = [
  { kind: 'raw', method: 'Range', bytes: Buffer.from([0x0a, 0x05, 0x61]) },
  { kind: 'raw', method: 'Put', bytes: Buffer.from([0x07]) },
  { kind: 'raw', method: 'Put', bytes: Buffer.from([0x0b]) },
  { kind: 'raw', method: 'Txn', bytes: Buffer.from([0x0a, 0x03, 0x12, 0x05, 0x61]) },
  { kind: 'raw', method: 'Range', bytes: Buffer.alloc(11, 0xff) },
  { kind: 'raw', method: 'LeaseGrant', bytes: Buffer.from([0x08]) },
  { kind: 'raw', method: 'DeleteRange', bytes: Buffer.from([0x00, 0x01]) },
];
