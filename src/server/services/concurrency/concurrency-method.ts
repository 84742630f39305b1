import { EtcdError, StatusCode } from '../../../errors.ts';
import type { MethodContract } from '../../../wire/service.ts';
import { decodeRequest } from '../../parsing/decode-request.ts';
import type { Call, Message, Method } from '../../transport/grpc/method.ts';

/**
 * A method of the Lock or Election service. It may wait for other calls as long as its client
 * waits. etcd runs these services over its own client, which replaces the code of every error and
 * keeps its text.
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
      const request = decodeRequest(codec, bytes);
      try {
        return await handle(request, call, bytes);
      } catch (error) {
        // No client receives the error.
        if (call.isGone) throw error;
        throw error instanceof EtcdError ? new EtcdError(StatusCode.unknown, error.message, error.entry) : error;
      }
    },
  };
}
