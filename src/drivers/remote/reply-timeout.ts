import { DriverError } from '../../errors.ts';
import { within } from '../../kit/within.ts';
import { limits } from '../../limits.ts';

/**
 * Waits for a reply of the database, but not for ever: a network that drops packets reports no
 * error. `abandon` closes the connection, whose state is unknown after the timeout.
 *
 * @throws DriverError after the timeout.
 */
export function withReplyTimeout<Result>(
  reply: Promise<Result>,
  abandon: () => void,
  replyMsMax: number = limits.databaseAnswerMsMax,
): Promise<Result> {
  return within(replyMsMax, reply, () => {
    abandon();
    throw new DriverError('lost', `the database did not answer within ${replyMsMax} ms`);
  });
}
