/** Runs a program to its end over a session, which nothing else uses meanwhile. */
import { expectedRows, type Program } from '../../mvcc/program.ts';
import { CommitInDoubt, type Session } from './session.ts';

/** @throws the errors of the program and of the database. */
export async function runProgram<Result>(program: Program<Result>, session: Session): Promise<Result> {
  let step = program.next();
  while (step.done !== true) {
    const queries = step.value;
    try {
      step = program.next(await session.run(queries));
    } catch (error) {
      // The last queries were sent with COMMIT. The result of the program counts if the commit was
      // made.
      if (error instanceof CommitInDoubt) error.result = program.next(expectedRows(queries)).value;
      throw error;
    }
  }
  return step.value;
}
