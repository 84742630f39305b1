import { readFileSync } from 'node:fs';
import { processUsage } from '../load/process-usage.ts';

/** The kernel counts processor time in hundredths of a second on every common Linux. */
const ticksPerSecond = 100;

/** Seconds of processor time since the machine started, by who used them. */
export interface ProcessorTime {
  readonly all: number;
  /** Everything that ran, this program and its servers included. */
  readonly busy: number;
  /** This program and its servers, living and ended. */
  readonly own: number;
}

/** `serverIds`: the processes that this program started and that still run. */
export function processorTime(serverIds: readonly number[]): ProcessorTime {
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, ...others] = fields('/proc/stat', /^cpu +(.*)$/m);
  const busy = user + nice + system + others.slice(0, 3).reduce((sum, ticks) => sum + ticks, 0);
  // After the program's name: user and system time of this process, and of its children that have
  // ended.
  const own = fields('/proc/self/stat', /\) \S (.*)$/m).slice(10, 14);
  const living = serverIds.reduce((sum, pid) => sum + (processUsage(pid)?.cpuSeconds ?? 0), 0);
  return {
    all: (busy + idle + wait) / ticksPerSecond,
    busy: busy / ticksPerSecond,
    own: own.reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond + living,
  };
}

/**
 * The share of the processors that other programs used between two moments: 0 to 1. Their use makes
 * every figure worse.
 */
export function othersShare(before: ProcessorTime, after: ProcessorTime): number {
  const others = after.busy - before.busy - (after.own - before.own);
  return Math.max(0, others) / (after.all - before.all);
}

function fields(path: string, pattern: RegExp): number[] {
  return (pattern.exec(readFileSync(path, 'utf8'))?.[1] ?? '').split(' ').map(Number);
}
