import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { addressOf } from '../route.ts';
import type { KeyTree, TreeRow } from './key-tree.ts';

/** Pixels of a line: enough for a finger. main.css has the same. */
const rowHeight = 32;
/** Lines that are drawn above and below the visible ones. */
const rowsAround = 10;
/** Deeper folders are not indented further, so that a name stays visible on a phone. */
const indentedDepthMax = 8;

interface TreeViewProps {
  readonly tree: KeyTree;
  /** The id of the open key. */
  readonly selected: string | undefined;
}

/** The tree of keys. Only the visible lines are drawn. */
export function TreeView({ tree, selected }: TreeViewProps) {
  const { rows } = tree;
  const container = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 0 });
  const [active, setActive] = useState<string>();
  const activeIndex = Math.max(0, indexOf(rows, active ?? selected));

  useLayoutEffect(() => {
    const element = container.current as HTMLDivElement;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);

  const move = (index: number) => {
    const to = Math.min(Math.max(index, 0), rows.length - 1);
    setActive(rows[to]?.id);
    scrollTo(container.current, to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[activeIndex];
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const actions: Record<string, () => void> = {
      ArrowDown: () => move(activeIndex + 1),
      ArrowUp: () => move(activeIndex - 1),
      PageDown: () => move(activeIndex + page),
      PageUp: () => move(activeIndex - page),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      ArrowRight: () => (row.kind === 'folder' && !row.isOpen ? tree.open(row.id) : move(activeIndex + 1)),
      ArrowLeft: () => (row.kind === 'folder' && row.isOpen ? tree.close(row.id) : move(parentOf(rows, activeIndex))),
      Enter: () => act(tree, row),
      ' ': () => act(tree, row),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  const first = Math.max(0, Math.floor(view.top / rowHeight) - rowsAround);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / rowHeight) + rowsAround);
  const isActiveDrawn = activeIndex >= first && activeIndex < last;
  return (
    <div
      ref={container}
      class="tree"
      role="tree"
      aria-label="Keys"
      tabIndex={0}
      aria-activedescendant={isActiveDrawn ? `row-${activeIndex}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: `${rows.length * rowHeight}px` }}>
        {rows.slice(first, last).map((row, offset) => (
          <Row
            key={row.id}
            row={row}
            index={first + offset}
            tree={tree}
            isActive={first + offset === activeIndex}
            isSelected={row.id === selected}
            onAct={() => {
              setActive(row.id);
              act(tree, row);
            }}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  readonly row: TreeRow;
  readonly index: number;
  readonly tree: KeyTree;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly onAct: () => void;
}

function Row({ row, index, tree, isActive, isSelected, onAct }: RowProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names this line as active
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys
    <div
      id={`row-${index}`}
      class={`row ${isActive ? 'active' : ''}`}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-selected={isSelected}
      aria-expanded={row.kind === 'folder' ? row.isOpen : undefined}
      style={{
        transform: `translateY(${index * rowHeight}px)`,
        paddingLeft: `${0.5 + Math.min(row.depth, indentedDepthMax)}rem`,
      }}
      onClick={onAct}
    >
      {row.kind === 'rest' ? <Rest row={row} tree={tree} /> : <Name row={row} tree={tree} />}
    </div>
  );
}

function Name({ row, tree }: { readonly row: Exclude<TreeRow, { kind: 'rest' }>; readonly tree: KeyTree }) {
  const isFolder = row.kind === 'folder';
  return (
    <>
      <span class="twisty" aria-hidden="true">
        {isFolder ? (row.isOpen ? '▾' : '▸') : ''}
      </span>
      <span class="name mono">{row.label}</span>
      {isFolder && <span class="quiet count">{tree.count(row.id)}</span>}
    </>
  );
}

const restTexts = { loading: 'Loading …', more: 'Loading …', empty: 'No keys', failed: '' } as const;

/** The end of a folder that is not read whole. Drawing it reads on. */
function Rest({ row, tree }: { readonly row: Extract<TreeRow, { kind: 'rest' }>; readonly tree: KeyTree }) {
  const { state, folder, error } = row;
  useEffect(() => {
    if (state === 'more') tree.load(folder);
  }, [state, tree, folder]);
  return state === 'failed' ? (
    <span class="bad">{error?.message} Select this line to try again.</span>
  ) : (
    <span class="quiet">{restTexts[state]}</span>
  );
}

function act(tree: KeyTree, row: TreeRow): void {
  if (row.kind === 'key') location.hash = addressOf('value', row.bytes);
  else if (row.kind === 'rest') tree.load(row.folder);
  else if (row.isOpen) tree.close(row.id);
  else tree.open(row.id);
}

function indexOf(rows: readonly TreeRow[], id: string | undefined): number {
  return id === undefined ? 0 : rows.findIndex((row) => row.id === id);
}

function parentOf(rows: readonly TreeRow[], index: number): number {
  const depth = rows[index]?.depth ?? 0;
  for (let above = index - 1; above >= 0; above -= 1) {
    if ((rows[above]?.depth ?? 0) < depth) return above;
  }
  return index;
}

function scrollTo(element: HTMLDivElement | null, index: number): void {
  if (element === null) return;
  const top = index * rowHeight;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (top + rowHeight > element.scrollTop + element.clientHeight)
    element.scrollTop = top + rowHeight - element.clientHeight;
}
