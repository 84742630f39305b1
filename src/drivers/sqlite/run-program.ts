/** Runs programs against one connection. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Program } from '../../mvcc/program.ts';
import type { StatementRunner } from './connection.ts';

/** How long statements run before the event loop has a turn. */
const turnMs = 20;

/** Runs a program to its end at once. @throws what the program throws, and what SQLite throws. */
export function runProgram<Result>(program: Program<Result>, statements: Pick<StatementRunner, 'run'>): Result {
  let step = program.next();
  while (step.done !== true) step = program.next(step.value.map((query) => statements.run(query)));
  return step.value;
}

/** Runs a program statement by statement; the event loop has turns in between. @throws what the program throws, and what SQLite throws. */
export async function runProgramInTurns<Result>(
  program: Program<Result>,
  statements: Pick<StatementRunner, 'run'>,
): Promise<Result> {
  let turnEndsMs = performance.now() + turnMs;
  let step = program.next();
  while (step.done !== true) {
    step = program.next(step.value.map((query) => statements.run(query)));
    if (performance.now() < turnEndsMs) continue;
    await nextTurn();
    turnEndsMs = performance.now() + turnMs;
  }
  return step.value;
}
