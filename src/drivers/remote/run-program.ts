/** Runs a program to its end over a session; nothing else uses the session meanwhile. */
import type { Program } from '../../mvcc/program.ts';
import type { Session } from './session.ts';

/** @throws what the program throws, and what the database says. */
export async function runProgram<Result>(program: Program<Result>, session: Session): Promise<Result> {
  let step = program.next();
  while (step.done !== true) step = program.next(await session.run(step.value));
  return step.value;
}
