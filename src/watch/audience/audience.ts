import type { Keys } from '../../mvcc/ids.ts';
import type { LogEvent } from '../../mvcc/results.ts';

/** The kinds of events, and whether they include the previous key-values. */
export interface EventSelection {
  readonly puts: boolean;
  readonly deletes: boolean;
  readonly previous: boolean;
}

/**
 * Watchers with the same keys and selection. Events are selected and encoded once for all of them.
 */
export class Audience<Member extends { slot: number }> {
  readonly name: string;
  readonly keys: Keys;
  readonly selection: EventSelection;
  /** The live members, unordered; `slot` is the index of a member. */
  readonly members: Member[] = [];
  /** Members in any state that refer to this audience. */
  memberCount = 0;
  /** The matching events of the page that is being delivered. */
  batch: LogEvent[] = [];

  constructor(name: string, keys: Keys, selection: EventSelection) {
    this.name = name;
    this.keys = keys;
    this.selection = selection;
  }

  add(member: Member): void {
    member.slot = this.members.length;
    this.members.push(member);
  }

  remove(member: Member): void {
    const last = this.members.pop();
    if (last && last !== member) {
      this.members[member.slot] = last;
      last.slot = member.slot;
    }
    member.slot = -1;
  }
}

/** Identifies an audience. A key's text contains no NUL, so no two audiences share a name. */
export function audienceName(keys: Keys, { puts, deletes, previous }: EventSelection): string {
  const form = `${puts ? 'p' : ''}${deletes ? 'd' : ''}${previous ? 'v' : ''}`;
  if ('one' in keys) return `${form}\0${keys.one}`;
  return `${form}\0${keys.start}\0${keys.end}`;
}

/** Whether the selection includes the kind of an event. */
export function isSelected(event: LogEvent, selection: EventSelection): boolean {
  return event.type === 'put' ? selection.puts : selection.deletes;
}
