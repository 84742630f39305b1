/** Runs a program to its end against one connection, without ever giving the thread away. */
import type { Program } from '../../mvcc/program.ts';
import type { StatementRunner } from './connection.ts';

/** @throws what the program throws, and what SQLite throws. */
export function runProgram<Result>(program: Program<Result>, statements: StatementRunner): Result {
  let step = program.next();
  while (step.done !== true) step = program.next(step.value.map((query) => statements.run(query)));
  return step.value;
}
