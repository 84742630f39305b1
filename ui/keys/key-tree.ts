import { base64OfBytes, prefixEnd, shownBytes } from '../bytes.ts';
import { type Child, listChildren, rangeStart, type SendRange } from './list-children.ts';

/** A line of the tree. `id` is unique, and the same after a change elsewhere. */
export type TreeRow = { readonly id: string; readonly depth: number } & (
  | {
      readonly kind: 'folder';
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly label: string;
      readonly isOpen: boolean;
    }
  | { readonly kind: 'key'; readonly bytes: Uint8Array<ArrayBuffer>; readonly label: string }
  /** Children of a folder are read, or may be read, or could not be read. */
  | { readonly kind: 'rest'; readonly folder: string; readonly state: RestState; readonly error: Error | undefined }
);

type RestState = 'loading' | 'more' | 'failed' | 'empty';

interface Folder {
  readonly prefix: Uint8Array<ArrayBuffer>;
  isOpen: boolean;
  children: Child[];
  /** Where reading continues; undefined at the end. */
  next: Uint8Array<ArrayBuffer> | undefined;
  isLoading: boolean;
  /** Reads of an older state of the folder are ignored. */
  generation: number;
  error: Error | undefined;
}

/** A first page shows small folders whole, and costs little if it ends inside a large one. */
const firstKeysMax = 200;
/** Keys side by side are read in larger pages. */
const keysMax = 1000;
/** New children after which reading waits until the end of the list is visible. */
const childrenPerLoad = 100;
/** Counts that wait: two screens of lines. A dropped count is read when it is visible again. */
const countsWaitingMax = 100;
/** Counts that are read at a time: a count walks all keys below the prefix. */
const countsAtOnce = 2;

/**
 * The open folders of the keys below a prefix, and their children as far as they were read. Nothing
 * is read that is not visible.
 */
export class KeyTree {
  readonly root: string;
  readonly #range: SendRange;
  readonly #onChange: () => void;
  readonly #folders = new Map<string, Folder>();
  readonly #counts = new Map<string, string | undefined>();
  readonly #countsWaiting: string[] = [];
  #countsUnderWay = 0;
  #rows: readonly TreeRow[] | undefined;
  #isClosed = false;

  constructor(prefix: Uint8Array<ArrayBuffer>, options: { readonly range: SendRange; readonly onChange: () => void }) {
    this.#range = options.range;
    this.#onChange = options.onChange;
    this.root = nameOf(prefix);
    this.#add(prefix);
  }

  /** Reads the first children. */
  start(): void {
    this.open(this.root);
  }

  get rows(): readonly TreeRow[] {
    this.#rows ??= [...this.#rowsOf(this.#folder(this.root), 0)];
    return this.#rows;
  }

  /** Why the keys of the whole tree could not be read. */
  get error(): Error | undefined {
    const { error, children } = this.#folder(this.root);
    return children.length === 0 ? error : undefined;
  }

  /** The number of keys in a folder; undefined until it is read. The first call reads it. */
  count(id: string): string | undefined {
    if (!this.#counts.has(id)) {
      this.#counts.set(id, undefined);
      this.#countsWaiting.push(id);
      const dropped = this.#countsWaiting.length > countsWaitingMax ? this.#countsWaiting.shift() : undefined;
      if (dropped !== undefined) this.#counts.delete(dropped);
      void this.#readCounts();
    }
    return this.#counts.get(id);
  }

  open(id: string): void {
    const folder = this.#folder(id);
    folder.isOpen = true;
    if (folder.children.length === 0) this.load(id);
    this.#changed();
  }

  close(id: string): void {
    this.#folder(id).isOpen = false;
    this.#changed();
  }

  /** Reads further children of a folder. */
  load(id: string): void {
    const folder = this.#folder(id);
    if (folder.isLoading || folder.next === undefined) return;
    folder.isLoading = true;
    folder.error = undefined;
    void this.#load(folder, folder.generation);
    this.#changed();
  }

  /** Reads everything that is open again. */
  refresh(): void {
    this.#counts.clear();
    for (const [id, folder] of this.#folders) {
      Object.assign(folder, { next: folder.prefix, isLoading: false, generation: folder.generation + 1 });
      folder.children = [];
      if (folder.isOpen) this.load(id);
    }
    this.#changed();
  }

