import { EtcdError, StatusCode } from '../../../errors.ts';
import type { MethodContract } from '../../../wire/service.ts';
import type { Method } from '../../transport/grpc/method.ts';
import { parsedUnary, type UnaryOptions } from '../service-method.ts';

/**
 * A method of the Lock or Election service. It may wait for other calls as long as its client
 * waits. etcd runs these services over its own client, which replaces the code of every error and
 * keeps its text.
 */
export function concurrencyMethod<Request, Operation>(
  contract: Pick<MethodContract<Request, unknown>, 'path' | 'request'>,
  { parse, answer }: Pick<UnaryOptions<Request, Operation>, 'parse' | 'answer'>,
): Method {
  const method = parsedUnary<Request, Operation>(contract, {
    parse(request) {
      try {
        return parse(request);
      } catch (error) {
        throw ofClient(error);
      }
    },
    async answer(operation, call, size) {
      try {
        return await answer(operation, call, size);
      } catch (error) {
        // If the call is gone, no client receives the error.
        throw call.isGone ? error : ofClient(error);
      }
    },
  });
  return { ...method, isOpenEnded: true };
}

/** An error as etcd's own client reports it to the service. */
function ofClient(error: unknown): unknown {
  return error instanceof EtcdError ? new EtcdError(StatusCode.unknown, error.message, error.entry) : error;
}
