import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { credentials, type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { within } from './wait.ts';

interface ReflectionReply {
  readonly list_services_response?: { readonly service: { readonly name: string }[] };
  readonly file_descriptor_response?: { readonly file_descriptor_proto: Buffer[] };
  readonly error_response?: { readonly error_code: number; readonly error_message: string };
}

/** One request to a server's reflection service, like grpcurl's. */
export async function askReflection(address: string, request: Record<string, string>): Promise<ReflectionReply> {
  const packageDirectory = dirname(createRequire(import.meta.url).resolve('@grpc/reflection/package.json'));
  const file = join(packageDirectory, 'build/proto/grpc/reflection/v1/reflection.proto');
  const loaded = loadPackageDefinition(loadSync(file, { keepCase: true, oneofs: true }));
  const reflection = ((loaded.grpc as GrpcObject).reflection as GrpcObject).v1 as GrpcObject;
  const client = new (reflection.ServerReflection as ServiceClientConstructor)(address, credentials.createInsecure());
  const call = (
    client as unknown as { ServerReflectionInfo(): import('@grpc/grpc-js').ClientDuplexStream<unknown, unknown> }
  ).ServerReflectionInfo();
  try {
    const reply = new Promise<unknown>((resolve, reject) => {
      call.once('data', resolve);
      call.once('error', reject);
    });
    call.write(request);
    return (await within(10_000, 'the reflection service', reply)) as ReflectionReply;
  } finally {
    call.end();
    client.close();
  }
}
