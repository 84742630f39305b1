/** Runs programs over one connection. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Program } from '../../mvcc/program.ts';
import type { StatementRunner } from './connection.ts';

/** How long statements run before other work of the event loop runs. */
const turnMs = 20;

/**
 * Runs a program to its end without a pause.
 *
 * @throws the errors of the program and of SQLite.
 */
export function runProgram<Result>(program: Program<Result>, statements: Pick<StatementRunner, 'run'>): Result {
  let step = program.next();
  while (step.done !== true) step = program.next(step.value.map((query) => statements.run(query)));
  return step.value;
}

/**
 * Runs a program. Other work of the event loop runs between statements.
 *
 * @throws the errors of the program and of SQLite.
 */
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
