/**
 * Alarms: faults of the store, and the writes that an active alarm refuses. Alarms are rows, so
 * that an alarm is in force on all instances at once.
 */
import { etcdError } from '../../errors.ts';
import { ALARMS, DELETE_ALARM, INSERT_ALARM } from '../../sql/statements/alarm-statements.ts';
import { HEAD } from '../../sql/statements/read-statements.ts';
import { headOf } from '../head.ts';
import { type Alarm, alarmNumbers, type WriteOperation } from '../operations.ts';
import { change, decoded, insertEach, type Program, query } from '../program.ts';
import type { Head } from '../results.ts';
import { isReadOnlyTxn } from '../writes/read-only-txn.ts';
import { writeCostBytes } from '../writes/write-cost.ts';
import type { WriteState } from '../writes/write-state.ts';

/** Reads the active alarms, ordered by number and member. */
export function* alarmsProgram(): Program<{ head: Head; alarms: readonly Alarm[] }> {
  const [head, found] = yield [query(HEAD), query(ALARMS)];
  return { head: headOf(head), alarms: decoded(ALARMS, found) };
}

/** Raises an alarm. Returns false if the alarm was active already. */
export function* raiseAlarm(
  { alarm, unlessActive }: WriteOperation & { kind: 'alarmRaise' },
  state: WriteState,
): Program<boolean> {
  const isRaised = (active: Alarm) =>
    unlessActive === 'same' ? isSame(active, alarm) : active.number === alarm.number;
  if (state.alarms.some(isRaised)) return false;
  yield* insertEach(INSERT_ALARM, [{ memberId: BigInt.asIntN(64, alarm.memberId), alarm: alarm.number }]);
  state.alarms = [...state.alarms, alarm];
  return true;
}

/** Removes an alarm. Returns whether it was active. */
export function* dropAlarm(alarm: Alarm, state: WriteState): Program<boolean> {
  state.alarms = state.alarms.filter((active) => !isSame(active, alarm));
  return (yield* change(DELETE_ALARM, BigInt.asIntN(64, alarm.memberId), alarm.number)) > 0;
}

/**
 * Throws etcd's error if an active alarm refuses the operation, as etcd's appliers do. Transactions
 * that only read are never refused.
 */
export function refuseUnderAlarm(operation: WriteOperation, alarms: readonly Alarm[]): void {
  if (alarms.length === 0) return;
  const isActive = (number: number) => alarms.some((active) => active.number === number);
  if (changesData(operation) && isActive(alarmNumbers.corrupt)) throw etcdError('corrupt');
  if (writeCostBytes(operation) > 0 && isActive(alarmNumbers.noSpace)) throw etcdError('noSpace');
}

/** Deleting compacted rows, renewals and announcements of members continue under an alarm. */
function changesData(operation: WriteOperation): boolean {
  switch (operation.kind) {
    case 'put':
    case 'delete':
    case 'compact':
    case 'leaseGrant':
    case 'leaseRevoke':
    case 'leaseExpire':
      return true;
    case 'txn':
      return !isReadOnlyTxn(operation);
    default:
      return false;
  }
}

function isSame(one: Alarm, other: Alarm): boolean {
  return one.memberId === other.memberId && one.number === other.number;
}
