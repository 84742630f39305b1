import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { repositoryRoot } from './paths.ts';

const protoDirectory = join(repositoryRoot, 'proto');

const files = readdirSync(protoDirectory, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.proto'),
);

/**
 * Every service of proto/, decoded by protobuf.js. It is another codec than the server's own on
 * purpose, so that the same mistake in both cannot hide in a test. 64-bit numbers arrive as Long,
 * enums by name.
 */
const packages: GrpcObject = loadPackageDefinition(
  loadSync(files, { includeDirs: [protoDirectory], keepCase: true, defaults: true, enums: String, oneofs: true }),
);

/** The gRPC client class of a service, by its full name, such as `etcdserverpb.KV`. */
export function serviceClient(fullName: string): ServiceClientConstructor {
  let found: unknown = packages;
  for (const name of fullName.split('.')) found = (found as GrpcObject)[name];
  if (typeof found !== 'function') throw new Error(`proto/ holds no service ${fullName}`);
  return found as ServiceClientConstructor;
}
