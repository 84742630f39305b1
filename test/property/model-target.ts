import type { Message, Outcome } from '../parity/message.ts';
import type { OracleTarget } from '../parity/runner.ts';
import type { RawRequest, UnaryMethod, WatchSession } from '../parity/target.ts';
import { encodeRequest } from '../parity/wire.ts';
import { Model } from './model.ts';
import { requestTooLarge } from './model-errors.ts';
import { checkDuplicates, checkRequest } from './model-requests.ts';

/** A large id, like the ids that etcd chooses. */
const leaseIdFirst = 5_000_000_000_000_000;

const invalidProtobuf = 'proto: cannot parse invalid wire-format data';
const invalidRequest: Outcome = { code: 13, text: `grpc: error unmarshalling request: ${invalidProtobuf}` };
const invalidMessage: Outcome = {
  code: 13,
  text: `grpc: failed to unmarshal the received message: ${invalidProtobuf}`,
};

const requestBytesMax = 1.5 * (1 << 20);
const messageBytesMax = 2 * (1 << 20);

/**
 * The model in the place of a server: it adds what etcd's transport refuses, and chooses lease ids.
 */
export class ModelTarget implements OracleTarget {
  readonly name = 'the model';
  readonly #model = new Model();
  #leaseCount = 0;

  get currentRevision(): number {
    return this.#model.revision;
  }

  get compactedRevision(): number {
    return Math.max(0, this.#model.compactedRevision);
  }

  async unary(name: UnaryMethod, request: Message): Promise<Outcome> {
    return this.#tooLarge(name, request) ?? this.#answer(name, request);
  }

  async raw({ method, meaning }: RawRequest): Promise<Outcome> {
    return meaning === undefined ? invalidRequest : this.#answer(method, meaning);
  }

  async rawStream(): Promise<Outcome> {
    return invalidMessage;
  }

  async keepAlive(request: Message): Promise<Outcome> {
    return this.#model.leaseKeepAlive(request);
  }

  async rangeStream(request: Message): Promise<Outcome> {
    return this.#model.rangeStream(request);
  }

  watch(): WatchSession {
    return this.#model.watch();
  }

  close(): void {}

  #answer(name: UnaryMethod, request: Message): Outcome {
    switch (name) {
      case 'Range':
        return this.#model.range(request);
      case 'Put':
        return this.#model.put(request);
      case 'DeleteRange':
        return this.#model.deleteRange(request);
      case 'Txn':
        return this.#model.txn(request);
      case 'Compact':
        return this.#model.compact(request);
      case 'LeaseGrant':
        this.#leaseCount += 1;
        return this.#model.leaseGrant(request, `${leaseIdFirst + this.#leaseCount}`);
      case 'LeaseRevoke':
        return this.#model.leaseRevoke(request);
      case 'LeaseTimeToLive':
        return this.#model.leaseTimeToLive(request);
      case 'LeaseLeases':
        return this.#model.leaseLeases();
    }
  }

  #tooLarge(name: UnaryMethod, request: Message): Outcome | undefined {
    const size = encodeRequest(name, request).length;
    if (size > messageBytesMax) {
      return { code: 8, text: `grpc: received message larger than max (${size} vs. ${messageBytesMax})` };
    }
    return size > requestBytesMax && isValid(name, request) ? requestTooLarge : undefined;
  }
}

/** etcd checks the form of a request before its size. */
function isValid(name: UnaryMethod, request: Message): boolean {
  if (name === 'Put') return checkRequest({ request_put: request }) === undefined;
  if (name === 'Txn') return (checkRequest({ request_txn: request }) ?? checkDuplicates(request)) === undefined;
  return true;
}
