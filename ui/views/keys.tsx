import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { call, type RangeReply } from '../api.ts';
import { ApiError } from '../api-error.ts';
import { bytesOfShown, shownBytes } from '../bytes.ts';
import { Denied } from '../keys/denied.tsx';
import { KeyTree, nameOf } from '../keys/key-tree.ts';
import { TreeView } from '../keys/tree-view.tsx';
import { addressOf } from '../route.ts';
import { useRedraw } from '../use-redraw.ts';
import { NewKey } from '../value/new-key.tsx';
import { ValuePanel } from '../value/value-panel.tsx';
import type { ViewProps } from './view.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** The keys below a prefix as a tree, and beside it the key that is open. */
export function KeysView({ name, argument, settings }: ViewProps) {
  const openKey = name === 'value' ? argument : undefined;
  const prefix = usePrefix(openKey === undefined ? argument : undefined, openKey);
  const tree = useKeyTree(prefix);
  const [isAdding, setAdding] = useState(false);
  const refresh = () => tree.refresh();
  return (
    <div class={`browser ${openKey === undefined ? '' : 'with-value'}`}>
      <section class="keys" aria-label="Tree of keys">
        <h1>Keys</h1>
        <div class="bar">
          <Search prefix={prefix} />
          <button type="button" onClick={refresh}>
            Refresh
          </button>
          {settings.write && (
            <button type="button" onClick={() => setAdding(true)}>
              New key
            </button>
          )}
        </div>
        <Path prefix={prefix} count={tree.error === undefined ? tree.count(tree.root) : undefined} />
        {isAdding && <NewKey prefix={prefix} onEnd={() => setAdding(false)} onWritten={refresh} />}
        {isDenied(tree.error) ? (
          <Denied error={tree.error} />
        ) : (
          <TreeView key={tree.root} tree={tree} selected={openKey && nameOf(openKey)} />
        )}
      </section>
      {openKey !== undefined && (
        <section class="value" aria-label="Open key">
          <a class="back" href={addressOf('keys', prefix)}>
            Back to the keys
          </a>
          <ValuePanel key={nameOf(openKey)} name={openKey} settings={settings} onWritten={refresh} />
        </section>
      )}
    </div>
  );
}

/** The last prefix that was shown. A page that begins with a key shows the keys around it. */
function usePrefix(shown: Bytes | undefined, openKey: Bytes | undefined): Bytes {
  const last = useRef<Bytes | undefined>(undefined);
  last.current = shown ?? last.current ?? folderOf(openKey ?? new Uint8Array());
  return last.current;
}

function folderOf(key: Bytes): Bytes {
  return key.subarray(0, key.lastIndexOf(0x2f) + 1);
}

function useKeyTree(prefix: Bytes): KeyTree {
  const redraw = useRedraw();
  const name = nameOf(prefix);
  const { tree, ending } = useMemo(() => {
    const ending = new AbortController();
    const range = (request: object) => call<RangeReply>('kv/range', request, { signal: ending.signal });
    return { tree: new KeyTree(prefix, { range, onChange: redraw }), ending };
  }, [name]);
  useLayoutEffect(() => {
    tree.start();
    return () => {
      tree.end();
      ending.abort();
    };
  }, [tree]);
  return tree;
}

function isDenied(error: Error | undefined): error is ApiError {
  return error instanceof ApiError && error.isDenied;
}

/** Milliseconds without a key press after which a search begins. */
const searchPauseMs = 300;

/** Shows the keys that begin with what is typed. */
function Search({ prefix }: { readonly prefix: Bytes }) {
  const field = useRef<HTMLInputElement>(null);
  const pause = useRef<number | undefined>(undefined);
  const typed = () => addressOf('keys', bytesOfShown(field.current?.value ?? ''));
  useEffect(() => {
    // The text stays as it was typed unless it is another prefix.
    if (field.current !== null && typed() !== addressOf('keys', prefix)) field.current.value = shownBytes(prefix);
  }, [addressOf('keys', prefix)]);
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          clearTimeout(pause.current);
          location.hash = typed();
        }}
      >
        <input
          ref={field}
          class="mono"
          type="search"
          name="prefix"
          aria-label="Keys that begin with"
          placeholder="Keys that begin with"
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          onInput={() => {
            clearTimeout(pause.current);
            // What was typed in between is no step of the browser's history.
            pause.current = setTimeout(() => location.replace(typed()), searchPauseMs);
          }}
        />
      </form>
    </search>
  );
}

/** The folders that contain the prefix, as links, and how many keys begin with it. */
function Path({ prefix, count }: { readonly prefix: Bytes; readonly count: string | undefined }) {
  const ends = [...prefix.entries()].filter(([, byte]) => byte === 0x2f).map(([index]) => index + 1);
  const starts = [0, ...ends];
  return (
    <p class="path">
      <a href={addressOf('keys')}>all keys</a>
      {starts.map((start, index) => {
        const end = ends[index] ?? prefix.length;
        return start === end ? null : (
          <span key={start} class="mono">
            {' '}
            <a href={addressOf('keys', prefix.subarray(0, end))}>{shownBytes(prefix.subarray(start, end))}</a>
          </span>
        );
      })}
      {count !== undefined && count !== '' && <span class="quiet"> {count === '1' ? '1 key' : `${count} keys`}</span>}
    </p>
  );
}
