/** Runs a program to its end over a session; nothing else uses the session meanwhile. */
import { expectedRows, type Program } from '../../mvcc/program.ts';
import { CommitInDoubt, type Session } from './session.ts';

/** @throws what the program throws, and what the database says. */
export async function runProgram<Result>(program: Program<Result>, session: Session): Promise<Result> {
  let step = program.next();
  while (step.done !== true) {
    const queries = step.value;
    try {
      step = program.next(await session.run(queries));
    } catch (error) {
      // The last queries went with their commit: what the program comes to counts if that was made.
      if (error instanceof CommitInDoubt) error.result = program.next(expectedRows(queries)).value;
      throw error;
    }
  }
  return step.value;
}
