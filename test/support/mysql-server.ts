import { type DatabaseServerOptions, startOnFreePort } from './database-server.ts';
import { MysqlFamilyServer } from './mysql-family-server.ts';
import { mysqldCommand } from './mysql-package.ts';

const settingsOfTests = {
  // Debian's folder for files of statements is not here.
  secure_file_priv: 'NULL',
  mysqlx: 'off',
};

/** A MySQL for tests, from Debian's packages. */
export class MysqlServer extends MysqlFamilyServer {
  /**
   * Its programs are in the home of the user who runs the tests, which other users cannot read, so
   * it gets this user as a setting.
   */
  protected override readonly runsAsCaller = true;

  /** Makes a new server and starts it, which takes about four seconds. */
  static start(options: DatabaseServerOptions = {}): Promise<MysqlServer> {
    return startOnFreePort((port) => new MysqlServer(port, options));
  }

  override async prepare(): Promise<void> {
    const [program = '', ...mysqldArguments] = mysqldCommand();
    await this.run(program, [
      ...mysqldArguments,
      '--initialize-insecure',
      `--datadir=${this.dataDirectory}`,
      ...userArguments(),
    ]);
    this.writeInitFile();
  }

  protected override command(settings: Readonly<Record<string, string>>): string[] {
    return [...mysqldCommand(), ...this.options(settingsOfTests, settings), ...userArguments()];
  }
}

function userArguments(): readonly string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}
