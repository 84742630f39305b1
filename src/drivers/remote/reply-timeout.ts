import { DriverError } from '../../errors.ts';
import { limits } from '../../limits.ts';

/**
 * Waits for a reply of the database, but not for ever: a network that drops packets reports no
 * error. `abandon` closes the connection, whose state is unknown after the timeout.
 *
 * @throws DriverError after the timeout.
 */
export async function withReplyTimeout<Result>(
  reply: Promise<Result>,
  abandon: () => void,
  replyMsMax: number = limits.databaseAnswerMsMax,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      abandon();
      reject(new DriverError('lost', `the database did not answer within ${replyMsMax} ms`));
    }, replyMsMax);
  });
  try {
    return await Promise.race([reply, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
