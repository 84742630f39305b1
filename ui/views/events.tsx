import { useState } from 'preact/hooks';
import { addressOfBytes, bytesOfShown, shownBytes } from '../bytes.ts';
import { type EventFeed, type FeedItem, type FeedStatus, waitingMax } from '../events/event-feed.ts';
import type { ReceivedEvent } from '../events/received-event.ts';
import { type Followed, useFeed } from '../events/use-feed.ts';
import { kubernetesType } from '../kubernetes/kubernetes-object.ts';
import { hexId } from '../parts/hex-id.ts';
import { bytesText, clockText, counted, countText } from '../parts/quantities.ts';
import { Table } from '../parts/table.tsx';
import { addressOf } from '../route.ts';
import type { ViewProps } from './view.ts';

type StartAt = (revision: number | undefined) => void;

/** Events under a prefix as they happen, newest first. The address names the prefix. */
export function EventsView({ argument }: ViewProps) {
  return <PrefixEvents key={addressOfBytes(argument)} prefix={argument} />;
}

function PrefixEvents({ prefix }: { readonly prefix: Uint8Array<ArrayBuffer> }) {
  const [followed, setFollowed] = useState<Followed>({ prefix, startRevision: undefined });
  const feed = useFeed(followed);
  const startAt: StartAt = (startRevision) => setFollowed({ prefix, startRevision });
  return (
    <>
      <h1>Events</h1>
      <StartForm prefix={prefix} onStart={startAt} />
      {feed !== undefined && (
        <>
          <Controls feed={feed} />
          <Problem status={feed.status} onStart={startAt} />
          <EventTable items={feed.items} />
        </>
      )}
    </>
  );
}

function StartForm({ prefix, onStart }: { readonly prefix: Uint8Array<ArrayBuffer>; readonly onStart: StartAt }) {
  const shown = shownBytes(prefix);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const typed = String(form.get('prefix'));
    const revision = String(form.get('revision')).trim();
    if (typed === shown) onStart(revision === '' ? undefined : Number(revision));
    else location.hash = addressOf('events', bytesOfShown(typed));
  };
  return (
    <form class="bar" onSubmit={submit}>
      <label>
        Prefix
        <input name="prefix" class="mono" defaultValue={shown} placeholder="all keys" {...plainInput} />
      </label>
      <label>
        From revision
        <input
          name="revision"
          class="mono"
          inputMode="numeric"
          pattern="\s*[1-9][0-9]{0,14}\s*"
          title="A whole number from 1 on; empty: from now on"
          placeholder="now"
          {...plainInput}
        />
      </label>
      <button type="submit">Start</button>
    </form>
  );
}

const plainInput = { autocomplete: 'off', autocapitalize: 'off', spellcheck: false } as const;

function Controls({ feed }: { readonly feed: EventFeed }) {
  const { isPaused, status, waitingCount, skippedCount, receivedCount } = feed;
  const isRunning = status.kind === 'live' || status.kind === 'connecting' || status.kind === 'broken';
  return (
    <div class="bar">
      {isPaused ? (
        <button type="button" class="primary" onClick={() => feed.resume()}>
          Resume
        </button>
      ) : (
        <button type="button" disabled={!isRunning} onClick={() => feed.pause()}>
          Pause
        </button>
      )}
      <p role="status">{isPaused ? 'Paused.' : statusText(status)}</p>
      <p class="quiet">
        {counted(receivedCount, 'event')} received
        {isPaused && `, ${countText(waitingCount)} waiting`}
        {skippedCount > 0 && `, ${countText(skippedCount)} skipped: the newest ${countText(waitingMax)} are kept`}
      </p>
    </div>
  );
}

function statusText(status: FeedStatus): string {
  switch (status.kind) {
    case 'connecting':
      return 'Connecting.';
    case 'live':
      return 'Live.';
    case 'broken':
      return 'The connection broke. Trying again; no event is lost.';
    default:
      return 'Stopped.';
  }
}

function Problem({ status, onStart }: { readonly status: FeedStatus; readonly onStart: StartAt }) {
  switch (status.kind) {
    case 'broken':
      return <p class="quiet">{status.reason}</p>;
    case 'compacted':
      return (
        <div class="notice" role="alert">
          <p>
            These events are no longer stored: they were compacted. The oldest revision that can be read is{' '}
            {countText(status.oldestRevision)}.
          </p>
          <button type="button" onClick={() => onStart(status.oldestRevision)}>
            Start at revision {countText(status.oldestRevision)}
          </button>
        </div>
      );
    case 'refused':
      return (
        <div class="notice" role="alert">
          <p>{/permission denied/.test(status.reason) ? 'You have no right to read these keys.' : status.reason}</p>
          <button type="button" onClick={() => onStart(undefined)}>
            Try again
          </button>
        </div>
      );
    default:
      return null;
  }
}

function EventTable({ items }: { readonly items: readonly FeedItem[] }) {
  if (items.length === 0) return <p class="quiet">No event has happened yet. The newest will be at the top.</p>;
  return (
    <Table
      label="Events, newest first"
      class="events"
      columns={['Event', 'Key', { number: 'Revision' }, 'Received', 'Value']}
    >
      {items.map((item) =>
        item.kind === 'event' ? (
          <EventRow key={item.id} event={item.event} atMs={item.atMs} />
        ) : (
          <tr key={item.id}>
            <td colSpan={5} class="quiet">
              {counted(item.count, 'event')} skipped during the pause
            </td>
          </tr>
        ),
      )}
    </Table>
  );
}

function EventRow({ event, atMs }: { readonly event: ReceivedEvent; readonly atMs: number }) {
  const { kind, key, isKeyWhole, lease } = event;
  const name = shownBytes(key);
  return (
    <tr>
      <td>
        <span class={`event-${kind}`}>{kind}</span>
      </td>
      <td class="mono key">
        {isKeyWhole ? <a href={addressOf('value', key)}>{name}</a> : `${name}…`}
        {lease !== '0' && <span class="quiet"> lease {hexId(lease)}</span>}
      </td>
      <td class="number">{event.revision}</td>
      <td>{clockText(atMs)}</td>
      <td class="mono value">{kind === 'deleted' ? '' : <ValueStart event={event} />}</td>
    </tr>
  );
}

function ValueStart({ event: { valueBytes, valueStart } }: { readonly event: ReceivedEvent }) {
  const type = kubernetesType(valueStart);
  if (type !== undefined) {
    return (
      <>
        {type.kind} ({type.apiVersion}) <span class="quiet">{bytesText(valueBytes)}</span>
      </>
    );
  }
  const isWhole = valueBytes === valueStart.length;
  return (
    <>
      {shownBytes(valueStart)}
      {!isWhole && <span class="quiet">… {bytesText(valueBytes)}</span>}
    </>
  );
}
