import type { Keys } from '../mvcc/operations.ts';
import type { LogEvent } from '../mvcc/results.ts';

/** Which events, and whether with the previous key-values. */
export interface EventSelection {
  readonly puts: boolean;
  readonly deletes: boolean;
  readonly previous: boolean;
}

/** Everyone who wants the same events in the same form: they are chosen and encoded once for all of them. */
export class Audience<Member extends { slot: number }> {
  readonly name: string;
  readonly keys: Keys;
  readonly selection: EventSelection;
  /** The live members, in no order; `slot` is a member's place. */
  readonly members: Member[] = [];
  /** Members in whatever state that refer to this audience. */
  memberCount = 0;
  /** What the page that is being delivered has for it. */
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

/** Two audiences of one name are one. A key's text holds no NUL, so the name is no other's. */
export function audienceName(keys: Keys, { puts, deletes, previous }: EventSelection): string {
  const form = `${puts ? 'p' : ''}${deletes ? 'd' : ''}${previous ? 'v' : ''}`;
  if ('one' in keys) return `${form}\0${keys.one}`;
  return `${form}\0${keys.start}\0${keys.end ?? '\0'}`;
}

/** Whether an event is of a wanted kind. */
export function isSelected(event: LogEvent, selection: EventSelection): boolean {
  return event.type === 'put' ? selection.puts : selection.deletes;
}
