import { EtcdError, StatusCode } from '../../../errors.ts';
import type { MethodContract } from '../../../wire/service.ts';
import type { Call, Message, Method } from '../../transport/grpc/method.ts';

/**
 * A call of the Lock or Election service. It may wait for others as long as its client does. etcd runs these services over a client of its own, by which every error
 * loses its code and keeps its text.
 */
export function concurrencyMethod<Request>(
  { path, request: codec }: Pick<MethodContract<Request, unknown>, 'path' | 'request'>,
  handle: (request: Request, call: Call, bytes: Uint8Array) => Promise<Message>,
): Method {
  return {
    path,
    kind: 'unary',
    isOpenEnded: true,
    async handle(bytes, call) {
      const request = codec.decode(bytes);
      try {
        return await handle(request, call, bytes);
      } catch (error) {
        // Nobody is told.
        if (call.isGone) throw error;
        throw error instanceof EtcdError ? new EtcdError(StatusCode.unknown, error.message, error.entry) : error;
      }
    },
  };
}
