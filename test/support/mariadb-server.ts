import { type DatabaseServerOptions, startOnFreePort } from './database-server.ts';
import { MysqlFamilyServer } from './mysql-family-server.ts';
import { mariadbProgram } from './paths.ts';

/** Character set and collation are Debian's. */
const settingsOfTests = { character_set_server: 'utf8mb4', collation_server: 'utf8mb4_general_ci' };

/** A MariaDB for tests, from Debian's packages. */
export class MariadbServer extends MysqlFamilyServer {
  /** Makes a new server and starts it, which takes a second or two. */
  static start(options: DatabaseServerOptions = {}): Promise<MariadbServer> {
    return startOnFreePort((port) => new MariadbServer(port, options));
  }

  override async prepare(): Promise<void> {
    await this.run(mariadbProgram('mariadb-install-db'), [
      '--no-defaults',
      `--datadir=${this.dataDirectory}`,
      // A server clears a shared directory when it starts.
      `--tmpdir=${this.directory}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
    ]);
    this.writeInitFile();
  }

  protected get program(): string {
    return mariadbProgram('mariadbd');
  }

  protected override command(settings: Readonly<Record<string, string>>): string[] {
    return [this.program, '--no-defaults', ...this.options(settingsOfTests, settings)];
  }
}
