import { StatusCode } from '../../errors.ts';
import type { FileDescriptor } from '../../wire/file-descriptor.ts';
import { fileDescriptors } from '../../wire/generated/descriptors.ts';
import {
  type ErrorResponse,
  ServerReflection,
  ServerReflectionRequest,
  ServerReflectionResponse,
} from '../../wire/generated/grpc/reflection/v1/reflection.ts';
import { ServerReflection as ServerReflectionV1Alpha } from '../../wire/generated/grpc/reflection/v1alpha/reflection.ts';
import { decodeRequest } from '../parsing/decode-request.ts';
import type { Method } from '../transport/grpc/method.ts';
import { splitPath } from '../transport/grpc/method-table.ts';

type Answer = ServerReflectionResponse['messageResponse'];

/**
 * grpc.reflection.v1.ServerReflection, and the older v1alpha with the same messages. grpcurl uses
 * both.
 */
export function reflectionService(served: readonly Method[]): readonly Method[] {
  const methods = [
    ServerReflection.methods.serverReflectionInfo,
    ServerReflectionV1Alpha.methods.serverReflectionInfo,
  ].map(({ path }): Method => ({ path, kind: 'bidirectional', handle }));
  const services = [...new Set([...served, ...methods].map(({ path }) => splitPath(path)?.service ?? ''))].sort();
  return methods;

  async function handle(stream: Parameters<Extract<Method, { kind: 'bidirectional' }>['handle']>[0]): Promise<void> {
    for await (const request of stream.incoming((bytes) => decodeRequest(ServerReflectionRequest, bytes))) {
      const response = ServerReflectionResponse.encode({
        validHost: request.host,
        originalRequest: request,
        messageResponse: answer(request),
      });
      if (!stream.send([response])) await stream.drained();
    }
  }

  function answer({ messageRequest }: ServerReflectionRequest): Answer {
    switch (messageRequest?.case) {
      case 'listServices':
        return { case: 'listServicesResponse', value: { service: services.map((name) => ({ name })) } };
      case 'fileByFilename':
        return fileAnswer(fileDescriptors.find(({ path }) => path === messageRequest.value));
      case 'fileContainingSymbol':
        return fileAnswer(fileDescriptors.find(({ symbols }) => symbols.includes(messageRequest.value)));
      case 'fileContainingExtension':
      case 'allExtensionNumbersOfType':
        return error(StatusCode.notFound, 'no message has extensions');
      default:
        return error(StatusCode.invalidArgument, 'the request is empty');
    }
  }
}

/** The file, followed by all files that it imports. */
function fileAnswer(file: FileDescriptor | undefined): Answer {
  if (file === undefined) return error(StatusCode.notFound, 'not found');
  const files = new Set([file]);
  // The set grows during the iteration: each added file is visited, too.
  for (const { imports } of files) {
    for (const imported of fileDescriptors) {
      if (imports.includes(imported.path)) files.add(imported);
    }
  }
  const fileDescriptorProto = [...files].map(({ base64 }) => Buffer.from(base64, 'base64'));
  return { case: 'fileDescriptorResponse', value: { fileDescriptorProto } };
}

function error(errorCode: number, errorMessage: string): Answer {
  const value: ErrorResponse = { errorCode, errorMessage };
  return { case: 'errorResponse', value };
}
