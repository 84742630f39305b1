import type { GatewayStep } from './gateway-script.ts';
import type { GatewayAnswer } from './gateway-target.ts';

/** What one of two servers answered: `none` is why it did not. */
export type Answered = GatewayAnswer | { readonly none: string };

/** Where the gateway of etcd before 3.6, made by grpc-gateway 1, answers otherwise than that of 3.7. */
interface OlderDifference {
  readonly name: string;
  readonly applies: (step: GatewayStep, older: Answered, newer: GatewayAnswer) => boolean;
}

const olderDifferences: readonly OlderDifference[] = [
  {
    name: 'a method’s error is told twice, has a trailer, and a failed precondition the status 412',
    applies: (_step, older, newer) => {
      const [its, ours] = [errorOf(older), errorOf(newer)];
      const isSameStatus = statusOf(older) === newer.status || (statusOf(older) === 412 && its?.code === 9);
      return ours !== undefined && isSameStatus && its?.code === ours.code && its?.message === ours.message;
    },
  },
  {
    name: 'a stream’s error has other members',
    applies: (_step, older, newer) => {
      const [its, ours] = [streamErrorOf(older), streamErrorOf(newer)];
      return ours !== undefined && its?.grpc_code === ours.code && its?.message === ours.message;
    },
  },
  {
    name: 'what JSON is taken for, and what is said of it, are another library’s',
    applies: (_step, older, newer) => {
      const words = /^(?:proto|json): |^illegal base64|^invalid character|^unknown value|^unexpected EOF/;
      return [older, newer].some((answer) => words.test(errorOf(answer)?.message ?? ''));
    },
  },
  {
    name: 'paths and methods that are not there are told in plain text; some came later',
    applies: (_step, older) =>
      'headers' in older && [404, 405].includes(older.status) && older.headers['content-type'] !== 'application/json',
  },
  {
    name: 'redirections are for good',
    applies: (_step, older, { status }) => statusOf(older) === 301 && status === 307,
  },
  {
    name: 'a stream without messages says that it is JSON',
    applies: ({ path, body }) => path === '/v3/lease/keepalive' && body === '',
  },
  {
    name: 'alarms have no header',
    applies: ({ path }) => path === '/v3/maintenance/alarm',
  },
  {
    name: 'an unknown sort order is no order',
    applies: (_step, _older, newer) => errorOf(newer)?.message === 'etcdserver: invalid sort option',
  },
  {
    name: 'renewals need no user, snapshots are refused one in other words, and tokens have no word before them',
    applies: ({ path, headers }, older, newer) =>
      (['/v3/lease/keepalive', '/v3/maintenance/snapshot'].includes(path) &&
        streamErrorOf(newer)?.message === 'etcdserver: user name is empty') ||
      (statusOf(older) === 401 && (headers?.authorization?.startsWith('Bearer ') ?? false)),
  },
];

/** Whether an etcd of this version, such as `3.4.23`, is known to answer otherwise. */
export function isOlderDifference(
  version: string,
  step: GatewayStep,
  { older, newer }: { readonly older: Answered; readonly newer: Answered },
): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 3 || minor >= 6 || 'none' in newer) return false;
  return olderDifferences.some(({ applies }) => applies(step, older, newer));
}

interface ErrorBody {
  readonly code?: number;
  readonly message?: string;
  readonly grpc_code?: number;
}

function statusOf(answer: Answered): number | undefined {
  return 'status' in answer ? answer.status : undefined;
}

function errorOf(answer: Answered): ErrorBody | undefined {
  const [first] = 'lines' in answer ? answer.lines : [];
  return typeof first === 'object' && first !== null && 'message' in first ? (first as ErrorBody) : undefined;
}

/** A stream's error is its last line. */
function streamErrorOf(answer: Answered): ErrorBody | undefined {
  const lines = 'lines' in answer ? answer.lines.filter((line) => line !== '') : [];
  const last = lines.at(-1);
  return typeof last === 'object' && last !== null && 'error' in last ? (last.error as ErrorBody) : undefined;
}