  /** Later answers are ignored. */
  end(): void {
    this.#isClosed = true;
    this.#countsWaiting.length = 0;
  }

  async #load(folder: Folder, generation: number): Promise<void> {
    const enough = folder.children.length + childrenPerLoad;
    try {
      while (folder.next !== undefined && folder.children.length < enough) {
        const isAmongKeys = folder.children.at(-1)?.isFolder === false;
        const { prefix, next: from } = folder;
        const limit = isAmongKeys ? keysMax : firstKeysMax;
        const page = await listChildren({ prefix, from, keysMax: limit, range: this.#range });
        if (this.#isClosed || folder.generation !== generation) return;
        for (const child of page.children) folder.children.push(child);
        folder.next = page.next;
        this.#changed();
      }
    } catch (error) {
      if (this.#isClosed || folder.generation !== generation) return;
      folder.error = error as Error;
    }
    folder.isLoading = false;
    this.#openOnly(folder);
    this.#changed();
  }

  /** The only folder in a folder is opened with it. */
  #openOnly({ children, next, error }: Folder): void {
    const [only] = children;
    if (error !== undefined || next !== undefined || children.length !== 1 || only?.isFolder !== true) return;
    const id = nameOf(only.bytes);
    if (!this.#folders.has(id)) this.open(id);
  }

  async #readCounts(): Promise<void> {
    if (this.#countsUnderWay === countsAtOnce) return;
    this.#countsUnderWay += 1;
    // The newest first: older ones may have been scrolled away.
    for (let id = this.#countsWaiting.pop(); id !== undefined; id = this.#countsWaiting.pop()) {
      const bytes = bytesOfName(id);
      try {
        const request = { key: rangeStart(bytes), range_end: base64OfBytes(prefixEnd(bytes)), count_only: true };
        const { count = '0' } = await this.#range(request);
        this.#counts.set(id, count);
      } catch {
        // The folder itself shows the error when it is opened.
        this.#counts.set(id, '');
      }
      this.#changed();
    }
    this.#countsUnderWay -= 1;
  }

  *#rowsOf(folder: Folder, depth: number): Generator<TreeRow> {
    for (const { bytes, isFolder } of folder.children) {
      const id = nameOf(bytes);
      const label = shownBytes(bytes.subarray(folder.prefix.length)) || '(the prefix itself)';
      if (!isFolder) {
        yield { kind: 'key', id, depth, bytes, label };
        continue;
      }
      const below = this.#folders.get(id);
      const isOpen = below?.isOpen === true;
      yield { kind: 'folder', id, depth, bytes, label, isOpen };
      if (below !== undefined && isOpen) yield* this.#rowsOf(below, depth + 1);
    }
    const state = restOf(folder);
    const name = nameOf(folder.prefix);
    if (state !== undefined)
      yield { kind: 'rest', id: `${name}\u0000rest`, depth, folder: name, state, error: folder.error };
  }

  #folder(id: string): Folder {
    return this.#folders.get(id) ?? this.#add(bytesOfName(id));
  }

  #add(prefix: Uint8Array<ArrayBuffer>): Folder {
    const folder: Folder = {
      prefix,
      isOpen: false,
      children: [],
      next: prefix,
      isLoading: false,
      generation: 0,
      error: undefined,
    };
    this.#folders.set(nameOf(prefix), folder);
    return folder;
  }

  #changed(): void {
    this.#rows = undefined;
    if (!this.#isClosed) this.#onChange();
  }
}

function restOf({ isLoading, error, next, children }: Folder): RestState | undefined {
  if (isLoading) return 'loading';
  if (error !== undefined) return 'failed';
  if (next !== undefined) return 'more';
  return children.length === 0 ? 'empty' : undefined;
}

/** One character a byte, as the name of a folder. */
export function nameOf(bytes: Uint8Array): string {
  let name = '';
  for (const byte of bytes) name += String.fromCharCode(byte);
  return name;
}

function bytesOfName(name: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(name, (character) => character.charCodeAt(0));
}
