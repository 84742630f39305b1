import { DriverError } from '../../../errors.ts';

/**
 * The server, or a pooler before it, refuses one more connection. Open connections keep working.
 */
export class NoConnectionLeft extends DriverError {
  constructor(message: string, cause: unknown) {
    super('busy', message, { cause });
  }
}
