import { bytesOfBase64 } from '../bytes.ts';
import type { WatchEvent } from '../messages.ts';

/** An event as the list keeps it. A value may have megabytes, so only its beginning is kept. */
export interface ReceivedEvent {
  readonly kind: 'created' | 'changed' | 'deleted';
  readonly revision: string;
  /** At most `keyBytesMax` bytes. */
  readonly key: Uint8Array<ArrayBuffer>;
  readonly isKeyWhole: boolean;
  readonly version: string;
  /** 0: none. */
  readonly lease: string;
  readonly valueBytes: number;
  /** At most `valueBytesShown` bytes. */
  readonly valueStart: Uint8Array<ArrayBuffer>;
}

const keyBytesMax = 1_024;
const valueBytesShown = 120;

export function receivedEvent({ type, kv }: WatchEvent): ReceivedEvent {
  const { key, value = '', mod_revision: revision = '0', version = '0', lease = '0' } = kv;
  const isCreated = kv.create_revision === kv.mod_revision;
  return {
    kind: type === 'DELETE' ? 'deleted' : isCreated ? 'created' : 'changed',
    revision,
    key: startOf(key, keyBytesMax),
    isKeyWhole: bytesIn(key) <= keyBytesMax,
    version,
    lease,
    valueBytes: bytesIn(value),
    valueStart: startOf(value, valueBytesShown),
  };
}

/** The bytes that base64 encodes. */
function bytesIn(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

/** Four characters encode three bytes. */
function startOf(base64: string, bytes: number): Uint8Array<ArrayBuffer> {
  return bytesOfBase64(base64.slice(0, Math.ceil(bytes / 3) * 4)).slice(0, bytes);
}
