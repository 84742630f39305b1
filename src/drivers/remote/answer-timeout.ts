import { DriverError } from '../../errors.ts';
import { limits } from '../../limits.ts';

/**
 * Waits for a reply of the database, but not for ever: a network that drops packets reports no
 * error. `abandon` closes the connection, whose state is unknown after the timeout.
 *
 * @throws DriverError after the timeout.
 */
export async function withAnswerTimeout<Result>(
  answer: Promise<Result>,
  abandon: () => void,
  answerMsMax: number = limits.databaseAnswerMsMax,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      abandon();
      reject(new DriverError('lost', `the database did not answer within ${answerMsMax} ms`));
    }, answerMsMax);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
