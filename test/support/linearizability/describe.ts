import type { Operation, Pair, Reply, Request, WatchedEvent } from './recording.ts';

/**
 * `client 3 through b [ 12.3 .. 15.0 ms] put r/0/a = "3.7" -> revision 20, before: "2.5" (mod 15,
 * version 3)`
 */
export function describeOperation(operation: Operation): string {
  const { client, instance, request, reply, calledMs, returnedMs } = operation;
  const until = Number.isFinite(returnedMs) ? returnedMs.toFixed(1) : '?';
  const span = `[${calledMs.toFixed(1).padStart(8)} ..${until.padStart(8)} ms]`;
  return `client ${client} through ${instance}  ${span}  ${describeRequest(request)}  ->  ${describeReply(request, reply)}`;
}

/** `14 put r/0/a = "3.7" (created 12, version 2)` */
export function describeEvent({ kind, pair, previous }: WatchedEvent): string {
  const before = previous === undefined ? 'nothing' : describePair(previous);
  if (kind === 'delete') return `${pair.modRevision} delete ${pair.key}, before: ${before}`;
  return `${pair.modRevision} put ${pair.key} = ${describePair(pair)}, before: ${before}`;
}

export function describePair({ value, createRevision, modRevision, version }: Pair): string {
  return `${JSON.stringify(value)} (created ${createRevision}, modified ${modRevision}, version ${version})`;
}

function describeRequest(request: Request): string {
  switch (request.kind) {
    case 'get':
      return `get ${request.key}`;
    case 'list':
      return `list ${request.prefix}`;
    case 'put':
      return `put ${request.keys.join(' and ')} = "${request.value}"`;
    case 'swap':
      return `put ${request.key} = "${request.value}" if modified at ${request.expectedRevision}`;
    case 'delete':
      return `delete ${request.key}`;
  }
}

function describeReply(request: Request, reply: Reply | undefined): string {
  if (reply === undefined) return 'in doubt';
  const isRead = request.kind === 'get' || request.kind === 'list';
  const outcome = isRead || reply.wrote ? '' : ', did nothing';
  const nameOf = (pair: Pair) => (request.kind === 'list' || reply.seen.length > 1 ? `${pair.key} ` : '');
  const seen = reply.seen.map((pair) => `${nameOf(pair)}${describePair(pair)}`).join(', ') || 'nothing';
  return `revision ${reply.revision}${outcome}, ${reply.wrote ? 'before' : 'there'}: ${seen}`;
}
