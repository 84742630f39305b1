import type { Draw } from './draw.ts';
import type { Message } from './message.ts';
import { compare } from './script-txn.ts';
import { type Step, unary } from './step.ts';
import type { UnaryMethod } from './target.ts';

const key = Buffer.from('bad');
const empty = Buffer.alloc(0);
const operationCountMax = 128;

/**
 * More than the maximum request size of etcd: 1.5 MiB, with a margin for the rest of the message.
 */
const tooLargeBytes = 1_600_000;
/** More than the transport accepts. Its limit is half a MiB higher. */
const tooLargeForTransportBytes = 2_200_000;

/** A request that every server of this API refuses with the same error, without any change. */
export function badRequest(draw: Draw): Step {
  const { random } = draw;
  return random.weighted<() => Step>([
    [10, () => random.pick(refusedByForm)],
    [4, () => unary('Txn', random.pick(refusedTransactions))],
    [2, () => unary('Txn', { ...random.pick(refusedTransactions), compare: [compare(draw)] })],
    [3, () => random.pick(invalidProtobuf)],
    [3, () => random.pick(unusualProtobuf)],
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

/**
 * Bytes that are not a message: cut short, an impossible field, a field of the wrong type, a number
 * without end.
 */
const invalidProtobuf: readonly Step[] = [
  { kind: 'raw', method: 'Range', bytes: Buffer.from([0x0a, 0x05, 0x61]) },
  { kind: 'raw', method: 'Put', bytes: Buffer.from([0x07]) },
  { kind: 'raw', method: 'Put', bytes: Buffer.from([0x0b]) },
  { kind: 'raw', method: 'Txn', bytes: Buffer.from([0x0a, 0x03, 0x12, 0x05, 0x61]) },
  { kind: 'raw', method: 'Range', bytes: Buffer.alloc(11, 0xff) },
  { kind: 'raw', method: 'LeaseGrant', bytes: Buffer.from([0x08]) },
  { kind: 'raw', method: 'DeleteRange', bytes: Buffer.from([0x00, 0x01]) },
  { kind: 'rawStream', method: 'Watch', bytes: Buffer.from([0x0a, 0x05, 0x61]) },
  { kind: 'rawStream', method: 'LeaseKeepAlive', bytes: Buffer.from([0x08]) },
];

/** Bytes that few protobuf writers produce, and that every reader accepts. */
const unusualProtobuf: readonly Step[] = [
  // An unknown field of each wire type.
  unusual('Range', '0a0161 a00601 a206026869 ad0601000000 a1060100000000000000', { key: Buffer.from('a') }),
  // An unknown group.
  unusual('Range', '0a0161 a306 0801 a406', { key: Buffer.from('a') }),
  // A known field with another wire type counts as unknown: here the key.
  unusual('Range', '0801', {}),
  unusual('Put', '0a036b6579 1001', { key: Buffer.from('key') }),
  // When a field is given twice, the last value counts.
  unusual('Range', '0a0162 0a0161 1805 1801', { key: Buffer.from('a'), limit: 1 }),
  // Numbers with superfluous bytes, a boolean of more than one bit, fields in another order.
  unusual('Range', '4882808000 1881808080808080808000 0a0161', { key: Buffer.from('a'), limit: 1, count_only: true }),
  // A 64-bit number in a 32-bit field: the upper bits are cut off.
  unusual('Range', '0a0161 288180808010', { key: Buffer.from('a'), sort_order: 1 }),
  // A negative enum.
  unusual('Range', '0a0161 28ffffffffffffffffff01', { key: Buffer.from('a'), sort_order: -1 }),
  // A transaction of one put, in two pieces, which are merged.
  unusual('Txn', '120a 1208 0a036b6579 120178', {
    success: [{ request_put: { key: Buffer.from('key'), value: Buffer.from('x') } }],
  }),
  unusual('Txn', '120c 1205 0a036b6579 1203 120179', {
    success: [{ request_put: { key: Buffer.from('key'), value: Buffer.from('y') } }],
  }),
  // When several members of a union are given, the last one counts.
  unusual('Txn', '120e 1205 0a036b6579 0a05 0a036b6579', { success: [{ request_range: { key: Buffer.from('key') } }] }),
  // An empty message.
  unusual('Txn', '', {}),
  unusual('LeaseLeases', 'a00601', {}),
];

function unusual(method: UnaryMethod, hex: string, meaning: Message): Step {
  return { kind: 'raw', method, bytes: Buffer.from(hex.replaceAll(' ', ''), 'hex'), meaning };
}
