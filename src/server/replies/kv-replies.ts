/**
 * Replies of the KV service, assembled from encoded key-values. Not generated: the generated codec
 * would decode every key-value and encode it again.
 */
import { unreachable } from '../../errors.ts';
import { notFreed } from '../../kit/memory.ts';
import type { DeleteResult, PutResult, RangeResult, StepResult, TxnResult } from '../../mvcc/results.ts';
import { messageFieldSize, numberSize, PieceWriter } from '../../wire/piece-writer.ts';
import type { ResponseHeaders } from '../../wire/response-headers.ts';
import type { Message } from '../transport/grpc/method.ts';

/** Tags by message and field: field number and wire type. All are one byte, below 0x80. */
const tags = {
  header: 0x0a,
  headerRevision: 0x18,
  rangeMore: 0x18,
  rangeCount: 0x20,
  putPrevious: 0x12,
  deleteDeleted: 0x10,
  deletePrevious: 0x1a,
  txnSucceeded: 0x10,
  txnResponses: 0x1a,
  stepRange: 0x0a,
  stepPut: 0x12,
  stepDelete: 0x1a,
  stepTxn: 0x22,
  streamRange: 0x0a,
} as const;

/** The end of the reply to a get of one key: `count` 1. */
const oneKeyTail = Buffer.of(tags.rangeCount, 1);

/** RangeResponse. The blocks become pieces of the message, so a large list is never copied. */
export function rangeReply(result: RangeResult, headers: ResponseHeaders): Message {
  const pieces = [headers.field(result.revision)];
  for (const block of result.blocks) pieces.push(notFreed(block.bytes));
  pieces.push(rangeTail(result));
  return pieces;
}

/** RangeStreamResponse. As in etcd, only the last chunk has a header, `more` and `count`. */
export function rangeStreamReply(part: RangeResult, { last }: { last: ResponseHeaders | undefined }): Message {
  const pieces: Uint8Array[] = [];
  if (last !== undefined) pieces.push(last.field(part.revision));
  for (const block of part.blocks) pieces.push(notFreed(block.bytes));
  if (last !== undefined) pieces.push(rangeTail(part));
  const writer = new PieceWriter();
  writer.varint(tags.streamRange);
  writer.varint(pieces.reduce((sum, piece) => sum + piece.length, 0));
  return [...writer.finish(), ...pieces];
}

/** PutResponse. */
export function putReply(result: PutResult, headers: ResponseHeaders): Message {
  const header = headers.field(result.revision);
  if (result.previous === undefined) return header;
  const writer = new PieceWriter();
  writer.raw(header);
  writeMessageField(writer, tags.putPrevious, result.previous);
  return writer.finish();
}

/** DeleteRangeResponse. */
export function deleteReply(result: DeleteResult, headers: ResponseHeaders): Message {
  const writer = new PieceWriter();
  writer.raw(headers.field(result.revision));
  writeDeleteBody(writer, result);
  return writer.finish();
}

/**
 * TxnResponse. The headers of inner replies contain only a revision. The header of an inner
 * transaction is empty.
 */
export function txnReply(result: TxnResult, headers: ResponseHeaders): Message {
  const writer = new PieceWriter();
  writer.raw(headers.field(result.revision));
  writeTxnBody(writer, result);
  return writer.finish();
}

function rangeTail({ more, count }: RangeResult): Uint8Array {
  if (count === 1 && !more) return oneKeyTail;
  const writer = new PieceWriter();
  writer.number(tags.rangeMore, more ? 1 : 0);
  writer.number(tags.rangeCount, count);
  return Buffer.concat(writer.finish());
}

function writeTxnBody(writer: PieceWriter, result: TxnResult): void {
  writer.number(tags.txnSucceeded, result.succeeded ? 1 : 0);
  for (const step of result.responses) {
    const bytes = stepSize(step);
    writer.varint(tags.txnResponses);
    writer.varint(messageFieldSize(bytes));
    writer.varint(stepTag(step));
    writer.varint(bytes);
    writeStep(writer, step);
  }
}

function stepTag(step: StepResult): number {
  switch (step.kind) {
    case 'range':
      return tags.stepRange;
    case 'put':
      return tags.stepPut;
    case 'delete':
      return tags.stepDelete;
    case 'txn':
      return tags.stepTxn;
    default:
      return unreachable(step);
  }
}

function stepSize(step: StepResult): number {
  const header = messageFieldSize(numberSize(step.kind === 'txn' ? 0 : step.revision));
  switch (step.kind) {
    case 'range':
      return header + sum(step.blocks, blockSize) + numberSize(step.more ? 1 : 0) + numberSize(step.count);
    case 'put':
      return header + (step.previous === undefined ? 0 : messageFieldSize(step.previous.length));
    case 'delete':
      return header + numberSize(step.deleted) + sum(step.previous, (each) => messageFieldSize(each.length));
    case 'txn':
      return header + numberSize(step.succeeded ? 1 : 0) + sum(step.responses, responseSize);
    default:
      return unreachable(step);
  }
}

function blockSize({ bytes }: { readonly bytes: Uint8Array }): number {
  return bytes.length;
}

function responseSize(step: StepResult): number {
  return messageFieldSize(messageFieldSize(stepSize(step)));
}

function writeStep(writer: PieceWriter, step: StepResult): void {
  writeInnerHeader(writer, step.kind === 'txn' ? 0 : step.revision);
  switch (step.kind) {
    case 'range':
      for (const block of step.blocks) writer.raw(notFreed(block.bytes));
      writer.number(tags.rangeMore, step.more ? 1 : 0);
      writer.number(tags.rangeCount, step.count);
      return;
    case 'put':
      if (step.previous !== undefined) writeMessageField(writer, tags.putPrevious, step.previous);
      return;
    case 'delete':
      writeDeleteBody(writer, step);
      return;
    case 'txn':
      writeTxnBody(writer, step);
      return;
    default:
      unreachable(step);
  }
}

function writeDeleteBody(writer: PieceWriter, { deleted, previous }: DeleteResult): void {
  writer.number(tags.deleteDeleted, deleted);
  for (const each of previous) writeMessageField(writer, tags.deletePrevious, each);
}

function writeInnerHeader(writer: PieceWriter, revision: number): void {
  writer.varint(tags.header);
  writer.varint(numberSize(revision));
  writer.number(tags.headerRevision, revision);
}

function writeMessageField(writer: PieceWriter, tag: number, message: Uint8Array): void {
  writer.varint(tag);
  writer.varint(message.length);
  writer.raw(notFreed(message));
}

function sum<Item>(items: readonly Item[], size: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += size(item);
  return total;
}
