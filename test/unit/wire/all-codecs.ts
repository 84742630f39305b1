import * as auth from '../../../src/wire/generated/authpb/auth.ts';
import * as authService from '../../../src/wire/generated/etcdserverpb/auth.ts';
import * as cluster from '../../../src/wire/generated/etcdserverpb/cluster.ts';
import * as header from '../../../src/wire/generated/etcdserverpb/header.ts';
import * as kv from '../../../src/wire/generated/etcdserverpb/kv.ts';
import * as lease from '../../../src/wire/generated/etcdserverpb/lease.ts';
import * as maintenance from '../../../src/wire/generated/etcdserverpb/maintenance.ts';
import * as watch from '../../../src/wire/generated/etcdserverpb/watch.ts';
import * as health from '../../../src/wire/generated/grpc/health/v1/health.ts';
import * as reflection from '../../../src/wire/generated/grpc/reflection/v1/reflection.ts';
import * as reflectionAlpha from '../../../src/wire/generated/grpc/reflection/v1alpha/reflection.ts';
import * as storedLease from '../../../src/wire/generated/leasepb/lease.ts';
import * as keyValue from '../../../src/wire/generated/mvccpb/kv.ts';
import * as election from '../../../src/wire/generated/v3electionpb/v3election.ts';
import * as lock from '../../../src/wire/generated/v3lockpb/v3lock.ts';
import type { MessageCodec } from '../../../src/wire/message-codec.ts';

const modules = [
  auth,
  authService,
  cluster,
  header,
  kv,
  lease,
  storedLease,
  maintenance,
  watch,
  health,
  keyValue,
  election,
  lock,
  reflection,
  reflectionAlpha,
];

/** Every generated codec. The tests find out the content of the messages. */
export const allCodecs: readonly MessageCodec<object>[] = modules
  .flatMap((module): unknown[] => Object.values(module))
  .filter((value) => typeof value === 'object' && value !== null && 'typeName' in value)
  .map((value) => value as MessageCodec<object>);
