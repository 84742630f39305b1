import { methodSchema } from '../../../src/server/gateway/json/message-schema.ts';
import { Auth } from '../../../src/wire/generated/etcdserverpb/auth.ts';
import { Cluster } from '../../../src/wire/generated/etcdserverpb/cluster.ts';
import { KV } from '../../../src/wire/generated/etcdserverpb/kv.ts';
import { Lease } from '../../../src/wire/generated/etcdserverpb/lease.ts';
import { AlarmAction, Maintenance } from '../../../src/wire/generated/etcdserverpb/maintenance.ts';
import { Watch } from '../../../src/wire/generated/etcdserverpb/watch.ts';
import { Health } from '../../../src/wire/generated/grpc/health/v1/health.ts';
import { ServerReflection } from '../../../src/wire/generated/grpc/reflection/v1/reflection.ts';
import { ServerReflection as ServerReflectionAlpha } from '../../../src/wire/generated/grpc/reflection/v1alpha/reflection.ts';
import { Election } from '../../../src/wire/generated/v3electionpb/v3election.ts';
import { Lock } from '../../../src/wire/generated/v3lockpb/v3lock.ts';
import type { Random } from '../../parity/random.ts';
import type { Attack } from './attacker.ts';
import { callHeaders, dataFrame, frameBytesMax, grpcMessage, headerFrames } from './frames.ts';
import { mutated } from './fuzz-bytes.ts';
import { randomMessage } from './fuzz-message.ts';
import { keepConnected } from './keep-connected.ts';

const services = [
  Auth,
  Cluster,
  KV,
  Lease,
  Maintenance,
  Watch,
  Health,
  ServerReflection,
  ServerReflectionAlpha,
  Election,
  Lock,
];

const methods = services
  .flatMap((service) => Object.values(service.methods))
  .map(({ path }) => ({ path, headers: callHeaders(path), schema: methodSchema(path).request }));

/**
 * Each of these calls reads or writes everything in the store: a few calls test as much as many.
 */
const slowPaths: readonly string[] = [
  Maintenance.methods.defragment.path,
  Maintenance.methods.snapshot.path,
  Maintenance.methods.hash.path,
];

const quickMethods = methods.filter(({ path }) => !slowPaths.includes(path));

const connectionCount = 4;
/** Calls that are sent together. */
const batchCalls = 25;
/**
 * Above this number, calls that wait for something, such as a lock, are abandoned after the other
 * calls had time to be answered.
 */
const openCallsMax = 50;
const answerMsMax = 30;

/** Messages of every call of every service, most of them with mistakes. */
export const messageFuzzer: Attack = {
  name: 'fuzz: messages',
  does: 'sends random messages to all calls',
  run: (attacker) =>
    keepConnected(
      attacker,
      async (wire) => {
        const { random, tally } = attacker;
        while (wire.isOpen && tally.items < attacker.itemCount && !attacker.signal.aborted) {
          tally.items += batchCalls;
          await wire.send(...Array.from({ length: batchCalls }, () => randomCall(random, wire.nextStreamId())));
          await wire.endAllBut(openCallsMax, answerMsMax);
        }
        if (tally.items >= attacker.itemCount) wire.close();
      },
      { count: connectionCount },
    ),
};

function randomCall(random: Random, streamId: number): Buffer {
  const { path, headers, schema } = random.pick(random.chance(99) ? quickMethods : methods);
  const { wire } = randomMessage(random, schema);
  const bytes = random.chance(70) ? mutated(random, wire) : wire;
  const message = grpcMessage(changesOthers(path, bytes) ? wireNothing : bytes);
  return Buffer.concat([
    headerFrames(streamId, headers, { endsStream: false }),
    dataFrame(streamId, message.subarray(0, frameBytesMax), { endsStream: true }),
  ]);
}

const wireNothing = Buffer.alloc(0);

/**
 * Whether the call activates an alarm, which makes the server refuse the puts of all clients, as it
 * should.
 */
function changesOthers(path: string, bytes: Buffer): boolean {
  if (path !== Maintenance.methods.alarm.path) return false;
  try {
    return Maintenance.methods.alarm.request.decode(bytes).action === AlarmAction.ACTIVATE;
  } catch {
    return false;
  }
}
