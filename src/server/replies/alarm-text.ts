import type { Alarm } from '../../mvcc/operations.ts';
import { AlarmType } from '../../wire/generated/etcdserverpb/maintenance.ts';

/**
 * An alarm, as etcd's Status and logs print it. An alarm that etcd does not have is printed as its
 * number.
 */
export function alarmText({ memberId, number }: Alarm): string {
  return `memberID:${memberId} alarm:${alarmName(number)}`;
}

/** `NOSPACE`, `CORRUPT`, or a number. */
export function alarmName(number: number): string {
  return Object.entries(AlarmType).find(([, known]) => known === number)?.[0] ?? number.toString();
}
