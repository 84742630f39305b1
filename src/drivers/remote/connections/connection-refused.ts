import { DriverError } from '../../../errors.ts';

/**
 * The server answers, and refuses the connection for a reason that an operator must repair: a wrong
 * password, a missing database. No work can be done over a new connection. Open connections keep
 * working.
 */
export class ConnectionRefused extends DriverError {
  constructor(message: string, cause: unknown) {
    super('lost', `the database refuses a connection: ${message}`, { cause });
  }
}
