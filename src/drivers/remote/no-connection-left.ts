import { DriverError } from '../../errors.ts';

/** The server, or a pooler before it, refuses one more connection. Those that are open go on. */
export class NoConnectionLeft extends DriverError {
  constructor(message: string, cause: unknown) {
    super('busy', message, { cause });
  }
}
