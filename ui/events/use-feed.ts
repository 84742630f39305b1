import { useEffect, useState } from 'preact/hooks';
import { stream, type WatchReply } from '../api.ts';
import { base64OfBytes, prefixEnd } from '../bytes.ts';
import { EventFeed } from './event-feed.ts';

/** What to follow. Each object begins a new watch, even with equal fields. */
export interface Followed {
  readonly prefix: Uint8Array<ArrayBuffer>;
  /** Undefined: from now on. */
  readonly startRevision: number | undefined;
}

/** The rows are drawn at most this often, however many events arrive. */
const drawIntervalMs = 200;

/** Follows while the view is shown, and draws the view again when something has changed. */
export function useFeed(followed: Followed): EventFeed | undefined {
  const [feed, setFeed] = useState<EventFeed>();
  const [, draw] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onChange = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        draw((count) => count + 1);
      }, drawIntervalMs);
    };
    const started = new EventFeed(followed.startRevision, {
      open: (startRevision, signal) => openWatch(followed.prefix, startRevision, signal),
      onChange,
    });
    setFeed(started);
    void started.run();
    return () => {
      started.stop();
      clearTimeout(timer);
    };
  }, [followed]);
  return feed;
}

function openWatch(
  prefix: Uint8Array<ArrayBuffer>,
  startRevision: number | undefined,
  signal: AbortSignal,
): AsyncIterable<WatchReply> {
  // An empty prefix is all keys, which etcd writes as the range from a zero byte.
  const key = prefix.length === 0 ? Uint8Array.of(0) : prefix;
  const request = {
    key: base64OfBytes(key),
    range_end: base64OfBytes(prefixEnd(prefix)),
    ...(startRevision === undefined ? {} : { start_revision: String(startRevision) }),
  };
  return stream<WatchReply>('watch', { create_request: request }, { signal });
}
