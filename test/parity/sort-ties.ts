import { isList, isMessage, type Message, type Value } from './message.ts';

/**
 * Up to this count etcd's sort (Go's) keeps rows that compare equal in key order. Beyond it, no
 * order is guaranteed.
 */
const stableSortCountMax = 12;

const sortFields = ['key', 'version', 'create_revision', 'mod_revision', 'value'] as const;

/**
 * The reply with equal rows of a long sorted result in key order. Where a limit cuts the last group
 * of equal rows, only their sort field is kept.
 */
export function withoutTies(request: Message, reply: Message): Message {
  if (isList(reply.responses)) return withoutTiesInTxn(request, reply);
  const field = sortFields[Number(request.sort_target ?? 0)] ?? 'key';
  if (field === 'key' || Number(reply.count ?? 0) <= stableSortCountMax || !isList(reply.kvs)) return reply;
  const rows = reply.kvs.filter(isMessage);
  // Sorted by values that are not returned: ties cannot be recognized.
  const groups = field === 'value' && request.keys_only === true ? [rows] : groupsOfEqual(rows, field);
  const ordered = groups.map((group) =>
    [...group].sort((left, right) => Buffer.compare(bytes(left.key), bytes(right.key))),
  );
  const cut = reply.more === true ? ordered.pop() : undefined;
  return {
    ...reply,
    kvs: [...ordered.flat(), ...(cut ?? []).map((row) => ({ [field]: field === 'value' ? null : row[field] }))],
  };
}

function withoutTiesInTxn(request: Message, reply: Message): Message {
  const operations = reply.succeeded === true ? request.success : request.failure;
  const responses = isList(reply.responses) ? reply.responses : [];
  return {
    ...reply,
    responses: responses.map((response, index) => withoutTiesInOperation(operationAt(operations, index), response)),
  };
}

function withoutTiesInOperation(operation: Message, response: Value): Value {
  if (!isMessage(response)) return response;
  const { request_range: range, request_txn: txn } = operation;
  if (isMessage(range) && isMessage(response.response_range)) {
    return { ...response, response_range: withoutTies(range, response.response_range) };
  }
  if (isMessage(txn) && isMessage(response.response_txn)) {
    return { ...response, response_txn: withoutTies(txn, response.response_txn) };
  }
  return response;
}

function operationAt(operations: Value, index: number): Message {
  const operation = isList(operations) ? operations[index] : undefined;
  return isMessage(operation) ? operation : {};
}

function groupsOfEqual(rows: readonly Message[], field: string): Message[][] {
  const groups: Message[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    const isEqual = last?.[0] !== undefined && comparable(last[0][field]) === comparable(row[field]);
    if (last !== undefined && isEqual) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

function comparable(value: Value): string {
  return Buffer.isBuffer(value) ? value.toString('latin1') : String(value ?? '');
}

function bytes(value: Value): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}
